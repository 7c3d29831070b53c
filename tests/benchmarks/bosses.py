"""How long fighters wait for one another: ``python -m tests.benchmarks.bosses [--database postgresql]``.

Thirty members of a party strike its boss at once, each ten times, over the real service in a process of
its own: at a boss that outlives it, and at one that falls on the way, which pays all of them.
"""

import argparse
import asyncio
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.benchmarks.courses import provide_database
from tests.bosses.boss_steps import add_boss, check_party_battles, fight
from tests.parties.party_steps import add_crowd, found_party
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.process import serve
from tests.support.service import Learner, Service, run_service

MEMBERS, BLOWS = 30, 10
MOST_SECONDS = 2.0
BOSSES = {"outlives it": 100_000, "falls": MEMBERS * BLOWS * 10 // 2}
BUSY = 503
HEAD = (
    "| database   | boss        | blows | p50 ms | p99 ms | max ms | busy | blows/s |",
    "|------------|-------------|------:|-------:|-------:|-------:|-----:|--------:|",
)


@dataclass(frozen=True)
class Fighter:
    """A member's token, and the tasks that the member is to complete."""

    token: str
    tasks: Sequence[int]


async def prepare(service: Service, hp: int) -> Sequence[Fighter]:
    """A full party that fights a boss."""
    await service.reset()
    service.clock.set(datetime.now(UTC))
    company, (leader,) = await found_party(service)
    await add_boss(service.parts.database, "kraken", kind="party", hp=hp)
    await fight(leader, "kraken", company.id)
    ids = [leader.id, *await add_crowd(service, company.id, MEMBERS - 1)]
    fighters = []
    for user_id in ids:
        token = await service.open_session(user_id)
        member = Learner(user_id, "", service.client(token))
        tasks = [(await member.create_task(difficulty="easy"))["id"] for _ in range(BLOWS + 1)]
        fighters.append(Fighter(token, tasks))
    return fighters


@dataclass
class Waits:
    """How long each blow took, in seconds, and how often a fighter was told to try again."""

    seconds: list[float] = field(default_factory=list)
    refusals: int = 0


async def warm_up(base_url: str, fighters: Sequence[Fighter]) -> None:
    """Strike once each, one after the other: a server's first answers take longer."""
    for fighter in fighters:
        await strike(base_url, Fighter(fighter.token, fighter.tasks[:1]), Waits())


async def strike(base_url: str, fighter: Fighter, waits: Waits) -> None:
    """Complete the tasks, one after the other."""
    headers = {"Authorization": f"Bearer {fighter.token}"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=60) as client:
        for task in fighter.tasks:
            begun = time.perf_counter()
            answer = await client.post(f"/tasks/{task}/complete")
            while answer.status_code == BUSY:
                waits.refusals += 1
                answer = await client.post(f"/tasks/{task}/complete")
            answer.raise_for_status()
            waits.seconds.append(time.perf_counter() - begun)


def describe(waits: Waits, seconds: float) -> str:
    """The figures of a row."""
    ordered = sorted(waits.seconds)
    count = len(ordered)
    p50, p99, most = (ordered[math.ceil(share * count) - 1] * 1000 for share in (0.5, 0.99, 1))
    return (
        f"{count:>5} | {p50:>6.0f} | {p99:>6.0f} | {most:>6.0f} | {waits.refusals:>4} |"
        f" {count / seconds:>7.0f}"
    )


async def measure(kind: str, url: str, folder: Path) -> float:
    """Print a row for each boss; the longest wait, in seconds."""
    longest = 0.0
    # The keys of both are in the same folder, so that the one takes the other's tokens.
    async with run_service(url, folder) as service:
        for name, hp in BOSSES.items():
            fighters = await prepare(service, hp)
            waits = Waits()
            with serve(DATABASE_URL=url, DATA_DIR=str(folder), LOG_LEVEL="warning") as server:
                await warm_up(server.url, fighters)
                begun = time.perf_counter()
                fresh = [Fighter(each.token, each.tasks[1:]) for each in fighters]
                await asyncio.gather(*(strike(server.url, each, waits) for each in fresh))
                seconds = time.perf_counter() - begun
            await check_party_battles(service)
            print(f"| {kind:<10} | {name:<11} | {describe(waits, seconds)} |")
            longest = max(longest, *waits.seconds)
    return longest


def main() -> int:
    """Run the benchmark; fails if anybody waits longer than fighters may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL, "both"], default="both")
    chosen = parser.parse_args().database
    print(*HEAD, sep="\n")
    longest = 0.0
    for kind in [SQLITE, POSTGRESQL] if chosen == "both" else [chosen]:
        with tempfile.TemporaryDirectory() as name, provide_database(kind, Path(name)) as url:
            longest = max(longest, asyncio.run(measure(kind, url, Path(name))))
    return int(longest > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
