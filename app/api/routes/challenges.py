"""Challenges: races for all or for a party."""

from typing import Annotated

from fastapi import Query, Response, status

from app.api.challenge_deps import (
    ChallengeId,
    ChallengeMembershipServiceDep,
    ChallengeReadServiceDep,
    ChallengeServiceDep,
    CloseOne,
)
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.api.table_deps import TableServiceDep
from app.core.listing import Page
from app.schemas.challenges import (
    ChallengeCreate,
    ChallengeQuery,
    ChallengeRead,
    ChallengeUpdate,
)
from app.schemas.common import PageRead
from app.schemas.tables import ChallengeTableQuery, TableRowRead
from app.services.challenge_errors import (
    BadPeriodError,
    ChallengeChangedError,
    ChallengeNotFoundError,
    ChallengeOverError,
    ChallengeStartedError,
    NotYourChallengeError,
    RewardNotAllowedError,
    TooManyChallengesError,
)
from app.services.challenge_view import ChallengeView
from app.services.challenges import ChallengeFilter
from app.services.definition_errors import (
    AdminRequiredError,
    BadDefinitionError,
    UnknownCourseError,
    UnknownPrizeError,
)
from app.services.errors import BadCursorError
from app.services.party_errors import PartyNotFoundError
from app.services.table_errors import BadTableError
from app.services.table_windows import Part
from app.services.tables import TableRowView

router = ResourceRouter("/game/challenges", tag="game")

_UNSOUND = (
    BadDefinitionError,
    UnknownCourseError,
    UnknownPrizeError,
    BadPeriodError,
    RewardNotAllowedError,
)


@router.get(
    "",
    summary="List challenges",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[ChallengeRead],
    responses=problems(BadCursorError),
)
async def list_challenges(
    query: Annotated[ChallengeQuery, Query()],
    caller: CurrentUser,
    challenges: ChallengeReadServiceDep,
) -> Page[ChallengeView]:
    """The challenges for all and those of your parties; what ends last comes first."""
    wanted = ChallengeFilter(query.state, query.mine)
    return await challenges.list_page(caller, wanted, query.limit, query.cursor)


@router.post(
    "",
    summary="Announce a challenge",
    status_code=status.HTTP_201_CREATED,
    response_model=ChallengeRead,
    responses=problems(
        AdminRequiredError,
        PartyNotFoundError,
        TooManyChallengesError,
        *_UNSOUND,
        *RETRY_REFUSALS,
    ),
    dependencies=[Idempotent],
)
async def create_challenge(
    given: ChallengeCreate,
    caller: CurrentUser,
    challenges: ChallengeServiceDep,
    response: Response,
) -> ChallengeView:
    """Announce a race: for a party of yours or, as an admin, for all.

    Whoever joins counts by the metric from the start (or from joining) to the end, and whoever reaches
    the target gets the reward at once. A party's challenge pays nothing, neither XP nor gold: otherwise
    friends could print money. A party has at most 5 at a time. Nobody is in it before joining, not even
    you.
    """
    challenge = await challenges.create(caller, given.to_changes())
    response.headers["Location"] = f"/api/v1/game/challenges/{challenge.id}"
    return challenge


@router.get(
    "/{challenge_id}",
    summary="Show a challenge",
    status_code=status.HTTP_200_OK,
    response_model=ChallengeRead,
    responses=problems(ChallengeNotFoundError),
    dependencies=[CloseOne],
)
async def get_challenge(
    challenge_id: ChallengeId, caller: CurrentUser, challenges: ChallengeReadServiceDep
) -> ChallengeView:
    """A challenge for all or of a party of yours, and how far you are. Admins may look at any."""
    return await challenges.get(caller, challenge_id)


@router.patch(
    "/{challenge_id}",
    summary="Change a challenge",
    status_code=status.HTTP_200_OK,
    response_model=ChallengeRead,
    responses=problems(
        ChallengeNotFoundError,
        NotYourChallengeError,
        ChallengeStartedError,
        ChallengeOverError,
        ChallengeChangedError,
        *_UNSOUND,
    ),
)
async def update_challenge(
    challenge_id: ChallengeId,
    given: ChallengeUpdate,
    caller: CurrentUser,
    challenges: ChallengeServiceDep,
) -> ChallengeView:
    """Change what is sent, and leave the rest: of your party's challenge that you made; as an admin of any.

    Once it has started, only its title and description can be changed; once it is over, nothing.
    """
    return await challenges.update(caller, challenge_id, given.revision, given.to_changes())


@router.delete(
    "/{challenge_id}",
    summary="Delete a challenge",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(ChallengeNotFoundError, NotYourChallengeError, ChallengeStartedError),
)
async def delete_challenge(
    challenge_id: ChallengeId, caller: CurrentUser, challenges: ChallengeServiceDep
) -> None:
    """Erase a challenge that you may change, as long as it has not started."""
    await challenges.delete(caller, challenge_id)


@router.post(
    "/{challenge_id}/membership",
    summary="Join a challenge",
    status_code=status.HTTP_200_OK,
    response_model=ChallengeRead,
    responses=problems(ChallengeNotFoundError, ChallengeOverError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def join_challenge(
    challenge_id: ChallengeId, caller: CurrentUser, memberships: ChallengeMembershipServiceDep
) -> ChallengeView:
    """Join a challenge, before its start or while it runs: only what you do after joining counts.

    Joining again changes nothing. If you had finished it and left, you are back as you were.
    """
    return await memberships.join(caller, challenge_id)


@router.delete(
    "/{challenge_id}/membership",
    summary="Leave a challenge",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(ChallengeNotFoundError, ChallengeOverError),
)
async def leave_challenge(
    challenge_id: ChallengeId, caller: CurrentUser, memberships: ChallengeMembershipServiceDep
) -> None:
    """Leave a challenge that is not over. Your progress is lost, unless you have finished: that stays.

    Leaving what you are not in changes nothing.
    """
    await memberships.leave(caller, challenge_id)


@router.get(
    "/{challenge_id}/leaderboard",
    summary="Show a challenge's table",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[TableRowRead],
    responses=problems(ChallengeNotFoundError, BadTableError, BadCursorError),
    dependencies=[CloseOne],
)
async def get_challenge_leaderboard(
    challenge_id: ChallengeId,
    query: Annotated[ChallengeTableQuery, Query()],
    caller: CurrentUser,
    tables: TableServiceDep,
) -> Page[TableRowView]:
    """Who is in a challenge, by progress; from the first on or around you. Final once it is over.

    A party's table shows names, others those of who wants it; who is hidden or has left is in none.
    A streak (`streak_days`) is in it once it has reached the target.
    """
    part = Part(query.limit, query.cursor, query.around == "me")
    return await tables.challenge(caller, challenge_id, part)
