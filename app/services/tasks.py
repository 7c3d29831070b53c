"""Keeping personal tasks: making, listing, changing and deleting them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.core.clock import Clock
from app.core.listing import Page, TaskSort
from app.db.repositories.task_queries import SortValue, TaskFilter, TaskRecord
from app.db.repositories.tasks import TaskFields
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.rules import Difficulty
from app.services.errors import (
    BadCursorError,
    BadRecurrenceError,
    TaskNotFoundError,
    TimeWithoutDateError,
)
from app.services.paging import Position, cut_page, decode_cursor, encode_cursor
from app.services.principal import Principal
from app.services.recurrence import RecurrenceError, Schedule, check_schedule, parse_rule
from app.services.task_view import (
    TaskView,
    find_current_occurrence,
    schedule_of,
    show_checklist,
    show_task,
)

__all__ = ["TaskChanges", "TaskFilter", "TaskReadService", "TaskService", "move_to_next"]

TaskChanges = Mapping[str, Any]
"""The parts of a task that its owner edits, by the names and with the types of ``Task``: title,
description, difficulty, due_on, due_time, tags, checklist, recurrence. What is absent stays."""


class TaskReadService:
    """Shows tasks to their owner."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal, task_id: int) -> TaskView:
        """One task.

        Raises:
            TaskNotFoundError: the caller has no such task.
        """
        task = await self._uow.tasks.get(principal.user_id, task_id)
        if task is None:
            raise TaskNotFoundError
        return show_task(task, principal.calendar, self._today(principal))

    async def list_page(
        self,
        principal: Principal,
        wanted: TaskFilter,
        sort: TaskSort,
        limit: int,
        cursor: str | None,
    ) -> Page[TaskView]:
        """A page of tasks.

        Raises:
            BadCursorError: the cursor is not one of this list in this order.
        """
        after = None if cursor is None else _read_position(sort, decode_cursor(sort, cursor))
        rows = await self._uow.tasks.list_page(principal.user_id, wanted, sort, after, limit + 1)
        calendar, today = principal.calendar, self._today(principal)
        return cut_page(
            rows,
            limit,
            lambda task: show_task(task, calendar, today),
            lambda task: encode_cursor(sort, _write_position(sort, task)),
        )

    def _today(self, principal: Principal) -> date:
        return principal.calendar.day_of(self._clock.now())


class TaskService:
    """Makes and changes tasks for their owner."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def create(self, principal: Principal, given: TaskChanges) -> TaskView:
        """Add a task.

        Raises:
            BadRecurrenceError: the recurrence can't be used.
        """
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        task = _new_task(principal.user_id, now)
        _apply(task, given, today, now)
        await self._uow.tasks.add(task)
        return show_task(task, principal.calendar, today)

    async def update(self, principal: Principal, task_id: int, changes: TaskChanges) -> TaskView:
        """Change what is given of a task, and leave the rest.

        Raises:
            TaskNotFoundError: the caller has no such task.
            BadRecurrenceError: the recurrence can't be used.
            TimeWithoutDateError: a time of day would be left without a date.
        """
        task = await self._lock(principal, task_id)
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        _apply(task, changes, today, now)
        await self._uow.tasks.save(task)
        return show_task(task, principal.calendar, today)

    async def delete(self, principal: Principal, task_id: int) -> None:
        """Erase a task. What it paid stays paid, and keeps its place among the day's paid ones.

        Raises:
            TaskNotFoundError: the caller has no such task.
        """
        await self._uow.tasks.delete(await self._lock(principal, task_id))

    async def _lock(self, principal: Principal, task_id: int) -> TaskRecord:
        task = await self._uow.tasks.lock(principal.user_id, task_id)
        if task is None:
            raise TaskNotFoundError
        return task


def _new_task(user_id: int, now: datetime) -> TaskRecord:
    return TaskRecord(
        id=0,
        user_id=user_id,
        title="",
        description="",
        difficulty=Difficulty.EASY,
        due_on=None,
        due_time=None,
        tags=[],
        checklist=[],
        checklist_on=None,
        recurrence=None,
        starts_on=None,
        last_done_on=None,
        completed_at=None,
        created_at=now,
        updated_at=now,
    )


def _apply(task: TaskRecord, changes: TaskChanges, today: date, now: datetime) -> None:
    """Put the changes into the task and bring what follows from them up to date."""
    plan_before, schedule_before = (task.recurrence, task.due_on), schedule_of(task)
    checklist = show_checklist(task, find_current_occurrence(task, today))
    for name, value in changes.items():
        setattr(task, name, value)
    task.recurrence = _normalize(task.recurrence)
    if _is_stale(task, *plan_before, schedule_before):
        task.due_on = plan_before[1]
    replanned = (task.recurrence, task.due_on) != plan_before
    if replanned:
        _reschedule(task, today, now)
    if task.due_time is not None and task.due_on is None and task.recurrence is None:
        raise TimeWithoutDateError
    if replanned or "checklist" in changes:
        # Another plan leaves the ticks as they showed, and does not bring back those of a day gone by.
        task.checklist = changes.get("checklist", checklist)
        task.checklist_on = find_current_occurrence(task, today)
    task.updated_at = now


def _is_stale(
    task: TaskRecord,
    rule_before: str | None,
    due_before: date | None,
    schedule_before: Schedule | None,
) -> bool:
    """Whether the new due date is only an old one, from before some occurrence was completed.

    A form that was filled in earlier sends it, or a repeated PUT. Counting from there would let a
    rule with COUNT start again.
    """
    if schedule_before is None or task.recurrence != rule_before or task.due_on is None:
        return False
    is_earlier = due_before is None or task.due_on < due_before
    return is_earlier and schedule_before.includes(task.due_on)


def _normalize(recurrence: str | None) -> str | None:
    try:
        return None if recurrence is None else parse_rule(recurrence)
    except RecurrenceError as error:
        raise BadRecurrenceError(str(error)) from error


def _reschedule(task: TaskRecord, today: date, now: datetime) -> None:
    """Count the recurrence from the (new) due date; completed occurrences stay completed."""
    if task.recurrence is None:
        task.starts_on = None
        return
    task.starts_on = task.due_on or today
    try:
        check_schedule(task.recurrence, task.starts_on)
    except RecurrenceError as error:
        raise BadRecurrenceError(str(error)) from error
    move_to_next(task, task.last_done_on, now)


def move_to_next(task: TaskRecord, last_done_on: date | None, now: datetime) -> None:
    """Let a recurring task be due at the first occurrence after the latest completed one.

    Where none is left the task is completed, since now unless it was before. A task that does not
    recur (any more) only keeps in mind what it completed.
    """
    task.last_done_on = last_done_on
    schedule = schedule_of(task)
    if schedule is None:
        return
    task.due_on = schedule.first() if last_done_on is None else schedule.first_after(last_done_on)
    task.completed_at = (task.completed_at or now) if task.due_on is None else None


def _write_position(sort: TaskSort, task: TaskFields) -> Position:
    if sort in (TaskSort.DUE, TaskSort.DUE_LAST):
        return ["" if task.due_on is None else task.due_on.isoformat(), task.id]
    if sort in (TaskSort.EASIEST, TaskSort.HARDEST):
        return [task.difficulty.value, task.id]
    return [task.id]


def _read_position(sort: TaskSort, position: Position) -> tuple[SortValue, int]:
    *leading, task_id = position or [""]
    if not isinstance(task_id, int) or not 0 <= task_id < 2**63:
        raise BadCursorError
    try:
        return _read_sort_value(sort, leading), task_id
    except (ValueError, TypeError):
        raise BadCursorError from None


def _read_sort_value(sort: TaskSort, leading: Sequence[str | int]) -> SortValue:
    if sort in (TaskSort.DUE, TaskSort.DUE_LAST):
        (text,) = leading
        return date.fromisoformat(str(text)) if text else None
    if sort in (TaskSort.EASIEST, TaskSort.HARDEST):
        (text,) = leading
        return Difficulty(str(text))
    () = leading
    return None
