"""How rates and waits change with the number of connections."""

from tests.benchmarks.speed.bench import Bench
from tests.benchmarks.speed.results import Curve, Point, Results, make_point
from tests.benchmarks.speed.works import work_named

CONNECTION_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)
_TRACED = ("list", "complete")


def trace_connections(bench: Bench) -> Results:
    """Works with ever more connections."""
    return Results(curves=[_trace(bench, name) for name in _TRACED])


def _trace(bench: Bench, work_name: str) -> Curve:
    work = work_named(work_name)
    points: dict[str, list[Point]] = {bench.ours.name: [], bench.yardstick.name: []}
    for count in CONNECTION_COUNTS:
        bench.plan.note(f"{work.name}: {count} connections")
        compared = bench.compare(work, bench.plan.load(count))
        points[bench.ours.name].append(make_point(count, compared.ours))
        points[bench.yardstick.name].append(make_point(count, compared.yardstick))
    return Curve(f"connections-{work.name}", work.title, "connections", points)
