"""How long others wait while people log in: ``python -m tests.benchmarks.logins [--logins 20]``.

Starts the real service (one process, SQLite, Argon2 with its real parameters), has many people log in at
once, and asks for ``/game/profile`` over and over meanwhile, from another process than theirs.
"""

import argparse
import asyncio
import math
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import httpx

from tests.support.process import serve

PASSWORD = "correct horse battery"
QUIET_SECONDS = 3.0
MOST_MILLISECONDS = 100.0
HEAD = (
    "| GET /game/profile |  GETs |   p50 ms |   p99 ms |   max ms | seconds |",
    "|-------------------|------:|---------:|---------:|---------:|--------:|",
)


@dataclass(frozen=True)
class Sample:
    """How long the GETs took, in milliseconds, in order; and all of it, in seconds."""

    name: str
    waits: list[float]
    seconds: float

    def describe(self) -> str:
        p50, p99 = self._rank(0.5), self._rank(0.99)
        return (
            f"| {self.name:<17} | {len(self.waits):>5} | {p50:>8.1f} | {p99:>8.1f} |"
            f" {self.waits[-1]:>8.1f} | {self.seconds:>7.2f} |"
        )

    def _rank(self, share: float) -> float:
        return self.waits[math.ceil(share * len(self.waits)) - 1]


async def register(client: httpx.AsyncClient, email: str) -> None:
    body = {"email": email, "password": PASSWORD}
    (await client.post("/auth/register", json=body)).raise_for_status()


async def log_in(client: httpx.AsyncClient, email: str) -> str:
    answer = await client.post("/auth/login", data={"username": email, "password": PASSWORD})
    token: str = answer.raise_for_status().json()["access_token"]
    return token


async def measure(name: str, client: httpx.AsyncClient, work: asyncio.Future[None]) -> Sample:
    """Ask for the profile, one GET after the other, until the work is done."""
    waits = []
    begun = time.perf_counter()
    while not work.done():
        asked = time.perf_counter()
        (await client.get("/game/profile")).raise_for_status()
        waits.append((time.perf_counter() - asked) * 1000)
    await work
    return Sample(name, sorted(waits), time.perf_counter() - begun)


async def log_all_in(base_url: str, emails: list[str]) -> None:
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
        await asyncio.gather(*(log_in(client, email) for email in emails))


def storm(base_url: str, emails: list[str]) -> None:
    """Log all of them in at once, from a process of its own."""
    asyncio.run(log_all_in(base_url, emails))


async def compare(base_url: str, logins: int) -> list[Sample]:
    """Without logins, with them, and without again."""
    emails = [f"learner{number}@example.org" for number in range(logins)]
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1) as people:
        await loop.run_in_executor(people, storm, base_url, [])  # so that it is there when needed
        return await _compare(base_url, emails, people)


async def _compare(base_url: str, emails: list[str], people: ProcessPoolExecutor) -> list[Sample]:
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
        for email in emails:
            await register(client, email)
        client.headers["Authorization"] = f"Bearer {await log_in(client, emails[0])}"

        def rest() -> asyncio.Task[None]:
            return asyncio.create_task(asyncio.sleep(QUIET_SECONDS))

        await measure("warming up", client, rest())
        quiet = await measure("no logins", client, rest())
        busy = loop.run_in_executor(people, storm, base_url, emails)
        loud = await measure(f"{len(emails)} logins at once", client, busy)
        return [quiet, loud, await measure("no logins again", client, rest())]


def main() -> int:
    """Run the benchmark; the status is 1 where somebody waited too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.logins")
    parser.add_argument("--logins", type=int, default=20, help="how many at once")
    logins = parser.parse_args().logins
    # Quiet, because nobody reads what this server writes: the pipe would fill and stop it.
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(DATA_DIR=folder, LOG_LEVEL="warning") as server,
    ):
        samples = asyncio.run(compare(server.url, logins))
    longest = samples[1].waits[-1] - samples[0].waits[-1]
    verdict = (
        f"Logins held up the longest GET by {longest:.0f} ms (at most {MOST_MILLISECONDS:.0f})."
    )
    sys.stdout.write("\n".join([*HEAD, *(sample.describe() for sample in samples), verdict, ""]))
    return 0 if longest <= MOST_MILLISECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
