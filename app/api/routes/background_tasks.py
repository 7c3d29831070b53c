"""What is done for learners beside their requests."""

from typing import Annotated

from fastapi import Query, status

from app.api.background_task_deps import BackgroundTaskReadServiceDep
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.background_tasks import BackgroundTaskQuery, BackgroundTaskRead
from app.schemas.common import PageRead
from app.services.background_tasks import JobView
from app.services.errors import BadCursorError

router = ResourceRouter("/users/me", tag="users")


@router.get(
    "/background-tasks",
    summary="List what is done for you",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[BackgroundTaskRead],
    responses=problems(BadCursorError),
)
async def list_background_tasks(
    query: Annotated[BackgroundTaskQuery, Query()],
    caller: CurrentUser,
    tasks: BackgroundTaskReadServiceDep,
) -> Page[JobView]:
    """Jobs about you that run beside your requests, such as mails, newest first.

    Those that are done are kept for two weeks.
    """
    return await tasks.list_page(caller, query.limit, query.cursor)
