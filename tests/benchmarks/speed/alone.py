"""What the service needs by itself: memory, time to start, and how it does on SQLite."""

import sqlite3
import time
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.speed.bench import Bench
from tests.benchmarks.speed.comparing import alternate, median_ratio, summarize
from tests.benchmarks.speed.database import prepare, provide_sqlite
from tests.benchmarks.speed.findings import Finding, Wanted
from tests.benchmarks.speed.load import CONNECTIONS, Load, Loader, Sample
from tests.benchmarks.speed.results import Results
from tests.benchmarks.speed.servers import OURS, Served, ServerError, serve
from tests.benchmarks.speed.works import WORKS, work_named
from tests.support.databases import migrate_url

MOST_MEGABYTES = 150.0
MOST_START_SECONDS = 2.5
LEAST_OF_POSTGRESQL = 0.5
LEAST_COMPLETIONS = 300.0
_STARTS = 5


def measure_memory(bench: Bench) -> Results:
    """The resident memory of one process after some load of each kind. It never hashed a password."""
    with serve(OURS, bench.url, bench.folder) as fresh:
        before = fresh.measure_memory()
        for work in WORKS:
            bench.measure(fresh, work, bench.plan.load(CONNECTIONS))
        after = fresh.measure_memory()
    bench.plan.note(f"memory: {before:.0f} MB before load, {after:.0f} MB after it")
    title = "Resident memory of one process after load"
    details = {"before load": before}
    finding = Finding("memory", title, after, Wanted.MOST, MOST_MEGABYTES, " MB", details)
    return Results([finding])


def measure_start(bench: Bench) -> Results:
    """From the start of the process to its first answer, on a migrated SQLite file."""
    folder = bench.folder / "start"
    folder.mkdir()
    url = provide_sqlite(folder)
    migrate_url(url)
    with serve(OURS, url, folder):
        pass  # the first start brings the course and the game
    waits = []
    for _ in range(_STARTS):
        begun = time.perf_counter()
        with serve(OURS, url, folder):
            waits.append(time.perf_counter() - begun)
        bench.plan.note(f"start: {waits[-1]:.2f} s")
    title = "Start of the process to its first 200 (SQLite, migrated)"
    details = {"fastest": min(waits), "slowest": max(waits)}
    middle = median(waits)
    finding = Finding("start", title, middle, Wanted.MOST, MOST_START_SECONDS, " s", details)
    return Results([finding])


def measure_sqlite(bench: Bench) -> Results:
    """Lists and completions on SQLite, beside lists on PostgreSQL."""
    folder = bench.folder / "sqlite"
    folder.mkdir()
    url = provide_sqlite(folder)
    filled = prepare(url, folder, bench.filled.shape)
    loader, load = Loader(filled, folder / "tokens.txt"), bench.plan.load(CONNECTIONS)
    work = work_named("list")
    with serve(OURS, url, folder) as served:
        contestants = {
            "PostgreSQL": partial(bench.measure, bench.ours, work, load),
            "SQLite": partial(loader.warm_and_measure, served, work, load),
        }
        samples = alternate("list on SQLite", bench.plan.rounds, contestants, bench.plan.note)
        completing = _complete(bench, served, loader, load)
    _require_paid(folder / "questboard.sqlite3")
    ratio = median_ratio(samples["SQLite"], samples["PostgreSQL"])
    rates = {f"{name}, requests/s": summarize(each).rate for name, each in samples.items()}
    summary = summarize(completing)
    findings = [
        Finding(
            "sqlite-list",
            f"{work.title} on SQLite: times our own on PostgreSQL",
            ratio,
            Wanted.LEAST,
            LEAST_OF_POSTGRESQL,
            details=rates,
        ),
        Finding(
            "sqlite-complete",
            "Completions on SQLite",
            summary.rate,
            Wanted.LEAST,
            LEAST_COMPLETIONS,
            "/s",
            {"p50 ms": summary.p50_ms, "p99 ms": summary.p99_ms},
        ),
    ]
    return Results(findings)


def _complete(bench: Bench, served: Served, loader: Loader, load: Load) -> list[Sample]:
    """Rounds of completions, each with other tasks: nothing is taken back here."""
    work, used, samples = work_named("complete"), 0, []
    for number in range(1, bench.plan.rounds + 1):
        sample = loader.measure(served, work, load, used)
        used += sample.requests + CONNECTIONS
        samples.append(sample)
        bench.plan.note(f"complete on SQLite {number}: {sample.rate:,.0f}/s")
    return samples


def _require_paid(file: Path) -> None:
    """Hold what was completed to what was paid: after so many in a day nothing is."""
    connection = sqlite3.connect(file)
    try:
        ((unpaid,),) = connection.execute("SELECT count(*) FROM activities WHERE NOT paid")
    finally:
        connection.close()
    if unpaid:
        raise ServerError(f"SQLite: {unpaid} completions were not paid")
