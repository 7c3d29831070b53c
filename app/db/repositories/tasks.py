"""Personal tasks."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from app.core.listing import TaskSort
from app.db.repositories.base import Repository
from app.db.repositories.task_queries import (
    ADD,
    COMPLETE,
    DELETE,
    LOCK,
    ONE,
    SAVE,
    SortValue,
    TaskFilter,
    TaskRecord,
    TaskRow,
    describe,
    list_tasks,
)
from app.db.together import Write
from app.game.rules import Difficulty


class TaskFields(Protocol):
    """What a task is made of, whether it was loaded to be changed (``TaskRecord``) or only to be shown."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def difficulty(self) -> Difficulty: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def due_time(self) -> time | None: ...
    @property
    def tags(self) -> list[str]: ...
    @property
    def checklist(self) -> list[dict[str, Any]]: ...
    @property
    def checklist_on(self) -> date | None: ...
    @property
    def recurrence(self) -> str | None: ...
    @property
    def starts_on(self) -> date | None: ...
    @property
    def last_done_on(self) -> date | None: ...
    @property
    def completed_at(self) -> datetime | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...


class TaskReader(Repository):
    """Looks tasks up; always among those of one user."""

    async def get(self, user_id: int, task_id: int) -> TaskRow | None:
        """The user's task, to be shown."""
        return await ONE.fetch_one(self._session, {"owner": user_id, "task_id": task_id})

    async def list_page(
        self,
        user_id: int,
        wanted: TaskFilter,
        sort: TaskSort,
        after: tuple[SortValue, int] | None,
        count: int,
    ) -> Sequence[TaskRow]:
        """At most ``count`` tasks of the user in this order, beyond ``after`` (its sort value and id)."""
        statement, parameters = list_tasks(wanted, sort, after)
        return await statement.fetch(
            self._session, {**parameters, "owner": user_id, "count": count}
        )


class TaskRepository(TaskReader):
    """Makes and changes tasks."""

    async def lock(self, user_id: int, task_id: int) -> TaskRecord | None:
        """The user's task, locked until the transaction ends. Take the player's lock first."""
        return await LOCK.fetch_one(self._session, {"owner": user_id, "task_id": task_id})

    async def add(self, task: TaskRecord) -> None:
        """Write a new task; afterwards it has its id."""
        (task.id,) = await ADD.fetch(self._session, describe(task))

    async def save(self, task: TaskRecord) -> None:
        """Write a changed task."""
        await SAVE.fetch(self._session, describe(task))

    def complete(self, task: TaskRecord) -> Write:
        """Write when a task was completed, or that it is not; to be done together with other writes."""
        parameters = {
            "owner": task.user_id, "task_id": task.id, "completed_at": task.completed_at
        }  # fmt: skip
        return Write(COMPLETE, parameters)

    async def delete(self, task: TaskRecord) -> None:
        """Erase a task and its occurrences. What it paid stays in the ledger."""
        await DELETE.fetch(self._session, {"owner": task.user_id, "task_id": task.id})
