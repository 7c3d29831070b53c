"""A day of a course as one learner stands to it: may it be seen, is it open, what does it finish."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.curriculum import ContentStatus
from app.db.repositories.learning_rows import DayRow, StageRow, WeekRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.activity import Source, SourceType
from app.game.ledger import PaidEntry
from app.game.pacing import Opening, Pacing, Place, find_opening
from app.game.world import Stage
from app.services.course_errors import CourseTaskNotFoundError, NotEnrolledError, NotOpenError
from app.services.history_mapping import read_entry
from app.services.turn import CoursePlace


@dataclass(frozen=True, slots=True)
class CourseDay:
    """A published day of a course that the learner takes, and the course's weeks as they stand."""

    row: DayRow
    weeks: Sequence[WeekRow]
    opening: Opening

    @property
    def source(self) -> Source:
        """What completing it pays for."""
        return Source(SourceType.COURSE_TASK, str(self.row.id))

    @property
    def place(self) -> CoursePlace:
        """Where in the courses it is."""
        return CoursePlace(self.row.course_id, self.row.week_id, self.row.boss)

    @property
    def quiz_source(self) -> Source:
        """What passing its quiz pays for."""
        return Source(SourceType.QUIZ, str(self.row.id))


async def load_day(uow: ReadUnitOfWork, user_id: int, task_id: int, today: date) -> CourseDay:
    """A day of a course that the learner takes, open or not.

    Raises:
        CourseTaskNotFoundError: there is none, or it is a draft or archived.
        NotEnrolledError: the learner does not take the course.
    """
    row = await load_row(uow, user_id, task_id)
    if row.enrolled_on is None:
        raise NotEnrolledError
    weeks = await uow.learning.list_weeks(user_id, row.course_id)
    return CourseDay(row, weeks, _open(row, weeks, row.enrolled_on, today))


async def load_open_day(uow: ReadUnitOfWork, user_id: int, task_id: int, today: date) -> CourseDay:
    """The same, which has to be open.

    Raises:
        CourseTaskNotFoundError: see ``load_day``.
        NotEnrolledError: see ``load_day``.
        NotOpenError: it is not open yet.
    """
    day = await load_day(uow, user_id, task_id, today)
    if not day.opening.is_open:
        opens_on = day.opening.opens_on
        raise NotOpenError(members={} if opens_on is None else {"opens_on": opens_on})
    return day


async def load_row(uow: ReadUnitOfWork, user_id: int, task_id: int) -> DayRow:
    """A published day of a course that is not a draft.

    Raises:
        CourseTaskNotFoundError: there is none.
    """
    row = await uow.learning.get_day(user_id, task_id)
    if row is None or not is_live(row):
        raise CourseTaskNotFoundError
    return row


def is_live(row: DayRow) -> bool:
    """Whether learners may see the day: a course that was archived goes on for those who take it."""
    return (
        row.status == row.week_status == ContentStatus.PUBLISHED
        and row.course_status != ContentStatus.DRAFT
    )


def find_day_opening(
    pacing: str,
    weeks: Sequence[WeekRow],
    place: tuple[int, int],
    *,
    was_entered: bool,
    enrolled_on: date,
    today: date,
) -> Opening:
    """Whether a day is open; ``place`` is the index of its week, and its place in the week, from 1.

    ``was_entered``: the day was ever completed or its quiz attempted. With sequential pacing whoever
    entered a later week has been through this one, or its author put it there since.
    """
    index, day = place
    before = weeks[index - 1] if index else None
    return find_opening(
        Pacing(pacing),
        Place(
            ordinal=sum(week.days for week in weeks[:index]) + day,
            is_first_week=index == 0,
            was_week_before_done=before is not None and _was_done(before),
            was_entered=was_entered
            or (pacing == Pacing.SEQUENTIAL and any(week.was_entered for week in weeks[index:])),
        ),
        enrolled_on,
        today,
    )


def _open(row: DayRow, weeks: Sequence[WeekRow], enrolled_on: date, today: date) -> Opening:
    index = next((index for index, week in enumerate(weeks) if week.id == row.week_id), None)
    if index is None:  # it was archived between the two looks
        raise CourseTaskNotFoundError
    return find_day_opening(
        row.pacing,
        weeks,
        (index, row.day),
        was_entered=row.was_entered,
        enrolled_on=enrolled_on,
        today=today,
    )


def _was_done(week: WeekRow) -> bool:
    return week.was_done or week.completed >= week.days


def count_with(weeks: Sequence[WeekRow], week_id: int, change: int) -> Sequence[WeekRow]:
    """The weeks with one day more (or less) completed in one of them."""
    return [
        replace(week, completed=week.completed + change) if week.id == week_id else week
        for week in weeks
    ]


def is_week_done(weeks: Sequence[WeekRow], week_id: int) -> bool:
    """Whether all days of the week are completed (it may be archived: then it is not done now)."""
    return any(week.id == week_id and week.completed >= week.days for week in weeks)


def is_course_done(weeks: Sequence[WeekRow]) -> bool:
    """Whether all days of the course are completed."""
    return bool(weeks) and all(week.completed >= week.days for week in weeks)


async def list_stages(
    uow: ReadUnitOfWork, user_id: int, row: DayRow, weeks: Sequence[WeekRow]
) -> Sequence[Stage]:
    """The week and the course of a day, as they are with ``weeks``, and what they paid."""
    rows = await uow.learning.list_stages(user_id, row.week_id, row.course_id)
    by_type = {stage.source_type: stage for stage in rows}
    met = {
        SourceType.WEEK: is_week_done(weeks, row.week_id),
        SourceType.COURSE: is_course_done(weeks),
    }
    ids = {SourceType.WEEK: row.week_id, SourceType.COURSE: row.course_id}
    stages = []
    for kind, is_met in met.items():
        paid = by_type.get(kind)
        stages.append(
            Stage(
                source=Source(kind, str(ids[kind])),
                is_met=is_met,
                round=0 if paid is None else paid.reversals,
                standing=None if paid is None else await _find_standing(uow, user_id, paid),
            )
        )
    return stages


async def _find_standing(uow: ReadUnitOfWork, user_id: int, paid: StageRow) -> PaidEntry | None:
    if paid.payments <= paid.reversals:
        return None
    return read_entry(await uow.ledger.get(user_id, paid.latest_id))
