"""Completing and undoing personal tasks and their occurrences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.clock import Clock
from app.core.listing import Page
from app.db.models import TaskOccurrence
from app.db.repositories.task_queries import TaskRecord
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.activity import Source, SourceType
from app.services.errors import (
    BadCursorError,
    NotAnOccurrenceError,
    NotDueError,
    OccurrenceRequiredError,
    TaskNotFoundError,
)
from app.services.outcome_view import OutcomeView
from app.services.paging import cut_page, decode_cursor, encode_cursor
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.task_view import (
    OccurrenceView,
    TaskView,
    find_current_occurrence,
    schedule_of,
    show_checklist,
    show_task,
    untick,
)
from app.services.tasks import move_to_next
from app.services.turn import Fight, Turn


@dataclass(frozen=True, slots=True)
class TaskCompletion:
    """The task as it is now, and what that did to the player."""

    task: TaskView
    outcome: OutcomeView


@dataclass(frozen=True, slots=True)
class _Target:
    """What is to be completed or undone: a task, or one occurrence of it."""

    task: TaskRecord
    occurrence_on: date | None
    completed: TaskOccurrence | None
    """The occurrence's row, if the task recurs and the occurrence is completed."""

    @property
    def is_completed(self) -> bool:
        if self.occurrence_on is None:
            return self.task.completed_at is not None
        return self.completed is not None

    @property
    def source(self) -> Source:
        if self.occurrence_on is None:
            return Source(SourceType.TASK, str(self.task.id))
        return Source(SourceType.TASK_OCCURRENCE, f"{self.task.id}/{self.occurrence_on}")


class CompletionService:
    """Completes and undoes; a repeat changes nothing and says so by a zero outcome.

    All methods raise ``TaskNotFoundError`` (no such task of the caller's), ``OccurrenceRequiredError``
    (the task recurs and no date was given) and ``NotAnOccurrenceError`` (a date was given, and the task
    does not recur). Completing raises this also where nothing is scheduled on the date, and
    ``NotDueError`` where it lies after the caller's today.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)

    async def complete(
        self, principal: Principal, task_id: int, occurrence_on: date | None
    ) -> TaskCompletion:
        """Complete the task, or its occurrence."""
        turn = await self._play.begin(principal, Fight.STRIKE)
        target = await self._lock_target(turn, task_id, occurrence_on)
        outcome = await self._complete(turn, target)
        return self._answer(turn, target, outcome)

    async def undo(
        self, principal: Principal, task_id: int, occurrence_on: date | None
    ) -> TaskCompletion:
        """Take the completion back, with all that it gave."""
        turn = await self._play.begin(principal, Fight.HEAL)
        target = await self._lock_target(turn, task_id, occurrence_on)
        outcome = await self._undo(turn, target)
        return self._answer(turn, target, outcome)

    async def toggle(
        self, principal: Principal, task_id: int, occurrence_on: date | None
    ) -> TaskCompletion:
        """Complete what is not completed, and undo what is."""
        turn = await self._play.begin(principal, Fight.EITHER)
        target = await self._lock_target(turn, task_id, occurrence_on)
        move = self._undo if target.is_completed else self._complete
        return self._answer(turn, target, await move(turn, target))

    async def _lock_target(self, turn: Turn, task_id: int, occurrence_on: date | None) -> _Target:
        user_id = turn.user_id
        task = await self._uow.tasks.lock(user_id, task_id)
        if task is None:
            raise TaskNotFoundError
        if occurrence_on is None:
            if task.recurrence is not None:
                raise OccurrenceRequiredError
            return _Target(task, None, None)
        # What is completed can be undone, whether or not the task still recurs, or on that date.
        completed = await self._uow.occurrences.get(user_id, task_id, occurrence_on)
        if completed is None and task.recurrence is None:
            raise NotAnOccurrenceError
        return _Target(task, occurrence_on, completed)

    async def _complete(self, turn: Turn, target: _Target) -> OutcomeView:
        if target.is_completed:
            return self._play.show_rest(turn)
        _check_due(turn, target)
        task, occurrence_on = target.task, target.occurrence_on
        if occurrence_on is None:
            task.completed_at = turn.now
            also = [self._uow.tasks.complete(task)]
            return await self._play.complete(turn, target.source, task.difficulty, also=also)
        outcome = await self._play.complete(turn, target.source, task.difficulty)
        await self._keep_occurrence(turn, task, occurrence_on)
        await self._uow.tasks.save(task)
        return outcome

    async def _keep_occurrence(self, turn: Turn, task: TaskRecord, occurrence_on: date) -> None:
        ticked_now = task.checklist_on == occurrence_on
        occurrence = TaskOccurrence(
            user_id=task.user_id,
            task_id=task.id,
            occurrence_on=occurrence_on,
            completed_at=turn.now,
            checklist=task.checklist if ticked_now else untick(task.checklist),
        )
        await self._uow.occurrences.add(occurrence)
        move_to_next(task, max(occurrence_on, task.last_done_on or occurrence_on), turn.now)

    async def _undo(self, turn: Turn, target: _Target) -> OutcomeView:
        if not target.is_completed:
            return self._play.show_rest(turn)
        task = target.task
        if target.completed is None:
            task.completed_at = None
            return await self._play.undo(turn, target.source, also=[self._uow.tasks.complete(task)])
        outcome = await self._play.undo(turn, target.source)
        await self._take_occurrence_back(turn, task, target.completed)
        await self._uow.tasks.save(task)
        return outcome

    async def _take_occurrence_back(
        self, turn: Turn, task: TaskRecord, occurrence: TaskOccurrence
    ) -> None:
        await self._uow.occurrences.delete(occurrence)
        latest = await self._uow.occurrences.latest_done_on(task.user_id, task.id)
        move_to_next(task, latest, turn.now)
        if occurrence.occurrence_on == find_current_occurrence(task, turn.today):
            _bring_ticks_back(task, occurrence)

    def _answer(self, turn: Turn, target: _Target, outcome: OutcomeView) -> TaskCompletion:
        return TaskCompletion(show_task(target.task, turn.calendar, turn.today), outcome)


def _check_due(turn: Turn, target: _Target) -> None:
    """Hold completing to scheduled dates up to today.

    Undoing is not held to them: whoever undid an occurrence, and then travelled or changed the rule,
    may ask again and is told that nothing is left to undo.
    """
    schedule = schedule_of(target.task)
    if schedule is None or target.occurrence_on is None:
        return
    if not schedule.includes(target.occurrence_on):
        raise NotAnOccurrenceError
    if target.occurrence_on > turn.today:
        raise NotDueError


def _bring_ticks_back(task: TaskRecord, occurrence: TaskOccurrence) -> None:
    """Tick what was ticked in the occurrence, if an edit since took its ticks off the task.

    Without such an edit the task still holds them. Ticks that were made for another occurrence since
    are not overwritten.
    """
    ticked = {item["text"] for item in occurrence.checklist if item["done"]}
    holds_others = any(item["done"] for item in task.checklist)
    if task.checklist_on == occurrence.occurrence_on or holds_others or not ticked:
        return
    task.checklist = [
        {"text": item["text"], "done": item["text"] in ticked} for item in task.checklist
    ]
    task.checklist_on = occurrence.occurrence_on


_OCCURRENCES = "occurrences"


class OccurrenceService:
    """Shows what became of a recurring task's dates."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_page(
        self, principal: Principal, task_id: int, limit: int, cursor: str | None
    ) -> Page[OccurrenceView]:
        """The scheduled dates up to the current one, newest first: completed, missed or due.

        Completed dates that an earlier rule had scheduled are among them.

        Raises:
            TaskNotFoundError: the caller has no such task.
            BadCursorError: the cursor is not one of this list.
        """
        task = await self._uow.tasks.get(principal.user_id, task_id)
        if task is None:
            raise TaskNotFoundError
        today = principal.calendar.day_of(self._clock.now())
        current_on = find_current_occurrence(task, today)
        start = max(today, current_on or today) + timedelta(days=1)
        before = start if cursor is None else min(start, _read_before(cursor))
        rows = await self._uow.occurrences.list_page(principal.user_id, task_id, before, limit + 1)
        schedule = schedule_of(task)
        scheduled = schedule.last_before(before, limit + 1) if schedule else []
        views = {day: OccurrenceView(day, None, untick(task.checklist)) for day in scheduled}
        if current_on in views:
            views[current_on] = OccurrenceView(current_on, None, show_checklist(task, current_on))
        views |= {row.occurrence_on: _show_completed(row) for row in rows}
        newest_first: Sequence[OccurrenceView] = [views[day] for day in sorted(views, reverse=True)]
        return cut_page(
            newest_first,
            limit,
            lambda view: view,
            lambda view: encode_cursor(_OCCURRENCES, [view.occurrence_on.isoformat()]),
        )


def _show_completed(row: TaskOccurrence) -> OccurrenceView:
    return OccurrenceView(row.occurrence_on, row.completed_at, row.checklist)


def _read_before(cursor: str) -> date:
    try:
        (text,) = decode_cursor(_OCCURRENCES, cursor)
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadCursorError from None
