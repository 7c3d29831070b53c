"""What learners do in courses: enrolment, completed days, attempts at quizzes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from app.db.direct import Direct
from app.db.models import (
    Course,
    CourseTask,
    CourseTaskCompletion,
    Enrollment,
    QuizAttempt,
    QuizQuestion,
    RewardEntry,
    Week,
)
from app.db.repositories.base import Repository, rows_affected
from app.db.repositories.learning_rows import (
    CourseRow,
    DayRow,
    ProgressRow,
    StageRow,
    TakenCourseRow,
    WeekRow,
)
from app.db.repositories.learning_terms import (
    COMPLETED,
    DAY_ENTERED,
    DAYS,
    DAYS_COMPLETED,
    ENROLLED,
    EVER_DONE,
    LIVE_DAY,
    OF_USER,
    PUBLISHED,
    WEEK_ENTERED,
)
from app.game.activity import SourceType

_Reversal = aliased(RewardEntry)
_QUESTIONS = (
    select(func.count())
    .where(QuizQuestion.course_task_id == CourseTask.id, QuizQuestion.status == PUBLISHED)
    .correlate(CourseTask)
    .scalar_subquery()
)
_PASSED = (
    exists()
    .where(
        QuizAttempt.user_id == OF_USER,
        QuizAttempt.course_task_id == CourseTask.id,
        QuizAttempt.passed,
    )
    .correlate(CourseTask)
)
_COURSE = Direct(
    select(
        Course.id,
        Course.slug,
        Course.title,
        Course.pacing,
        Course.status,
        Course.published_at,
        Enrollment.enrolled_at,
        Enrollment.enrolled_on,
        Enrollment.left_at,
        Enrollment.review,
    )
    .outerjoin(Enrollment, and_(Enrollment.user_id == OF_USER, Enrollment.course_id == Course.id))
    .where(Course.slug == bindparam("slug")),
    CourseRow,
)
_DAY = Direct(
    select(
        CourseTask.id,
        CourseTask.course_id,
        CourseTask.week_id,
        CourseTask.day,
        CourseTask.title,
        CourseTask.difficulty,
        CourseTask.minutes,
        CourseTask.pass_percent,
        CourseTask.quiz_revision,
        CourseTask.status,
        Week.status,
        Week.title,
        Course.slug,
        Course.pacing,
        Course.status,
        Enrollment.enrolled_on,
        Enrollment.review,
        _QUESTIONS,
        _PASSED,
        CourseTaskCompletion.completed_at,
        DAY_ENTERED,
        Week.boss,
    )
    .join(Week, Week.id == CourseTask.week_id)
    .join(Course, Course.id == CourseTask.course_id)
    .outerjoin(Enrollment, ENROLLED)
    .outerjoin(CourseTaskCompletion, COMPLETED)
    .where(CourseTask.id == bindparam("task_id")),
    DayRow,
)
_BODY = Direct(select(CourseTask.body).where(CourseTask.id == bindparam("task_id")), str)
_WEEKS = Direct(
    select(
        Week.id,
        func.count(CourseTask.id),
        func.count(CourseTaskCompletion.course_task_id),
        EVER_DONE,
        WEEK_ENTERED,
    )
    .join(CourseTask, CourseTask.week_id == Week.id)
    .outerjoin(CourseTaskCompletion, COMPLETED)
    .where(Week.course_id == bindparam("course_id"), LIVE_DAY)
    .group_by(Week.id)
    .order_by(Week.position, Week.id),
    WeekRow,
)
_OF_COURSE: BindParameter[int] = bindparam("course_id")
_ATTEMPTS = (
    select(func.count())
    .where(QuizAttempt.user_id == OF_USER, QuizAttempt.course_task_id == CourseTask.id)
    .correlate(CourseTask)
    .scalar_subquery()
)
# Looked up day by day, each by its index: joined to counts of the whole course, PostgreSQL took twice
# as long where it had no statistics yet.
_PROGRESS = Direct(
    select(
        CourseTask.id,
        CourseTask.week_id,
        CourseTask.day,
        _QUESTIONS,
        CourseTaskCompletion.completed_at,
        _ATTEMPTS,
        _PASSED,
        DAY_ENTERED,
    )
    .join(Week, Week.id == CourseTask.week_id)
    .outerjoin(CourseTaskCompletion, COMPLETED)
    .where(CourseTask.course_id == _OF_COURSE, LIVE_DAY)
    .order_by(Week.position, Week.id, CourseTask.day, CourseTask.id),
    ProgressRow,
)
_STAGES = Direct(
    select(
        RewardEntry.source_type,
        RewardEntry.source_id,
        func.count(),
        func.count(_Reversal.id),
        func.max(RewardEntry.id),
    )
    .outerjoin(
        _Reversal,
        and_(_Reversal.user_id == RewardEntry.user_id, _Reversal.reverses_id == RewardEntry.id),
    )
    .where(
        RewardEntry.user_id == OF_USER,
        RewardEntry.reverses_id.is_(None),
        or_(
            and_(
                RewardEntry.source_type == SourceType.WEEK,
                RewardEntry.source_id == bindparam("week_id"),
            ),
            and_(
                RewardEntry.source_type == SourceType.COURSE,
                RewardEntry.source_id == bindparam("course_id"),
            ),
        ),
    )
    .group_by(RewardEntry.source_type, RewardEntry.source_id),
    StageRow,
)
_TAKEN = Direct(
    select(
        Course.id,
        Course.slug,
        Course.title,
        Course.status,
        Enrollment.enrolled_at,
        Enrollment.enrolled_on,
        Enrollment.review,
        DAYS,
        DAYS_COMPLETED,
    )
    .join(Enrollment, ENROLLED)
    .where(Course.id < bindparam("before_id"))
    .order_by(Course.id.desc())
    .limit(bindparam("count")),
    TakenCourseRow,
)


class LearningReader(Repository):
    """Looks up what one learner does in courses."""

    async def get_course(self, user_id: int, slug: str) -> CourseRow | None:
        """The course, with the learner's enrolment if there is or was one."""
        return await _COURSE.fetch_one(self._session, {"of_user": user_id, "slug": slug})

    async def get_day(self, user_id: int, task_id: int) -> DayRow | None:
        """A course task, whatever its status, with the learner's standing in it."""
        return await _DAY.fetch_one(self._session, {"of_user": user_id, "task_id": task_id})

    async def get_body(self, task_id: int) -> str | None:
        """The lesson of a course task, in Markdown."""
        return await _BODY.fetch_one(self._session, {"task_id": task_id})

    async def list_weeks(self, user_id: int, course_id: int) -> Sequence[WeekRow]:
        """The published weeks of a course, in order."""
        parameters = {"of_user": user_id, "course_id": course_id}
        return await _WEEKS.fetch(self._session, parameters)

    async def list_progress(self, user_id: int, course_id: int) -> Sequence[ProgressRow]:
        """The published days of a course, in order."""
        parameters = {"of_user": user_id, "course_id": course_id}
        return await _PROGRESS.fetch(self._session, parameters)

    async def list_stages(self, user_id: int, week_id: int, course_id: int) -> Sequence[StageRow]:
        """What the week and the course paid; nothing for what never paid."""
        parameters = {"of_user": user_id, "week_id": str(week_id), "course_id": str(course_id)}
        return await _STAGES.fetch(self._session, parameters)

    async def list_taken(
        self, user_id: int, before_id: int, count: int
    ) -> Sequence[TakenCourseRow]:
        """At most ``count`` courses that the learner takes, newest course first."""
        parameters = {"of_user": user_id, "before_id": before_id, "count": count}
        return await _TAKEN.fetch(self._session, parameters)


class LearningRepository(LearningReader):
    """Writes what one learner does in courses. Take the player's lock first where rewards follow."""

    async def enroll(self, enrollment: Enrollment, *, keep_review: bool) -> None:
        """Enrol, or come back; who is enrolled stays so, since the same date.

        ``keep_review``: who chose before what to review keeps that.
        """
        statement = self._insert_into(Enrollment).values(
            user_id=enrollment.user_id,
            course_id=enrollment.course_id,
            enrolled_at=enrollment.enrolled_at,
            enrolled_on=enrollment.enrolled_on,
            left_at=None,
            review=enrollment.review,
        )
        changes = {} if keep_review else {"review": enrollment.review}
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["user_id", "course_id"], set_={"left_at": None, **changes}
            )
        )

    async def leave(self, user_id: int, course_id: int, at: datetime) -> bool:
        """Leave a course; whether the learner was enrolled."""
        result = await self._session.execute(
            update(Enrollment)
            .where(
                Enrollment.user_id == user_id,
                Enrollment.course_id == course_id,
                Enrollment.left_at.is_(None),
            )
            .values(left_at=at)
        )
        return rows_affected(result) > 0

    async def add_completion(self, completion: CourseTaskCompletion) -> None:
        """Keep that a day is completed."""
        self._session.add(completion)
        await self._session.flush()

    async def delete_completion(self, user_id: int, task_id: int) -> None:
        """Take back that a day is completed."""
        await self._session.execute(
            delete(CourseTaskCompletion).where(
                CourseTaskCompletion.user_id == user_id,
                CourseTaskCompletion.course_task_id == task_id,
            )
        )
