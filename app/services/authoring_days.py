"""Writing the days of a week: a task and its lesson."""

from app.core.clock import Clock
from app.core.curriculum import DAYS_IN_WEEK, ContentStatus
from app.db.models import Course, CourseTask
from app.db.unit_of_work import UnitOfWork
from app.services.authoring import Changes, apply_changes, offer_keys, take_key, touch
from app.services.course_errors import (
    CourseIncompleteError,
    CourseTaskNotFoundError,
    KeyTakenError,
    TooManyPartsError,
    WeekNotFoundError,
)


class DayAuthoring:
    """Writes course tasks, for any author."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def add(self, week_id: int, key: str | None, given: Changes) -> CourseTask:
        """Add a task for a day that has none yet, as a draft.

        Raises:
            WeekNotFoundError: no such week.
            KeyTakenError: another task of the week has the key (maybe an archived one), or the day.
            TooManyPartsError: every day of the week has its task.
        """
        course = await self._uow.courses.lock_by_week(week_id)
        if course is None or await self._uow.courses.load_week(week_id) is None:
            raise WeekNotFoundError
        days = [task.day for task in await self._uow.courses.load_days(week_id)]
        if len(days) >= DAYS_IN_WEEK:
            raise TooManyPartsError(f"A week has {DAYS_IN_WEEK} days.")
        if given["day"] in days:
            raise KeyTakenError
        task = CourseTask(
            course_id=course.id,
            week_id=week_id,
            key=key or await self._find_free_key(week_id, given["day"]),
            status=ContentStatus.DRAFT.value,
            quiz_revision=1,
            **given,
        )
        await self._save(course, task)
        return task

    async def update(self, task_id: int, changes: Changes, day: int | None) -> CourseTask:
        """Change what is given of a task. A task that has the ``day`` already gets this one's.

        Raises:
            CourseTaskNotFoundError: no such task.
        """
        course, task = await self._lock(task_id)
        if changes.get("pass_percent", task.pass_percent) != task.pass_percent:
            task.quiz_revision += 1
        changed = apply_changes(task, changes)
        if day is not None and day != task.day:
            await self._move(task, day)
            changed = True
        if changed:
            await self._save(course)
        return task

    async def delete(self, task_id: int) -> None:
        """Erase a draft.

        Raises:
            CourseTaskNotFoundError: no such task.
            CourseIncompleteError: the task is published, and its week would lack a day.
        """
        course, task = await self._lock(task_id)
        if task.status != ContentStatus.DRAFT:
            detail = f"A published week keeps its {DAYS_IN_WEEK} days: change this one instead."
            raise CourseIncompleteError(detail)
        await self._uow.courses.erase(task)
        await self._save(course)

    async def _lock(self, task_id: int) -> tuple[Course, CourseTask]:
        course = await self._uow.courses.lock_by_task(task_id)
        task = await self._uow.courses.load_task(task_id)
        if course is None or task is None:
            raise CourseTaskNotFoundError
        return course, task

    async def _move(self, task: CourseTask, day: int) -> None:
        for other in await self._uow.courses.load_days(task.week_id):
            if other.day == day:
                other.day = task.day
        task.day = day

    async def _save(self, course: Course, new: CourseTask | None = None) -> None:
        touch(course, self._clock.now())
        await self._uow.courses.save(course, new, taken=KeyTakenError)

    async def _find_free_key(self, week_id: int, day: int) -> str:
        offered = offer_keys(f"day-{day}")
        return take_key(offered, await self._uow.courses.list_task_keys(week_id, offered))
