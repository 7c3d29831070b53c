"""From a definition to the database: the same for seeding and importing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import Clock
from app.core.curriculum import ContentStatus
from app.db.models import Course
from app.db.repositories.curricula import MAX_PARTS
from app.db.unit_of_work import UnitOfWork
from app.schemas.curriculum import CourseDefinition
from app.services.course_errors import SlugTakenError, TooManyPartsError
from app.services.curriculum.diff import Change, Plan, plan_changes
from app.services.curriculum.parts import (
    COURSE_FIELDS,
    QUESTION_FIELDS,
    TASK_FIELDS,
    WEEK_FIELDS,
    PartPath,
    StoredCourse,
    StoredPart,
    take_apart,
    take_fields,
)

_ALL = tuple(ContentStatus)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a course, or would become of it. ``revision`` is the one after it."""

    slug: str
    created: bool
    revision: int
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class _Ids:
    """The ids of all weeks and tasks that there are."""

    weeks: dict[PartPath, int]
    tasks: dict[PartPath, int]


class CurriculumService:
    """Brings the database to a definition."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def apply(self, course: CourseDefinition, *, dry_run: bool = False) -> Applied:
        """Make the course what its definition says, and publish it; ``dry_run`` only tells what would
        change.

        Parts are found by their keys, so that learners' progress stays with them. Where nothing
        differs nothing is written.

        Raises:
            TooManyPartsError: more parts were archived in the course than can be compared.
        """
        row = await self._uow.curricula.lock(course.slug)
        created = False
        if row is None and not dry_run:
            row, created = await self._begin(course)
        if row is None:
            plan = plan_changes(course.slug, take_apart(course), StoredCourse())
            return Applied(course.slug, created=True, revision=1, changes=plan.changes)
        stored, ids = (StoredCourse(), _Ids({}, {})) if created else await self._load(row)
        plan = plan_changes(course.slug, take_apart(course), stored)
        revision = row.revision + (not created and bool(plan.changes))
        if plan.changes and not dry_run:
            if not created:
                await self._save_course(row, course, revision)
            await self._save_parts(row.id, plan, ids)
        return Applied(course.slug, created=created, revision=revision, changes=plan.changes)

    async def _begin(self, course: CourseDefinition) -> tuple[Course, bool]:
        """The row of a course that was not there, and whether it is we who made it."""
        now = self._clock.now()
        row = Course(slug=course.slug, revision=1, created_at=now)
        _write(row, course, now)
        if await self._uow.curricula.add(row):
            return row, True
        found = await self._uow.curricula.lock(course.slug)
        if found is None:
            raise SlugTakenError  # whoever was faster has deleted it as well
        return found, False

    async def _save_course(self, row: Course, course: CourseDefinition, revision: int) -> None:
        _write(row, course, self._clock.now())
        row.revision = revision
        await self._uow.curricula.save(row)

    async def _load(self, row: Course) -> tuple[StoredCourse, _Ids]:
        weeks = await self._uow.curricula.list_weeks(row.id, _ALL)
        tasks = await self._uow.curricula.list_tasks(row.id, _ALL)
        questions = await self._uow.curricula.list_questions(row.id, _ALL)
        if max(len(weeks), len(tasks), len(questions)) > MAX_PARTS:
            raise TooManyPartsError
        week_paths: dict[int, PartPath] = {week.id: (week.key,) for week in weeks}
        task_paths: dict[int, PartPath] = {
            task.id: (*week_paths[task.week_id], task.key) for task in tasks
        }
        stored = StoredCourse(
            StoredPart(take_fields(row, COURSE_FIELDS), row.status),
            {
                week_paths[week.id]: StoredPart(take_fields(week, WEEK_FIELDS), week.status)
                for week in weeks
            },
            {
                task_paths[task.id]: StoredPart(
                    take_fields(task, TASK_FIELDS), task.status, task.quiz_revision
                )
                for task in tasks
            },
            {
                (*task_paths[question.course_task_id], question.key): StoredPart(
                    take_fields(question, QUESTION_FIELDS), question.status, question.revision
                )
                for question in questions
            },
        )
        return stored, _Ids(_invert(week_paths), _invert(task_paths))

    async def _save_parts(self, course_id: int, plan: Plan, ids: _Ids) -> None:
        """Write what changes: one kind of parts after the other, each needs the ids of the one above."""
        curricula = self._uow.curricula
        week_ids = await curricula.save_weeks(
            [
                {**part.fields, "course_id": course_id, "key": path[-1], "status": part.status}
                for path, part in plan.weeks.items()
            ]
        )
        ids.weeks.update(((key,), id_) for key, id_ in week_ids.items())
        task_ids = await curricula.save_tasks(
            [
                {
                    **part.fields,
                    "course_id": course_id,
                    "week_id": ids.weeks[path[:1]],
                    "key": path[-1],
                    "status": part.status,
                    "quiz_revision": part.revision,
                }
                for path, part in plan.tasks.items()
            ]
        )
        ids.tasks.update((path, task_ids[ids.weeks[path[:1]], path[-1]]) for path in plan.tasks)
        await curricula.save_questions(
            [
                {
                    **part.fields,
                    "course_task_id": ids.tasks[path[:2]],
                    "key": path[-1],
                    "status": part.status,
                    "revision": part.revision,
                }
                for path, part in plan.questions.items()
            ]
        )


def _write(row: Course, course: CourseDefinition, now: datetime) -> None:
    row.title = course.title
    row.summary = course.summary
    row.language = course.language
    row.pacing = course.pacing
    row.tags = list(course.tags)
    row.status = ContentStatus.PUBLISHED
    row.published_at = row.published_at or now
    row.updated_at = now


def _invert(paths: Mapping[int, PartPath]) -> dict[PartPath, int]:
    return {path: id_ for id_, path in paths.items()}
