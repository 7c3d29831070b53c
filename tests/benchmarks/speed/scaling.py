"""How the services grow: with processes, and with the rows of others."""

from contextlib import ExitStack
from functools import partial

from tests.benchmarks.speed.bench import Bench, make_database
from tests.benchmarks.speed.comparing import alternate, median_ratio, summarize
from tests.benchmarks.speed.crowd import add_crowd
from tests.benchmarks.speed.database import Postgres, prepare
from tests.benchmarks.speed.findings import Finding, Wanted
from tests.benchmarks.speed.load import CONNECTIONS, Loader, Sample
from tests.benchmarks.speed.results import Curve, Results, make_point
from tests.benchmarks.speed.servers import OURS, YARDSTICK, serve
from tests.benchmarks.speed.works import work_named

LEAST_GROWTH = 1.7
SIZES = (1_000_000, 5_000_000)
"""How many tasks the table has, beside the 240 thousand of the bench."""
LEAST_KEPT = 0.9
_SERVICES = (OURS, YARDSTICK)


def measure_processes(bench: Bench) -> Results:
    """Two processes against one, of both services: the yardstick shows what the machine has left."""
    work, load = work_named("list"), bench.plan.load(CONNECTIONS)
    with ExitStack() as stack:
        served = {(OURS, 1): bench.ours, (YARDSTICK, 1): bench.yardstick}
        for name in _SERVICES:
            two = serve(name, bench.url, bench.folder, WORKERS="2")
            served[name, 2] = stack.enter_context(two)
        contestants = {
            f"{name} {count}": partial(bench.measure, each, work, load)
            for (name, count), each in served.items()
        }
        samples = alternate("processes", bench.plan.rounds, contestants, bench.plan.note)
    by_count = {name: {count: samples[f"{name} {count}"] for count in (1, 2)} for name in _SERVICES}
    growth = {name: median_ratio(each[2], each[1]) for name, each in by_count.items()}
    finding = Finding(
        "processes",
        f"{work.title}: two processes in times of one",
        growth[OURS],
        Wanted.LEAST,
        LEAST_GROWTH,
        details={"yardstick": growth[YARDSTICK]} | _list_rates(samples),
    )
    points = {
        name: [make_point(count, each[count]) for count in (1, 2)]
        for name, each in by_count.items()
    }
    return Results([finding], [Curve("processes", work.title, "processes", points)])


def measure_rows(bench: Bench) -> Results:
    """The list of somebody with 200 tasks, in tables of ever more of others'."""
    shape, work, load = bench.filled.shape, work_named("list"), bench.plan.load(CONNECTIONS)
    few = shape.first_hot_task + shape.hot_tasks - 1
    url = make_database(bench.server, "crowded")
    loader = Loader(prepare(url, bench.folder, shape), bench.folder / "crowded.txt")
    points = {}
    samples: dict[str, list[Sample]] = {}
    for size in SIZES:
        add_crowd(url, shape, size)
        Postgres(url, shape).vacuum()
        bench.plan.note(f"{size:,} tasks are there")
        with ExitStack() as stack:
            contestants = {}
            for name, beside in ((OURS, bench.ours), (YARDSTICK, bench.yardstick)):
                crowded = stack.enter_context(serve(name, url, bench.folder))
                contestants[f"{name} few"] = partial(bench.measure, beside, work, load)
                contestants[f"{name} many"] = partial(loader.warm_and_measure, crowded, work, load)
            samples = alternate(f"{size:,} rows", bench.plan.rounds, contestants, bench.plan.note)
        for name in _SERVICES:
            points[name, few] = make_point(few, samples[f"{name} few"])
            points[name, size] = make_point(size, samples[f"{name} many"])
    kept = {
        name: median_ratio(samples[f"{name} many"], samples[f"{name} few"]) for name in _SERVICES
    }
    finding = Finding(
        "rows",
        f"{work.title}: {SIZES[-1]:,} rows in times of {few:,}",
        kept[OURS],
        Wanted.LEAST,
        LEAST_KEPT,
        details={"yardstick": kept[YARDSTICK]} | _list_rates(samples),
    )
    lines = {name: [points[name, size] for size in (few, *SIZES)] for name in _SERVICES}
    return Results([finding], [Curve("rows", work.title, "tasks in the table", lines)])


def _list_rates(samples: dict[str, list[Sample]]) -> dict[str, float]:
    return {f"{name}, requests/s": summarize(each).rate for name, each in samples.items()}
