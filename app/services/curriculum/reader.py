"""A whole course from its files."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.curriculum import DAYS_IN_WEEK
from app.schemas.curriculum import CourseDefinition, WeekDefinition
from app.services.curriculum.day_reader import read_day
from app.services.curriculum.layout import COURSE_FILE, WeekFiles, sort_files, week_folder
from app.services.curriculum.problems import CurriculumError, ProblemList
from app.services.curriculum.sources import (
    UNREAD,
    Fields,
    Part,
    build_model,
    decode_text,
    read_fields,
    refuse_equal_keys,
)


def read_course(files: Mapping[str, bytes]) -> CourseDefinition:
    """The course that the files define.

    Args:
        files: their contents by POSIX paths relative to the folder of the course.

    Raises:
        CurriculumError: with all that is wrong in all of the files.
    """
    problems = ProblemList()
    weeks = [
        _read_week(files, number, week, problems)
        for number, week in sort_files(files, problems).items()
    ]
    course = None
    fields = _read_header(files, COURSE_FILE if COURSE_FILE in files else None, problems)
    if fields is not None:
        given = {"weeks": _join_parts(weeks, len(weeks), problems)}
        course = build_model(CourseDefinition, fields, "the course", given, problems).built
    if problems or course is None:  # None only beside problems
        raise problems.error()
    return course


def _read_week(
    files: Mapping[str, bytes], number: int, week: WeekFiles, problems: ProblemList
) -> Part[WeekDefinition] | None:
    days = [
        None if problems.is_full else read_day(files, day, lesson, week.quizzes.get(day), problems)
        for day, lesson in sorted(week.lessons.items())
    ]
    given = {"days": _join_parts(days, DAYS_IN_WEEK, problems)}
    fields = _read_header(files, week.header, problems)
    if fields is None:
        return None
    return build_model(
        WeekDefinition, fields, "the week", given, problems, default_key=week_folder(number)
    )


def _read_header(
    files: Mapping[str, bytes], path: str | None, problems: ProblemList
) -> Fields | None:
    if path is None:
        return None
    try:
        return read_fields(decode_text(files[path], path), path)
    except CurriculumError as error:
        problems.take(error)
        return None


def _join_parts(parts: Sequence[Part[Any] | None], wanted: int, problems: ProblemList) -> Any:
    """What was built of the parts, or ``UNREAD`` if not all could be, or not beside each other."""
    present = [part for part in parts if part is not None]
    repeated = refuse_equal_keys(present, problems)
    built = tuple(part.built for part in present if part.built is not None)
    return UNREAD if repeated or len(built) < wanted else built
