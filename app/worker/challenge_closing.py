"""Closing challenges at their end and telling their members, in the background of every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from app.core.challenges import MIN_LENGTH, START_TOLERANCE
from app.core.errors import QuestboardError
from app.parts import Parts
from app.services.challenge_closing import BATCH, ChallengeClosing, ChallengeClosingReader
from app.worker.beside import run_beside

LONGEST_PAUSE = MIN_LENGTH - START_TOLERANCE
"""No challenge that is announced meanwhile can end sooner, so each is closed at its very end."""

_log = structlog.get_logger(__name__)


async def close_challenges(parts: Parts) -> None:
    """Close all challenges that are over, then tell the members of closed ones.

    What another process is at is left to it; the next round looks again.
    """
    await _close_all(parts)
    await _tell_all(parts)


async def measure_pause(parts: Parts) -> timedelta:
    """How long until the next end, or until a round for what is left over; at most ``LONGEST_PAUSE``."""
    try:
        async with parts.database.reading() as uow:
            left = await ChallengeClosingReader(uow, parts.clock).measure_time_left()
    except QuestboardError:  # out of reach or busy, which is logged where it happens
        return LONGEST_PAUSE
    return LONGEST_PAUSE if left is None else min(left, LONGEST_PAUSE)


@asynccontextmanager
async def watch_challenges(parts: Parts) -> AsyncIterator[None]:
    """Close what is over at the start and at each end, for as long as the service runs."""
    async with run_beside(_close_always(parts), "challenge_closing"):
        yield


async def _close_all(parts: Parts) -> None:
    while True:
        async with parts.database.reading() as uow:
            due = await ChallengeClosingReader(uow, parts.clock).list_due()
        closed = [await _close(parts, challenge_id) for challenge_id in due]
        if len(due) < BATCH or not any(closed):
            return


async def _close(parts: Parts, challenge_id: int) -> bool:
    async with parts.database.writing() as transaction:
        closed = await ChallengeClosing(transaction.uow, parts.clock).close(challenge_id)
        await transaction.commit()
    if closed:
        _log.info("challenge_closed", challenge_id=challenge_id)
    return closed


async def _tell_all(parts: Parts) -> None:
    while True:
        async with parts.database.reading() as uow:
            untold = await ChallengeClosingReader(uow, parts.clock).list_untold()
        told = [await _tell_members(parts, challenge_id) for challenge_id in untold]
        if len(untold) < BATCH or not any(told):
            return


async def _tell_members(parts: Parts, challenge_id: int) -> bool:
    """Tell batch after batch, each in a transaction of its own; whether there was any."""
    batches = 0
    while await _tell_some(parts, challenge_id):
        batches += 1
    return batches > 0


async def _tell_some(parts: Parts, challenge_id: int) -> bool:
    async with parts.database.writing() as transaction:
        told = await ChallengeClosing(transaction.uow, parts.clock).tell_some(challenge_id)
        await transaction.commit()
    return told


async def _close_always(parts: Parts) -> None:
    while True:
        # As background work, whose failures are logged and do not end this loop.
        parts.background.spawn("challenge_closing", _try_to_close(parts))
        pause = LONGEST_PAUSE
        with suppress(Exception):  # a database that is not migrated yet: the work above says so
            pause = await measure_pause(parts)
        await asyncio.sleep(pause.total_seconds())


async def _try_to_close(parts: Parts) -> None:
    try:
        await close_challenges(parts)
    except QuestboardError as error:  # out of reach or busy: another time will do
        _log.warning("closing_challenges_failed", code=error.code)
