"""The statements by which tasks are read: one for each kind of list, made when it is first asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from app.core.listing import TaskSort, TaskStatus
from app.core.text import fold_for_search
from app.db.direct import Direct, no_row
from app.db.functions import JsonArrayHas
from app.db.models import Task
from app.db.repositories.base import table_of
from app.game.rules import Difficulty

SortValue = date | Difficulty | None

_ESCAPE = "/"


class TaskRow(NamedTuple):
    """A task as it is read to be shown."""

    id: int
    title: str
    description: str
    difficulty: Difficulty
    due_on: date | None
    due_time: time | None
    tags: list[str]
    checklist: list[dict[str, Any]]
    checklist_on: date | None
    recurrence: str | None
    starts_on: date | None
    last_done_on: date | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class TaskRecord:
    """A task that is made, or read under its lock to be changed. ``id`` is 0 before it is written."""

    id: int
    user_id: int
    title: str
    description: str
    difficulty: Difficulty
    due_on: date | None
    due_time: time | None
    tags: list[str]
    checklist: list[dict[str, Any]]
    checklist_on: date | None
    recurrence: str | None
    starts_on: date | None
    last_done_on: date | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; None means any. The due dates are inclusive, in the owner's calendar."""

    status: TaskStatus | None = None
    search: str | None = None
    tag: str | None = None
    difficulty: Difficulty | None = None
    due_from: date | None = None
    due_to: date | None = None


_FIELDS = select(*(getattr(Task, name) for name in TaskRow._fields))

ONE = Direct(
    _FIELDS.where(Task.user_id == bindparam("owner"), Task.id == bindparam("task_id")), TaskRow
)

_TABLE = table_of(Task)
_NAMES = [field.name for field in fields(TaskRecord)]
_WRITTEN: dict[str, Any] = {name: bindparam(name) for name in (*_NAMES[1:], "search_text")}
LOCK = Direct(
    select(*(_TABLE.c[name] for name in _NAMES))
    .where(_TABLE.c.user_id == bindparam("owner"), _TABLE.c.id == bindparam("task_id"))
    .with_for_update(),
    TaskRecord,
)
_IS_ITS = (_TABLE.c.user_id == bindparam("owner"), _TABLE.c.id == bindparam("task_id"))
ADD = Direct(insert(_TABLE).values(_WRITTEN).returning(_TABLE.c.id), int)
SAVE = Direct(update(_TABLE).where(*_IS_ITS).values(_WRITTEN), no_row)
COMPLETE = Direct(
    update(_TABLE).where(*_IS_ITS).values(completed_at=bindparam("completed_at")), no_row
)
DELETE = Direct(delete(_TABLE).where(*_IS_ITS), no_row)


def describe(task: TaskRecord) -> dict[str, Any]:
    """The parameters of the statements that write a task."""
    described = {name: getattr(task, name) for name in _NAMES}
    described["owner"], described["task_id"] = task.user_id, task.id
    described["search_text"] = fold_for_search(task.title, task.description)
    return described


_SORTED_BY: Mapping[TaskSort, tuple[InstrumentedAttribute[Any] | None, bool]] = {
    TaskSort.CREATED: (None, False),
    TaskSort.NEWEST: (None, True),
    TaskSort.DUE: (Task.due_on, False),
    TaskSort.DUE_LAST: (Task.due_on, True),
    TaskSort.EASIEST: (Task.difficulty, False),
    TaskSort.HARDEST: (Task.difficulty, True),
}
"""The column that leads the order (None: the id alone) and whether it descends."""

_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "search": Task.search_text.like(bindparam("search"), escape=_ESCAPE),
    "tag": JsonArrayHas(Task.tags, bindparam("tag", type_=Task.title.type)),
    "difficulty": Task.difficulty == bindparam("difficulty"),
    "due_from": Task.due_on >= bindparam("due_from"),
    "due_to": Task.due_on <= bindparam("due_to"),
}
_STATUSES: Mapping[TaskStatus, ColumnElement[bool]] = {
    TaskStatus.OPEN: Task.completed_at.is_(None),
    TaskStatus.COMPLETED: Task.completed_at.is_not(None),
}


def list_tasks(
    wanted: TaskFilter, sort: TaskSort, after: tuple[SortValue, int] | None
) -> tuple[Direct[TaskRow], dict[str, Any]]:
    """The statement for such a list, and its parameters but ``owner`` and ``count``."""
    parameters: dict[str, Any] = {
        name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None
    }
    statement = _make_list(wanted.status, frozenset(parameters), sort, after is not None)
    if wanted.search is not None:
        parameters["search"] = _make_pattern(fold_for_search(wanted.search))
    if after is not None:
        parameters["after_value"], parameters["after_id"] = after
    return statement, parameters


@cache
def _make_list(
    status: TaskStatus | None, filters: frozenset[str], sort: TaskSort, goes_on: bool
) -> Direct[TaskRow]:
    leading, descends = _SORTED_BY[sort]
    conditions = [_CONDITIONS[name] for name in sorted(filters)]
    if status is not None:
        conditions.append(_STATUSES[status])
    if filters & {"due_from", "due_to"}:
        # "Some day" is stored as the calendar's last day and lies in no range.
        conditions.append(Task.due_on < date.max)
    if goes_on:
        conditions.append(_beyond(leading, descends))
    order: list[InstrumentedAttribute[Any]] = [Task.id] if leading is None else [leading, Task.id]
    return Direct(
        _FIELDS.where(Task.user_id == bindparam("owner"), *conditions)
        .order_by(*(column.desc() if descends else column for column in order))
        .limit(bindparam("count")),
        TaskRow,
    )


def _beyond(leading: InstrumentedAttribute[Any] | None, descends: bool) -> ColumnElement[bool]:
    after_id = bindparam("after_id", type_=Task.id.type)
    if leading is None:
        return Task.id < after_id if descends else Task.id > after_id
    here = tuple_(leading, Task.id)
    there = tuple_(bindparam("after_value", type_=leading.type), after_id)
    return here < there if descends else here > there


def _make_pattern(text: str) -> str:
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    return f"%{text}%"
