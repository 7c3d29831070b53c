"""The annotated alias of background jobs."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ReadUowDep
from app.services.background_tasks import BackgroundTaskReadService


async def get_background_tasks(uow: ReadUowDep) -> BackgroundTaskReadService:
    """Shows learners the jobs that are about them."""
    return BackgroundTaskReadService(uow)


BackgroundTaskReadServiceDep = Annotated[BackgroundTaskReadService, Depends(get_background_tasks)]
