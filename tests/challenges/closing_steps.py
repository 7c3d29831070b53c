"""Steps that the tests of closings share."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.db.models import ChallengeMember
from app.services.challenge_closing import ChallengeClosing
from tests.challenges.challenge_steps import (
    announce,
    join_well,
    list_members,
    make_admin,
)
from tests.parties.party_steps import execute
from tests.support.clock import START
from tests.support.service import Learner, Service

ENDS_AT = START + timedelta(days=2)


async def make_race(service: Service, progress: list[int]) -> tuple[int, list[Learner]]:
    """A challenge for all, and learners who got so far in it."""
    root = await make_admin(service)
    challenge_id = (await announce(root, target=10))["id"]
    runners = []
    for number, done in enumerate(progress):
        runner = await service.learner(f"n{number}@example.org", display_name=f"N{number}")
        await join_well(runner, challenge_id)
        await set_progress(service, runner, done)
        runners.append(runner)
    return challenge_id, runners


async def set_progress(service: Service, who: Learner, done: int, **values: Any) -> None:
    statement = update(ChallengeMember).where(ChallengeMember.user_id == who.id)
    await execute(service.parts.database, statement.values(progress=done, **values))


async def list_ranks(service: Service, challenge_id: int) -> list[int | None]:
    """The final ranks, by user id."""
    return [row.final_rank for row in await list_members(service, challenge_id)]


async def close(service: Service, challenge_id: int) -> bool:
    """Close in a transaction of its own; whether this closed it."""
    async with service.parts.database.writing() as transaction:
        closed = await ChallengeClosing(transaction.uow, service.clock).close(challenge_id)
        await transaction.commit()
    return closed


async def tell_some(service: Service, challenge_id: int) -> bool:
    """Tell a batch in a transaction of its own; whether there was any."""
    async with service.parts.database.writing() as transaction:
        told = await ChallengeClosing(transaction.uow, service.clock).tell_some(challenge_id)
        await transaction.commit()
    return told
