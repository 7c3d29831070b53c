"""The annotated aliases of those who rest."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, ReadUowDep, UowDep
from app.services.pause import PauseReadService, PauseService


async def get_pause_reader(uow: ReadUowDep, clock: ClockDep) -> PauseReadService:
    """Shows the pause."""
    return PauseReadService(uow, clock)


async def get_pauses(uow: UowDep, clock: ClockDep) -> PauseService:
    """Sets and ends the pause."""
    return PauseService(uow, clock)


PauseReadServiceDep = Annotated[PauseReadService, Depends(get_pause_reader)]
PauseServiceDep = Annotated[PauseService, Depends(get_pauses)]
