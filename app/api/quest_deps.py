"""The annotated aliases of those who go on quests."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, ReadUowDep, UowDep
from app.services.quests import QuestReadService, QuestService


async def get_quest_reader(uow: ReadUowDep, clock: ClockDep) -> QuestReadService:
    """Shows quests."""
    return QuestReadService(uow, clock)


async def get_quests(uow: UowDep, clock: ClockDep) -> QuestService:
    """Accepts and abandons quests."""
    return QuestService(uow, clock)


QuestReadServiceDep = Annotated[QuestReadService, Depends(get_quest_reader)]
QuestServiceDep = Annotated[QuestService, Depends(get_quests)]
