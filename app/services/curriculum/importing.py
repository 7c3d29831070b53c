"""Somebody's archive: a course, or a refusal that says what is wrong with it."""

import json
from collections.abc import Iterable
from typing import BinaryIO, Final

from app.schemas.curriculum import CourseDefinition
from app.services.course_errors import BadCurriculumError
from app.services.curriculum.archive import read_archive
from app.services.curriculum.problems import CurriculumError
from app.services.curriculum.reader import read_course

MAX_SHOWN: Final = 20
MAX_LINE_LENGTH: Final = 150
MAX_SHOWN_BYTES: Final = 3_200
"""Of all lines as JSON: a refusal stays under 4 KB, in whatever script its authors write."""


def read_import(file: BinaryIO) -> CourseDefinition:
    """The course in an archive. It takes its time: not for the event loop.

    Raises:
        BadCurriculumError: it is no archive, or no course.
    """
    try:
        return read_course(read_archive(file))
    except CurriculumError as error:
        raise _refuse(error) from error


def _refuse(error: CurriculumError) -> BadCurriculumError:
    count = len(error.problems) + error.omitted
    shown = _cut(str(problem) for problem in error.problems)
    detail = f"The curriculum has {count} error{'' if count == 1 else 's'}; nothing was changed."
    if len(shown) < count:
        detail += f" The first {len(shown)} are shown."
    return BadCurriculumError(detail, members={"problems": shown})


def _cut(lines: Iterable[str]) -> list[str]:
    """As many as fit, from the first on, each as far as it fits."""
    shown: list[str] = []
    size = 0
    for line in lines:
        short = line if len(line) <= MAX_LINE_LENGTH else f"{line[: MAX_LINE_LENGTH - 3]}..."
        size += len(json.dumps(short, ensure_ascii=False).encode()) + 1
        if len(shown) == MAX_SHOWN or size > MAX_SHOWN_BYTES:
            break
        shown.append(short)
    return shown
