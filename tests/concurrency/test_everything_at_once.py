"""Every kind of call at the same time: nobody waits in a circle, nothing fails, and all books are right."""

import asyncio
from random import Random

import pytest

from app.services.replaying import ReplayService
from app.worker.challenge_closing import close_challenges
from app.worker.standings import close_leagues
from tests.concurrency.fair import open_fair
from tests.concurrency.moves import BUSY, Lives
from tests.concurrency.test_completions_at_once import assert_sound
from tests.parties.party_steps import check_parties
from tests.support.logs import listen
from tests.support.service import Service

MOVES = 15
ROUNDS = 25
USUAL = ("complete", "undo", "toggle", "attempt")
ANSWERS = {200, 201, 204, 401, 403, 404, 409, 422, 429, BUSY}
MOST_BUSY = 0.1
"""The share of calls that may be told to try again: some locks are not waited for, none for too long."""


@pytest.mark.parametrize("seed", range(3))
async def test_everything_at_once(service: Service, seed: int) -> None:
    """Two clients for each learner; the first leader and the last learner erase their accounts meanwhile."""
    fair = await open_fair(service)
    lives = Lives(fair, Random(seed))
    students = fair.students
    with listen() as log:
        await asyncio.gather(
            *(lives.live(student, MOVES) for student in students),
            *(lives.live(student, MOVES) for student in students[1:-1]),
            *(lives.erase(student, MOVES // 2) for student in (students[0], students[-1])),
            *(lives.work(ROUNDS) for _ in range(2)),
            lives.define(MOVES),
        )
    assert "deadlock" not in log.getvalue().lower()
    check_answers(lives)
    await close_challenges(service.parts)
    await close_leagues(service.parts)
    await check_parties(service.parts.database)
    await assert_sound(service)
    await check_replayed(service)


def check_answers(lives: Lives) -> None:
    """All were answered: the usual ones with success as well, and few were told to try again."""
    for name, answers in lives.answers.items():
        assert {answer.status_code for answer in answers} <= ANSWERS, name
    for name in USUAL:
        assert any(answer.is_success for answer in lives.answers[name]), name
    everything = [answer for answers in lives.answers.values() for answer in answers]
    busy = [answer for answer in everything if answer.status_code == BUSY]
    assert {answer.json()["code"] for answer in busy} <= {"database_busy"}
    assert len(busy) <= MOST_BUSY * len(everything)
    erased = [answer.status_code for answer in lives.answers["erase"]]
    assert [status for status in erased if status != BUSY] == [204] * 2


async def check_replayed(service: Service) -> None:
    """Playing all histories again comes to what is kept."""
    checked = [part async for part in ReplayService(service.parts.database).check()]
    assert [found for part in checked for found in part.differences] == []
