"""Courses to the database, for commands: all in one transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from app.core.clock import SystemClock
from app.core.config import Settings
from app.db.session import Database
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.diff import Change, ChangeKind
from app.services.curriculum.parts import PartKind
from app.services.curriculum.seeding import Applied, CurriculumService
from commands.course_folders import BUNDLED, CourseReading, list_folders


async def apply_courses(
    database: Database,
    courses: Sequence[CourseDefinition],
    on_each: Callable[[], object] = lambda: None,
    *,
    dry_run: bool = False,
) -> Sequence[Applied]:
    """Bring all of the courses to the database, or none; ``on_each`` is called after each.

    Raises:
        QuestboardError: one of them can't be brought, or the database is out of reach or busy.
    """
    results = []
    async with database.writing() as transaction:
        service = CurriculumService(transaction.uow, SystemClock())
        for course in courses:
            results.append(await service.apply(course, dry_run=dry_run))
            on_each()
        if not dry_run:
            await transaction.commit()
    return results


async def seed_first(settings: Settings, folder: Path = BUNDLED) -> Sequence[Applied]:
    """Bring the courses in the folder to a database that has none; what was done.

    Several servers may start at once on one database: one of them brings the courses.

    Raises:
        BadCoursesError: the files are wrong.
        QuestboardError: as for ``apply_courses``.
    """
    reading = CourseReading()
    for found in list_folders([folder]):
        reading.read(found)
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            if await uow.curricula.has_any():
                return []
        return await apply_courses(database, reading.finish())
    finally:
        await database.dispose()


def summarize(changes: Sequence[Change]) -> str:
    """The changes of a course in a line: ``4 weeks, 28 tasks added; 1 question archived``."""
    counted = Counter((change.kind, change.part) for change in changes)
    sentences = []
    for kind in ChangeKind:
        counts = [
            "course" if part is PartKind.COURSE else count(counted[kind, part], part)
            for part in PartKind
            if counted[kind, part]
        ]
        if counts:
            sentences.append(f"{', '.join(counts)} {kind}")
    return "; ".join(sentences) or "nothing to change"


def count(number: int, noun: str) -> str:
    """So many of something."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
