"""The annotated aliases of challenges, and their closing by the first who reads them after the end."""

from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Path

from app.api.deps import ClockDep, CurrentUser, PartsDep, ReadUowDep, UowDep
from app.db.conflicts import DatabaseBusyError
from app.parts import Parts
from app.schemas.common import EntityId
from app.services.challenge_changes import ChallengeService
from app.services.challenge_closing import ChallengeClosing, ChallengeClosingReader
from app.services.challenge_membership import ChallengeMembershipService
from app.services.challenges import ChallengeReadService

ChallengeId = Annotated[EntityId, Path(description="The challenge's id.")]


async def close_one_that_is_over(
    challenge_id: ChallengeId, parts: PartsDep, _caller: CurrentUser
) -> None:
    """Close the challenge that is about to be read, if it has to be, in a transaction of its own.

    Where that does not go at once it is read all the same: places are found by the same rule before the
    closing, and the job closes it.
    """
    async with parts.database.reading() as uow:
        is_due = await ChallengeClosingReader(uow, parts.clock).is_due(challenge_id)
    if is_due:
        with suppress(DatabaseBusyError):
            await _close(parts, challenge_id)


async def _close(parts: Parts, challenge_id: int) -> None:
    async with parts.database.writing() as transaction:
        if await ChallengeClosing(transaction.uow, parts.clock).close(challenge_id):
            await transaction.commit()


async def get_challenge_reader(uow: ReadUowDep, clock: ClockDep) -> ChallengeReadService:
    """Shows challenges."""
    return ChallengeReadService(uow, clock)


async def get_challenges(uow: UowDep, clock: ClockDep) -> ChallengeService:
    """Makes, changes and erases challenges."""
    return ChallengeService(uow, clock)


async def get_challenge_memberships(uow: UowDep, clock: ClockDep) -> ChallengeMembershipService:
    """Joins challenges and leaves them."""
    return ChallengeMembershipService(uow, clock)


# For the ``dependencies=`` of routes: it comes before those of parameters, so that its connection is
# given back before the next is taken.
CloseOne = Depends(close_one_that_is_over)

ChallengeReadServiceDep = Annotated[ChallengeReadService, Depends(get_challenge_reader)]
ChallengeServiceDep = Annotated[ChallengeService, Depends(get_challenges)]
ChallengeMembershipServiceDep = Annotated[
    ChallengeMembershipService, Depends(get_challenge_memberships)
]
