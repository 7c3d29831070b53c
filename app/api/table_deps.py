"""The annotated aliases of tables, leagues and privacy; and places in leagues for those who look."""

from contextlib import suppress
from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, CurrentUser, PartsDep, ReadUowDep, UowDep
from app.db.conflicts import DatabaseBusyError
from app.services.kept_tables import KeptTables
from app.services.league_joining import LeagueJoining, list_weeks_waited
from app.services.leagues import LeagueService
from app.services.privacy import PrivacyReadService, PrivacyService
from app.services.sealed_cursors import CursorSeal
from app.services.tables import TableService


async def get_tables(uow: ReadUowDep, clock: ClockDep, parts: PartsDep) -> TableService:
    """Shows tables."""
    kept = KeptTables(parts.caches.groups)
    return TableService(uow, clock, CursorSeal(parts.keys.access), kept)


async def take_place_in_league(parts: PartsDep, caller: CurrentUser) -> None:
    """Give the caller the place that is waited for, if one is, in a transaction of its own.

    Where that does not go at once the league is shown as it is, and the job gives the place.
    """
    async with parts.database.reading() as uow:
        weeks = await list_weeks_waited(uow, caller.user_id)
    with suppress(DatabaseBusyError):
        for week_on in weeks:
            async with parts.database.writing() as transaction:
                await LeagueJoining(transaction.uow).join(week_on, [caller.user_id])
                await transaction.commit()


async def get_leagues(uow: ReadUowDep, clock: ClockDep) -> LeagueService:
    """Shows leagues."""
    return LeagueService(uow, clock)


async def get_privacy_reader(uow: ReadUowDep) -> PrivacyReadService:
    """Shows how somebody appears."""
    return PrivacyReadService(uow)


async def get_privacy(uow: UowDep, clock: ClockDep) -> PrivacyService:
    """Changes how somebody appears."""
    return PrivacyService(uow, clock)


# For the ``dependencies=`` of routes: it comes before those of parameters, so that its connection is
# given back before the next is taken.
TakePlace = Depends(take_place_in_league)

TableServiceDep = Annotated[TableService, Depends(get_tables)]
LeagueServiceDep = Annotated[LeagueService, Depends(get_leagues)]
PrivacyReadServiceDep = Annotated[PrivacyReadService, Depends(get_privacy_reader)]
PrivacyServiceDep = Annotated[PrivacyService, Depends(get_privacy)]
