"""The annotated aliases of those who fight bosses."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, ReadUowDep, UowDep
from app.services.boss_fights import BossFightService
from app.services.bosses import BossReadService


async def get_boss_reader(uow: ReadUowDep, clock: ClockDep) -> BossReadService:
    """Shows bosses."""
    return BossReadService(uow, clock)


async def get_boss_fights(uow: UowDep, clock: ClockDep) -> BossFightService:
    """Begins battles."""
    return BossFightService(uow, clock)


BossReadServiceDep = Annotated[BossReadService, Depends(get_boss_reader)]
BossFightServiceDep = Annotated[BossFightService, Depends(get_boss_fights)]
