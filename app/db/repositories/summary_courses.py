"""The statement that tells which courses somebody takes, and what is to be done next in each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select, tuple_
from sqlalchemy.orm import aliased

from app.core.battles import MAX_COURSES
from app.db.models import (
    BossBattle,
    Course,
    CourseTask,
    CourseTaskCompletion,
    Enrollment,
    Week,
)
from app.db.repositories.learning_terms import (
    COMPLETED,
    DAY_ENTERED,
    DAYS,
    DAYS_COMPLETED,
    ENROLLED,
    LIVE_DAY,
    OF_USER,
    PUBLISHED,
)
from app.db.repositories.summary_rows import CourseSummaryRow, NextDayRow

_NEXT_DAY = (
    select(CourseTask.id)
    .join(Week, Week.id == CourseTask.week_id)
    .outerjoin(CourseTaskCompletion, COMPLETED)
    .where(Week.course_id == Course.id, LIVE_DAY, CourseTaskCompletion.course_task_id.is_(None))
    .order_by(Week.position, Week.id, CourseTask.day, CourseTask.id)
    .limit(1)
    .correlate(Course)
    .scalar_subquery()
)
# The newest courses only, as where bosses are looked for: each costs a look at all its days.
_TAKEN = (
    select(
        Course.id,
        Course.slug,
        Course.title,
        Course.status,
        Course.pacing,
        Enrollment.enrolled_at,
        Enrollment.enrolled_on,
        Enrollment.review,
        DAYS.label("days"),
        DAYS_COMPLETED.label("completed"),
        _NEXT_DAY.label("next_id"),
    )
    .join(Enrollment, ENROLLED)
    .order_by(Course.id.desc())
    .limit(MAX_COURSES)
    .subquery("taken")
)
_Earlier = aliased(Week)
_EarlierDay = aliased(CourseTask)
_DAYS_OF_EARLIER_WEEKS = (
    select(func.count())
    .select_from(_Earlier)
    .join(_EarlierDay, _EarlierDay.week_id == _Earlier.id)
    .where(
        _Earlier.course_id == Week.course_id,
        _Earlier.status == PUBLISHED,
        _EarlierDay.status == PUBLISHED,
        tuple_(_Earlier.position, _Earlier.id) < tuple_(Week.position, Week.id),
    )
    .correlate(Week)
    .scalar_subquery()
)
COURSES = (
    select(
        *(column for column in _TAKEN.c if column.key not in {"id", "next_id"}),
        CourseTask.id,
        Week.id,
        Week.title,
        CourseTask.day,
        CourseTask.title,
        CourseTask.difficulty,
        CourseTask.minutes,
        _DAYS_OF_EARLIER_WEEKS + CourseTask.day,
        case((BossBattle.id.is_(None), Week.boss)),
        DAY_ENTERED,
    )
    .select_from(_TAKEN)
    .outerjoin(CourseTask, CourseTask.id == _TAKEN.c.next_id)
    .outerjoin(Week, Week.id == CourseTask.week_id)
    .outerjoin(BossBattle, and_(BossBattle.user_id == OF_USER, BossBattle.week_id == Week.id))
    .order_by(case((_TAKEN.c.next_id.is_(None), 1), else_=0), _TAKEN.c.id.desc())
    .limit(bindparam("count"))
)
_COURSE_COLUMNS = len(_TAKEN.c) - 2


def read_course(row: Sequence[Any]) -> CourseSummaryRow:
    """A row of the statement."""
    day = row[_COURSE_COLUMNS:]
    next_day = None if day[0] is None else NextDayRow(*day)
    return CourseSummaryRow(*(*row[:_COURSE_COLUMNS], next_day))
