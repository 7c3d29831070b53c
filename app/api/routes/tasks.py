"""Personal tasks."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Query, Response, status

from app.api.deps import (
    CompletionServiceDep,
    CurrentUser,
    OccurrenceServiceDep,
    TaskReadServiceDep,
    TaskServiceDep,
    require_own_path,
)
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import TwiceRoutedRouter
from app.core.errors import ForbiddenError
from app.core.listing import Page
from app.schemas.common import EntityId, PageRead
from app.schemas.tasks import (
    OccurrenceChoice,
    OccurrenceQuery,
    OccurrenceRead,
    TaskCompletionRead,
    TaskCreate,
    TaskQuery,
    TaskRead,
    TaskReplace,
    TaskUpdate,
)
from app.services.completions import TaskCompletion
from app.services.errors import (
    BadCursorError,
    BadRecurrenceError,
    NotAnOccurrenceError,
    NotDueError,
    OccurrenceRequiredError,
    TaskNotFoundError,
    TimeWithoutDateError,
)
from app.services.task_view import OccurrenceView, TaskView
from app.services.tasks import TaskFilter

router = TwiceRoutedRouter(
    "/tasks",
    tag="tasks",
    require_own=Depends(require_own_path),
    responses=problems(ForbiddenError),
)

TaskId = Annotated[EntityId, Path(description="The task's id.")]


async def get_occurrence_on(choice: OccurrenceChoice | None = None) -> date | None:
    """The occurrence that the body names, if there is a body and it does."""
    return None if choice is None else choice.occurrence_on


OccurrenceOn = Annotated[date | None, Depends(get_occurrence_on)]
_OCCURRENCES = (OccurrenceRequiredError, NotAnOccurrenceError, NotDueError)


@router.get(
    "",
    summary="List tasks",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[TaskRead],
    responses=problems(BadCursorError),
)
async def list_tasks(
    query: Annotated[TaskQuery, Query()], caller: CurrentUser, tasks: TaskReadServiceDep
) -> Page[TaskView]:
    """Your tasks, filtered and sorted; newest first unless told otherwise. A page has at most 100.

    A task without a due date sorts as if it were due last, and lies in no due range.
    """
    wanted = TaskFilter(
        status=query.status,
        search=query.q,
        tag=query.tag,
        difficulty=query.difficulty,
        due_from=query.due_from,
        due_to=query.due_to,
    )
    return await tasks.list_page(caller, wanted, query.sort, query.limit, query.cursor)


@router.post(
    "",
    summary="Create a task",
    status_code=status.HTTP_201_CREATED,
    response_model=TaskRead,
    responses=problems(BadRecurrenceError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_task(
    given: TaskCreate, caller: CurrentUser, tasks: TaskServiceDep, response: Response
) -> TaskView:
    """Add a task. With `recurrence` (an RFC 5545 RRULE, no finer than a day) it comes back by itself."""
    task = await tasks.create(caller, given.to_changes())
    response.headers["Location"] = f"/api/v1/tasks/{task.id}"
    return task


@router.get(
    "/{task_id}",
    summary="Show a task",
    status_code=status.HTTP_200_OK,
    response_model=TaskRead,
    responses=problems(TaskNotFoundError),
)
async def get_task(task_id: TaskId, caller: CurrentUser, tasks: TaskReadServiceDep) -> TaskView:
    """One of your tasks. Another's is not found, like one that never was."""
    return await tasks.get(caller, task_id)


@router.put(
    "/{task_id}",
    summary="Replace a task",
    status_code=status.HTTP_200_OK,
    response_model=TaskRead,
    responses=problems(TaskNotFoundError, BadRecurrenceError),
)
async def replace_task(
    task_id: TaskId, given: TaskReplace, caller: CurrentUser, tasks: TaskServiceDep
) -> TaskView:
    """Set the whole of a task; what is left out goes back to its default. Completions stay."""
    return await tasks.update(caller, task_id, given.to_changes())


@router.patch(
    "/{task_id}",
    summary="Change a task",
    status_code=status.HTTP_200_OK,
    response_model=TaskRead,
    responses=problems(TaskNotFoundError, BadRecurrenceError, TimeWithoutDateError),
)
async def update_task(
    task_id: TaskId, given: TaskUpdate, caller: CurrentUser, tasks: TaskServiceDep
) -> TaskView:
    """Change what is sent, and leave the rest. Null takes a due date, a time or a recurrence away."""
    return await tasks.update(caller, task_id, given.to_changes())


@router.delete(
    "/{task_id}",
    summary="Delete a task",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(TaskNotFoundError),
)
async def delete_task(task_id: TaskId, caller: CurrentUser, tasks: TaskServiceDep) -> None:
    """Erase a task. What it paid stays yours, and in the ledger."""
    await tasks.delete(caller, task_id)


@router.post(
    "/{task_id}/complete",
    summary="Complete a task",
    status_code=status.HTTP_200_OK,
    response_model=TaskCompletionRead,
    responses=problems(TaskNotFoundError, *_OCCURRENCES, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def complete_task(
    task_id: TaskId,
    caller: CurrentUser,
    completions: CompletionServiceDep,
    occurrence_on: OccurrenceOn,
) -> TaskCompletion:
    """Complete a task, or the given occurrence of one that recurs, and be rewarded.

    Completing what is completed changes nothing: the same task and a zero outcome. Of the tasks
    completed on one of your days, 20 are paid.
    """
    return await completions.complete(caller, task_id, occurrence_on)


@router.post(
    "/{task_id}/undo",
    summary="Undo a completion",
    status_code=status.HTTP_200_OK,
    response_model=TaskCompletionRead,
    responses=problems(TaskNotFoundError, *_OCCURRENCES, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def undo_task(
    task_id: TaskId,
    caller: CurrentUser,
    completions: CompletionServiceDep,
    occurrence_on: OccurrenceOn,
) -> TaskCompletion:
    """Take a completion back, with all that it gave; gold already spent becomes a debt.

    Undoing what is not completed changes nothing.
    """
    return await completions.undo(caller, task_id, occurrence_on)


@router.patch(
    "/{task_id}/complete",
    summary="Toggle a task",
    status_code=status.HTTP_200_OK,
    response_model=TaskCompletionRead,
    responses=problems(TaskNotFoundError, *_OCCURRENCES, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def toggle_task(
    task_id: TaskId,
    caller: CurrentUser,
    completions: CompletionServiceDep,
    occurrence_on: OccurrenceOn,
) -> TaskCompletion:
    """Complete a task that is open, and undo one that is completed. Safer to retry are the two POSTs."""
    return await completions.toggle(caller, task_id, occurrence_on)


@router.get(
    "/{task_id}/occurrences",
    summary="List a task's occurrences",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[OccurrenceRead],
    responses=problems(TaskNotFoundError, BadCursorError),
)
async def list_occurrences(
    task_id: TaskId,
    query: Annotated[OccurrenceQuery, Query()],
    caller: CurrentUser,
    occurrences: OccurrenceServiceDep,
) -> Page[OccurrenceView]:
    """The dates of a recurring task up to the current one, newest first: completed, missed or due."""
    return await occurrences.list_page(caller, task_id, query.limit, query.cursor)
