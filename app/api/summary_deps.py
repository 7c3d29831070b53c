"""The annotated alias of start pages."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, ReadUowDep
from app.services.summary import SummaryService


async def get_summary_service(uow: ReadUowDep, clock: ClockDep) -> SummaryService:
    """Shows the start page."""
    return SummaryService(uow, clock)


SummaryServiceDep = Annotated[SummaryService, Depends(get_summary_service)]
