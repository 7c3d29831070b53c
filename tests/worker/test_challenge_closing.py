"""The job that closes challenges: at the start, and at each end."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.services.challenge_closing import RETRY_PAUSE, ChallengeClosing
from app.worker.challenge_closing import (
    LONGEST_PAUSE,
    close_challenges,
    measure_pause,
    watch_challenges,
)
from tests.challenges.challenge_steps import announce, load, make_admin
from tests.support.logs import listen
from tests.support.process import free_port
from tests.support.service import Service, run_service


async def test_it_is_done_at_the_start(service: Service) -> None:
    challenge = await announce(await make_admin(service), starts_in=0, hours=1)
    service.clock.advance(hours=1)
    with listen() as log:
        async with watch_challenges(service.parts):
            await asyncio.sleep(0)
            await service.parts.background.drain(30)
    assert (await load(service, challenge["id"])).closed_at == service.clock.now()
    told = [line["challenge_id"] for line in log.lines if line["event"] == "challenge_closed"]
    assert told == [challenge["id"]]


@pytest.mark.parametrize(
    ("passed", "pause"),
    [
        (timedelta(0), LONGEST_PAUSE),
        (timedelta(minutes=30), timedelta(minutes=30)),
        (timedelta(minutes=59, seconds=59), timedelta(seconds=1)),
        (timedelta(hours=1), RETRY_PAUSE),
    ],
)
async def test_it_pauses_until_the_next_end(
    service: Service, passed: timedelta, pause: timedelta
) -> None:
    root = await make_admin(service)
    for hours in (1, 3):
        await announce(root, starts_in=0, hours=hours)
    service.clock.advance(seconds=passed.total_seconds())
    assert await measure_pause(service.parts) == pause


async def test_once_all_is_done_it_pauses_long(service: Service) -> None:
    challenge_id = (await announce(await make_admin(service), starts_in=0, hours=1))["id"]
    service.clock.advance(hours=1)
    async with service.parts.database.writing() as transaction:
        assert await ChallengeClosing(transaction.uow, service.clock).close(challenge_id)
        await transaction.commit()
    assert await measure_pause(service.parts) == RETRY_PAUSE  # somebody is still to be told
    await close_challenges(service.parts)
    assert await measure_pause(service.parts) == LONGEST_PAUSE


async def test_without_challenges_it_pauses_long(service: Service) -> None:
    assert await measure_pause(service.parts) == LONGEST_PAUSE


async def test_what_is_announced_meanwhile_ends_no_sooner(service: Service) -> None:
    root = await make_admin(service)
    until = service.clock.now() + await measure_pause(service.parts)
    challenge = await announce(root, starts_in=-1 / 60, hours=1)
    assert datetime.fromisoformat(challenge["ends_at"]) >= until


async def test_a_lost_database_is_survived(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    async with run_service(url, tmp_path) as service:
        await service.parts.background.drain(30)
        assert await measure_pause(service.parts) == LONGEST_PAUSE
        with listen() as log:
            async with watch_challenges(service.parts):
                await asyncio.sleep(0)
                await service.parts.background.drain(30)
    failure = next(line for line in log.lines if line["event"] == "closing_challenges_failed")
    assert (failure["level"], failure["code"]) == ("warning", "database_unavailable")
