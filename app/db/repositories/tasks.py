"""Personal tasks."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from sqlalchemy import bindparam, select

from app.core.listing import TaskSort
from app.core.text import fold_for_search
from app.db.models import Task
from app.db.repositories.base import Repository
from app.db.repositories.task_queries import (
    ONE,
    SortValue,
    TaskFilter,
    TaskRow,
    list_tasks,
)
from app.game.rules import Difficulty


class TaskFields(Protocol):
    """What a task is made of, whether it was loaded to be changed (``Task``) or only to be shown."""

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


_ONE_LOCKED = (
    select(Task)
    .where(Task.user_id == bindparam("owner"), Task.id == bindparam("task_id"))
    .with_for_update()
)


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

    async def lock(self, user_id: int, task_id: int) -> Task | None:
        """The user's task, locked until the transaction ends. Take the player's lock first."""
        found = await self._session.execute(_ONE_LOCKED, {"owner": user_id, "task_id": task_id})
        return found.scalar_one_or_none()

    async def save(self, task: Task) -> None:
        """Write a new or changed task."""
        task.search_text = fold_for_search(task.title, task.description)
        self._session.add(task)
        await self._session.flush()

    async def delete(self, task: Task) -> None:
        """Erase a task and its occurrences. What it paid stays in the ledger."""
        await self._session.delete(task)
        await self._session.flush()
