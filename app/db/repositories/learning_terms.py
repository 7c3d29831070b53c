"""The conditions by which learners' standing in courses is told; ``OF_USER`` says whose."""

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.core.curriculum import ContentStatus
from app.db.models import (
    ActivityRow,
    Course,
    CourseTask,
    CourseTaskCompletion,
    Enrollment,
    QuizAttempt,
    RewardEntry,
    Week,
)
from app.game.activity import SourceType
from app.game.ledger import Reason

PUBLISHED = ContentStatus.PUBLISHED.value
OF_USER: BindParameter[int] = bindparam("of_user")
ENROLLED = and_(
    Enrollment.user_id == OF_USER, Enrollment.course_id == Course.id, Enrollment.left_at.is_(None)
)
LIVE_DAY = and_(CourseTask.status == PUBLISHED, Week.status == PUBLISHED)
COMPLETED = and_(
    CourseTaskCompletion.user_id == OF_USER,
    CourseTaskCompletion.course_task_id == CourseTask.id,
)
_Day = aliased(CourseTask)


# Activities and attempts only grow: what was opened stays open after an undo, and whatever authors put
# before it.
def _was_entered(day: type[CourseTask], *of_what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the learner ever completed the day (or one of these days) or attempted its quiz."""
    done = exists().where(
        ActivityRow.user_id == OF_USER,
        ActivityRow.source_type == SourceType.COURSE_TASK,
        ActivityRow.source_id == cast(day.id, String),
        *of_what,
    )
    attempted = exists().where(
        QuizAttempt.user_id == OF_USER, QuizAttempt.course_task_id == day.id, *of_what
    )
    return or_(done, attempted)


DAY_ENTERED = _was_entered(CourseTask)
WEEK_ENTERED = _was_entered(_Day, _Day.week_id == Week.id)
EVER_DONE = (
    exists()
    .where(
        RewardEntry.user_id == OF_USER,
        RewardEntry.source_type == SourceType.WEEK,
        RewardEntry.source_id == cast(Week.id, String),
        RewardEntry.reason == Reason.MILESTONE_REACHED,
        RewardEntry.reverses_id.is_(None),
    )
    .correlate(Week)
)
DAYS = (
    select(func.count())
    .select_from(Week)
    .join(CourseTask, CourseTask.week_id == Week.id)
    .where(Week.course_id == Course.id, LIVE_DAY)
    .correlate(Course)
    .scalar_subquery()
)
"""How many days a course has."""
DAYS_COMPLETED = (
    select(func.count())
    .select_from(CourseTaskCompletion)
    .join(CourseTask, CourseTask.id == CourseTaskCompletion.course_task_id)
    .join(Week, Week.id == CourseTask.week_id)
    .where(
        CourseTaskCompletion.user_id == OF_USER,
        CourseTaskCompletion.course_id == Course.id,
        LIVE_DAY,
    )
    .correlate(Course)
    .scalar_subquery()
)
"""How many of them the learner completed."""
