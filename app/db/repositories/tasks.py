"""Personal tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, bindparam, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.listing import TaskSort, TaskStatus
from app.core.text import fold_for_search
from app.db.functions import JsonArrayHas
from app.db.models import Task
from app.db.repositories.base import Repository
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


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; None means any. The due dates are inclusive, in the owner's calendar."""

    status: TaskStatus | None = None
    search: str | None = None
    tag: str | None = None
    difficulty: Difficulty | None = None
    due_from: date | None = None
    due_to: date | None = None


SortValue = date | Difficulty | None

_SORTED_BY: dict[TaskSort, tuple[InstrumentedAttribute[Any] | None, bool]] = {
    TaskSort.CREATED: (None, False),
    TaskSort.NEWEST: (None, True),
    TaskSort.DUE: (Task.due_on, False),
    TaskSort.DUE_LAST: (Task.due_on, True),
    TaskSort.EASIEST: (Task.difficulty, False),
    TaskSort.HARDEST: (Task.difficulty, True),
}
"""The column that leads the order (None: the id alone) and whether it descends."""

# Plain rows: making objects that track changes costs more than reading them.
_FIELDS = select(*(getattr(Task, name) for name in vars(TaskFields) if not name.startswith("_")))
_ONE = _FIELDS.where(Task.user_id == bindparam("owner"), Task.id == bindparam("task_id"))
_ONE_LOCKED = (
    select(Task)
    .where(Task.user_id == bindparam("owner"), Task.id == bindparam("task_id"))
    .with_for_update()
)


class TaskReader(Repository):
    """Looks tasks up; always among those of one user."""

    async def get(self, user_id: int, task_id: int) -> TaskFields | None:
        """The user's task, to be shown."""
        found = await self._session.execute(_ONE, {"owner": user_id, "task_id": task_id})
        return cast(TaskFields | None, found.one_or_none())

    async def list_page(
        self,
        user_id: int,
        wanted: TaskFilter,
        sort: TaskSort,
        after: tuple[SortValue, int] | None,
        count: int,
    ) -> Sequence[TaskFields]:
        """At most ``count`` tasks of the user in this order, beyond ``after`` (its sort value and id)."""
        leading, descends = _SORTED_BY[sort]
        statement = _FIELDS.where(Task.user_id == user_id, *_conditions(wanted))
        if after is not None:
            statement = statement.where(_beyond(leading, descends, *after))
        order: list[InstrumentedAttribute[Any]] = (
            [Task.id] if leading is None else [leading, Task.id]
        )
        statement = statement.order_by(
            *(column.desc() if descends else column for column in order)
        ).limit(count)
        return cast(Sequence[TaskFields], (await self._session.execute(statement)).all())


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


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        open_ones = Task.completed_at.is_(None)
        conditions.append(open_ones if wanted.status is TaskStatus.OPEN else ~open_ones)
    if wanted.search is not None:
        conditions.append(
            Task.search_text.contains(fold_for_search(wanted.search), autoescape=True)
        )
    if wanted.tag is not None:
        conditions.append(JsonArrayHas(Task.tags, wanted.tag))
    if wanted.difficulty is not None:
        conditions.append(Task.difficulty == wanted.difficulty)
    return conditions + _due_conditions(wanted)


def _due_conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.due_from is not None:
        conditions.append(Task.due_on >= wanted.due_from)
    if wanted.due_to is not None:
        conditions.append(Task.due_on <= wanted.due_to)
    if conditions:
        # "Some day" is stored as the calendar's last day and lies in no range.
        conditions.append(Task.due_on < date.max)
    return conditions


def _beyond(
    leading: InstrumentedAttribute[Any] | None, descends: bool, value: SortValue, task_id: int
) -> ColumnElement[bool]:
    if leading is None:
        return Task.id < task_id if descends else Task.id > task_id
    here = tuple_(leading, Task.id)
    there = tuple_(
        bindparam(None, value, type_=leading.type), bindparam(None, task_id, type_=Task.id.type)
    )
    return here < there if descends else here > there
