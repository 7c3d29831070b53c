"""How the service grows: with processes, and with the rows of others."""

from contextlib import ExitStack
from functools import partial

from tests.benchmarks.speed.bench import Bench, make_database
from tests.benchmarks.speed.comparing import alternate, median_ratio, summarize
from tests.benchmarks.speed.crowd import add_crowd
from tests.benchmarks.speed.database import Postgres, prepare
from tests.benchmarks.speed.findings import Finding, Wanted
from tests.benchmarks.speed.load import CONNECTIONS, Loader
from tests.benchmarks.speed.servers import OURS, YARDSTICK, serve
from tests.benchmarks.speed.works import work_named

PROCESSES = 2
LEAST_GROWTH = 1.7
MANY_TASKS = 5_000_000
LEAST_KEPT = 0.9


def measure_processes(bench: Bench) -> list[Finding]:
    """Two processes against one, of both services: the yardstick shows what the machine has left."""
    work, load = work_named("list"), bench.plan.load(CONNECTIONS)
    with ExitStack() as stack:
        served = {"one questboard": bench.ours, "one yardstick": bench.yardstick}
        for name in (OURS, YARDSTICK):
            served[f"two {name}"] = stack.enter_context(
                serve(name, bench.url, bench.folder, WORKERS=str(PROCESSES))
            )
        contestants = {
            name: partial(bench.measure, each, work, load) for name, each in served.items()
        }
        samples = alternate("processes", bench.plan.rounds, contestants, bench.plan.note)
    details = {f"{name} requests/s": summarize(each).rate for name, each in samples.items()}
    details["the yardstick's"] = median_ratio(samples["two yardstick"], samples["one yardstick"])
    growth = median_ratio(samples["two questboard"], samples["one questboard"])
    title = f"{work.title}: two processes in times of one"
    return [Finding("processes", title, growth, Wanted.LEAST, LEAST_GROWTH, details=details)]


def measure_rows(bench: Bench) -> list[Finding]:
    """The list of somebody with 200 tasks in a table of five million, against one of 200 thousand."""
    shape, work, load = bench.filled.shape, work_named("list"), bench.plan.load(CONNECTIONS)
    url = make_database(bench.server, "crowded")
    filled = prepare(url, bench.folder, shape)
    add_crowd(url, shape, MANY_TASKS)
    Postgres(url, shape).settle()
    bench.plan.note("five million tasks are there")
    loader = Loader(filled, bench.folder / "crowded.txt")
    with serve(OURS, url, bench.folder) as crowded:
        contestants = {
            "few rows": partial(bench.measure, bench.ours, work, load),
            "many rows": partial(loader.warm_and_measure, crowded, work, load),
        }
        samples = alternate("rows", bench.plan.rounds, contestants, bench.plan.note)
    details = {f"{name}, requests/s": summarize(each).rate for name, each in samples.items()}
    kept = median_ratio(samples["many rows"], samples["few rows"])
    title = f"{work.title}: five million rows in times of 240 thousand"
    return [Finding("rows", title, kept, Wanted.LEAST, LEAST_KEPT, details=details)]
