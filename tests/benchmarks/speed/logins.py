"""How long others wait while people log in without pause."""

from statistics import median

from tests.benchmarks.speed.bench import Bench
from tests.benchmarks.speed.comparing import alternate, summarize
from tests.benchmarks.speed.findings import Finding, Wanted
from tests.benchmarks.speed.load import Load, Sample, Wrk
from tests.benchmarks.speed.results import Results
from tests.benchmarks.speed.servers import OURS, YARDSTICK, Served
from tests.benchmarks.speed.works import LOGIN, work_named

CLIENTS = 4
CONNECTIONS = 8
MOST_TIMES = 1.5
_SPARE_SECONDS = 4.0
"""Logins begin before the list is asked for, and go on behind it."""


def measure_logins(bench: Bench) -> Results:
    """The p99 of a list beside logins, against the yardstick's."""
    logins: dict[str, list[float]] = {OURS: [], YARDSTICK: []}

    def measure(served: Served) -> Sample:
        work, load = work_named("list"), bench.plan.load(CONNECTIONS)
        around = Load(load.seconds + _SPARE_SECONDS, CLIENTS)
        people = Wrk(served.url, around, bench.loader.list_options(LOGIN))
        try:
            sample = bench.loader.warm_and_measure(served, work, load)
        finally:
            figures = people.finish()
        logins[served.name].append(figures["requests"] / figures["microseconds"] * 1e6)
        return sample

    contestants = {
        OURS: lambda: measure(bench.ours),
        YARDSTICK: lambda: measure(bench.yardstick),
    }
    samples = alternate("list beside logins", bench.plan.rounds, contestants, bench.plan.note)
    bench.database.reset()
    p99 = {name: summarize(each).p99_ms for name, each in samples.items()}
    details = {f"{name} p99 ms": value for name, value in p99.items()}
    details |= {f"{name} logins/s": median(rates) for name, rates in logins.items()}
    details |= {f"{name} lists/s": summarize(each).rate for name, each in samples.items()}
    title = "GET /tasks beside 4 clients that log in: p99 in times of the yardstick's"
    ratio = p99[OURS] / p99[YARDSTICK]
    return Results([Finding("logins", title, ratio, Wanted.MOST, MOST_TIMES, details=details)])
