"""Bring courses from files to the database: ``python -m commands.seed [PATH...] [--dry-run] [--json]``.

A path is the folder of a course, or a folder of such folders; without any the courses that come with
Questboard are meant. All are read and checked first: if anything is wrong in any file, all of that is
printed and nothing is changed. Then all are changed together or none is. The same files again change
nothing.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from app.core.config import load_settings
from app.core.logging import configure_logging
from app.db.session import Database
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.diff import Change
from app.services.curriculum.seeding import Applied
from commands.course_folders import BUNDLED, BadCoursesError, CourseReading, list_folders
from commands.course_seeding import apply_courses, count, summarize
from commands.readiness import find_hindrance
from commands.terminal import fail, report, run


async def seed(options: argparse.Namespace) -> int:
    """Bring the courses to the database and print what changed; the status to exit with."""
    settings = load_settings()
    configure_logging("warning")  # to standard error
    try:
        courses = _read(options.paths or [BUNDLED])
    except BadCoursesError as error:
        return _refuse(error, as_json=options.json)
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        hindrance = await find_hindrance(database, settings)
        if hindrance is not None:
            return fail(hindrance)
        with _watch() as progress:
            bar = progress.add_task("Changing courses", total=len(courses))
            applied = await apply_courses(
                database, courses, lambda: progress.advance(bar), dry_run=options.dry_run
            )
    finally:
        await database.dispose()
    _tell(applied, dry_run=options.dry_run, as_json=options.json)
    return 0


def _read(paths: Sequence[Path]) -> Sequence[CourseDefinition]:
    folders = list_folders(paths)
    reading = CourseReading()
    with _watch() as progress:
        for folder in progress.track(folders, description="Reading courses"):
            reading.read(folder)
    return reading.finish()


def _watch() -> Progress:
    """On standard error, so that it never mixes with the result; nothing where nobody watches."""
    return Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())


def _refuse(error: BadCoursesError, *, as_json: bool) -> int:
    if as_json:
        problems = [asdict(problem) for problem in error.problems]
        report("", {"problems": problems, "omitted": error.omitted}, as_json=True)
    else:
        for problem in error.problems:
            print(problem, file=sys.stderr)
    return fail(f"{count(error.count, 'problem')} found; nothing was changed")


def _tell(courses: Sequence[Applied], *, dry_run: bool, as_json: bool) -> None:
    lines = []
    for applied in courses:
        lines.append(f"{applied.slug}: {summarize(applied.changes)}")
        if dry_run:
            lines += [f"  {_describe(change)}" for change in applied.changes]
    if dry_run:
        lines.append("dry run: nothing was changed")
    facts: dict[str, Any] = {
        "dry_run": dry_run,
        "courses": [asdict(applied) for applied in courses],
    }
    report("\n".join(lines), facts, as_json=as_json)


def _describe(change: Change) -> str:
    fields = f": {', '.join(change.fields)}" if change.fields else ""
    return f"{change.kind} {change.what}{fields}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.seed",
        description="Bring courses from files to the database. The same files again change nothing.",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="the folder of a course, or of several (none: the courses that come with Questboard)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would change, and change nothing"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(seed(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
