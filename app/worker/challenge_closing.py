"""Closing challenges at their end and telling their members: a job of each challenge, due at its end."""

import structlog

from app.parts import Parts
from app.services.challenge_closing import BATCH, ChallengeClosing, ChallengeClosingReader

_log = structlog.get_logger(__name__)


async def close_challenges(parts: Parts) -> None:
    """Close all challenges that are over, then tell the members of closed ones.

    What another worker is at is left to it.
    """
    await _close_all(parts)
    await _tell_all(parts)


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
