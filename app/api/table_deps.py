"""The annotated aliases of tables, leagues and privacy."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, PartsDep, ReadUowDep, UowDep
from app.services.leagues import LeagueService
from app.services.privacy import PrivacyReadService, PrivacyService
from app.services.sealed_cursors import CursorSeal
from app.services.tables import TableService


async def get_tables(uow: ReadUowDep, clock: ClockDep, parts: PartsDep) -> TableService:
    """Shows tables."""
    return TableService(uow, clock, CursorSeal(parts.keys.access))


async def get_leagues(uow: ReadUowDep, clock: ClockDep) -> LeagueService:
    """Shows leagues."""
    return LeagueService(uow, clock)


async def get_privacy_reader(uow: ReadUowDep) -> PrivacyReadService:
    """Shows how somebody appears."""
    return PrivacyReadService(uow)


async def get_privacy(uow: UowDep, clock: ClockDep) -> PrivacyService:
    """Changes how somebody appears."""
    return PrivacyService(uow, clock)


TableServiceDep = Annotated[TableService, Depends(get_tables)]
LeagueServiceDep = Annotated[LeagueService, Depends(get_leagues)]
PrivacyReadServiceDep = Annotated[PrivacyReadService, Depends(get_privacy_reader)]
PrivacyServiceDep = Annotated[PrivacyService, Depends(get_privacy)]
