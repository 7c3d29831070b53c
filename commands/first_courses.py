"""On the first start: the courses that come with the program."""

import asyncio
import sys

from app.core.config import Settings
from app.core.errors import QuestboardError
from app.db.session import Database


def seed_or_warn(settings: Settings) -> None:
    """Bring the bundled courses to a migrated database that has none, and say so.

    If that fails a warning says why: all else works without them.
    """
    try:
        if not asyncio.run(_has_courses(settings)):
            _seed(settings)
    except QuestboardError as error:
        print(
            f"warning: no course was seeded: {error}\n"
            "to try again, run: .venv/bin/python -m commands.seed",
            file=sys.stderr,
            flush=True,
        )


async def _has_courses(settings: Settings) -> bool:
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            return await uow.curricula.has_any()
    finally:
        await database.dispose()


def _seed(settings: Settings) -> None:
    # Heavy to import, and only a first start needs it.
    from commands.course_seeding import seed_first, summarize

    for course in asyncio.run(seed_first(settings)):
        if course.changes:  # else another server was faster
            print(f"Seeded the course {course.slug}: {summarize(course.changes)}", flush=True)
