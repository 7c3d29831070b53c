"""Where learners stand among others: tables, leagues, and how they appear there."""

from typing import Annotated

from fastapi import Query, status

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.api.table_deps import (
    LeagueServiceDep,
    PrivacyReadServiceDep,
    PrivacyServiceDep,
    TableServiceDep,
    TakePlace,
)
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.tables import (
    LeagueRead,
    PrivacyRead,
    PrivacyUpdate,
    TableQuery,
    TableRowRead,
)
from app.services.challenge_errors import ChallengeNotFoundError
from app.services.errors import BadCursorError
from app.services.leaderboard import TableChoice, show_table
from app.services.leagues import LeagueView
from app.services.party_errors import PartyNotFoundError
from app.services.privacy import PrivacyView
from app.services.table_errors import BadTableError
from app.services.table_windows import Part
from app.services.tables import TableRowView

router = ResourceRouter("/game", tag="game")


@router.get(
    "/leaderboard",
    summary="Show a table",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[TableRowRead],
    responses=problems(BadTableError, BadCursorError, PartyNotFoundError, ChallengeNotFoundError),
)
async def get_leaderboard(
    query: Annotated[TableQuery, Query()], caller: CurrentUser, tables: TableServiceDep
) -> Page[TableRowView]:
    """Who stands where, from the first on or around you: among all, in a party or in a challenge.

    Only who has XP is in the table of all; all members are in those of parties and challenges. A
    page is as of now: who moves while you page may be seen twice or not at all, others exactly once.
    """
    choice = TableChoice(query.scope, query.period, query.party_id, query.challenge_id)
    part = Part(query.limit, query.cursor, query.around == "me")
    return await show_table(tables, caller, choice, part)


@router.get(
    "/league",
    summary="Show your league",
    status_code=status.HTTP_200_OK,
    response_model=LeagueRead,
    dependencies=[TakePlace],
)
async def get_league(caller: CurrentUser, leagues: LeagueServiceDep) -> LeagueView:
    """Your group of this week, and how the last week ended in which you played.

    Your first XP of a week puts you into a group of up to 30 learners of your tier: at once if you look
    here, else within seconds. At its end the
    first quarter (at least one, at most 7) goes up and the last sixth (at most 5) down; who ties with
    somebody beyond such a border stays.
    """
    return await leagues.get(caller)


@router.get(
    "/privacy",
    summary="Show how you appear",
    status_code=status.HTTP_200_OK,
    response_model=PrivacyRead,
)
async def get_privacy(caller: CurrentUser, privacy: PrivacyReadServiceDep) -> PrivacyView:
    """How you appear in tables."""
    return await privacy.get(caller)


@router.patch(
    "/privacy",
    summary="Change how you appear",
    status_code=status.HTTP_200_OK,
    response_model=PrivacyRead,
)
async def update_privacy(
    wanted: PrivacyUpdate, caller: CurrentUser, privacy: PrivacyServiceDep
) -> PrivacyView:
    """Appear by name, without one, or not at all. It holds at once, in tables that are there already."""
    return await privacy.update(caller, wanted.visibility)
