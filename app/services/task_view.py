"""A task as its owner sees it: with what follows from the date of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from app.db.repositories.tasks import TaskFields
from app.game.calendar import Calendar
from app.game.rules import Difficulty
from app.services.recurrence import Schedule

ChecklistItems = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TaskView:
    """See ``app.schemas.tasks.TaskRead`` for what the fields mean to clients."""

    id: int
    title: str
    description: str
    difficulty: Difficulty
    due_on: date | None
    due_time: time | None
    due_at: datetime | None
    tags: Sequence[str]
    checklist: ChecklistItems
    recurrence: str | None
    current_occurrence_on: date | None
    completed: bool
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """A scheduled date of a recurring task."""

    occurrence_on: date
    completed_at: datetime | None
    checklist: ChecklistItems


def show_task(task: TaskFields, calendar: Calendar, today: date) -> TaskView:
    """The task as it stands on the owner's ``today``."""
    current_on = find_current_occurrence(task, today)
    return TaskView(
        id=task.id,
        title=task.title,
        description=task.description,
        difficulty=task.difficulty,
        due_on=task.due_on,
        due_time=task.due_time,
        due_at=find_due_instant(task.due_on, task.due_time, calendar),
        tags=task.tags,
        checklist=show_checklist(task, current_on),
        recurrence=task.recurrence,
        current_occurrence_on=current_on,
        completed=task.completed_at is not None,
        completed_at=task.completed_at,
        created_at=task.created_at,
        updated_at=task.updated_at,
    )


def schedule_of(task: TaskFields) -> Schedule | None:
    """The dates on which the task recurs, or None if it does not."""
    if task.recurrence is None or task.starts_on is None:
        return None
    return Schedule(task.recurrence, task.starts_on)


def find_current_occurrence(task: TaskFields, today: date) -> date | None:
    """The occurrence that completing the task now is about.

    That is the latest one up to today, if none since is completed; else the next. Missed ones before
    it can still be completed, by their date.
    """
    schedule = schedule_of(task)
    if schedule is None or task.due_on is None or task.due_on >= today:
        return None if schedule is None else task.due_on
    return schedule.latest_on_or_before(today)


def show_checklist(task: TaskFields, current_on: date | None) -> ChecklistItems:
    """The checklist; a recurring task's ticks count for the occurrence that they were made in."""
    if task.recurrence is None or task.checklist_on == current_on:
        return task.checklist
    return untick(task.checklist)


def untick(items: ChecklistItems) -> ChecklistItems:
    """The items, none of them done."""
    return [{"text": item["text"], "done": False} for item in items]


def find_due_instant(
    due_on: date | None, due_time: time | None, calendar: Calendar
) -> datetime | None:
    """The instant (UTC) of a wall-clock time in the owner's zone; in a gap of DST, after the gap."""
    if due_on is None or due_time is None:
        return None
    return datetime.combine(due_on, due_time, tzinfo=calendar.zone).astimezone(UTC)
