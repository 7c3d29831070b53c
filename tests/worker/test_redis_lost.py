"""Redis killed for half a minute under load: nobody sees a failure, and every job is done."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest

from app.core.jobs import JobStatus
from tests.support.databases import SQLITE
from tests.support.process import serve, start
from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import PASSWORD, Service
from tests.worker.job_steps import list_jobs, want

CLIENTS = 4
SECONDS_WITHOUT = 30
SECONDS_AROUND = 3
PAUSE_SECONDS = 0.15
"""Between the requests of a client, who has 600 a minute."""


async def log_in(url: str, number: int) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=url, timeout=20)
    account = {"email": f"client{number}@example.org", "password": PASSWORD}
    assert (await client.post("/auth/register", json=account)).status_code == 201
    form = {"username": account["email"], "password": PASSWORD}
    token = (await client.post("/auth/login", data=form)).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


async def play(client: httpx.AsyncClient, until: asyncio.Event) -> Counter[int]:
    """Make tasks and complete them, look at them, and look at the profile; how it was answered."""
    answers: Counter[int] = Counter()
    while not until.is_set():
        made = await client.post("/tasks", json={"title": "A task"})
        answers[made.status_code] += 1
        if made.is_success:
            answers[(await client.post(f"/tasks/{made.json()['id']}/complete")).status_code] += 1
        for path in ("/tasks", "/game/profile"):
            answers[(await client.get(path)).status_code] += 1
            await asyncio.sleep(PAUSE_SECONDS)
    return answers


async def lose_and_regain(service: Service, redis: PrivateRedis, over: asyncio.Event) -> list[int]:
    """Kill Redis and start it again; jobs are wanted all the while."""
    jobs: list[int] = []

    async def pass_by(seconds: int) -> None:
        for _ in range(2 * seconds):
            jobs.append(await want(service))
            await asyncio.sleep(0.5)

    await pass_by(SECONDS_AROUND)
    redis.stop()
    await pass_by(SECONDS_WITHOUT)
    redis.start()
    await pass_by(SECONDS_AROUND)
    over.set()
    return jobs


async def test_redis_away_for_half_a_minute_under_load(
    service: Service, tmp_path: Path, database_kind: str
) -> None:
    if database_kind == SQLITE:
        pytest.skip("this is about several processes, which have PostgreSQL")
    with provide_redis(tmp_path) as redis:
        settings = {
            "DATABASE_URL": service.parts.settings.resolved_database_url,
            "DATA_DIR": str(tmp_path),
            "REDIS_URL": redis.url,
            "LOG_LEVEL": "error",
            "RUN_JOBS": "false",
        }
        worker = start("commands.worker", **settings)
        try:
            with serve(**settings) as server:
                clients = [await log_in(server.url, number) for number in range(CLIENTS)]
                over = asyncio.Event()
                async with asyncio.TaskGroup() as group:
                    players = [group.create_task(play(client, over)) for client in clients]
                    outage = group.create_task(lose_and_regain(service, redis, over))
                for client in clients:
                    await client.aclose()
                await wait_until_done(service)
        finally:
            worker.terminate()
            worker.communicate()
    told = sum((player.result() for player in players), Counter[int]())
    assert set(told) == {200, 201}, told
    assert told.total() > 500
    assert {job.id for job in await list_jobs(service)} >= set(outage.result())


async def wait_until_done(service: Service) -> None:
    for _ in range(100):
        states = Counter(job.status for job in await list_jobs(service))
        if set(states) == {JobStatus.DONE}:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"still to be done: {states}")
