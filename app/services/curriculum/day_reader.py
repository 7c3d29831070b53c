"""A day from its files: the lesson with its front matter, and the quiz."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.curriculum import MAX_LESSON_LENGTH
from app.schemas.curriculum import DayDefinition
from app.services.curriculum.layout import FENCE, day_name
from app.services.curriculum.problems import CurriculumError, FileProblem, ProblemList
from app.services.curriculum.quiz_reader import read_quiz
from app.services.curriculum.sources import UNREAD, Part, build_model, decode_text, read_fields


@dataclass(frozen=True, slots=True)
class _Lesson:
    front_matter: str
    body: str
    body_line: int


def read_day(
    files: Mapping[str, bytes], day: int, lesson: str, quiz: str | None, problems: ProblemList
) -> Part[DayDefinition] | None:
    """Make a day of the files at ``lesson`` and ``quiz``; None if there are no fields to speak of."""
    questions = _read_questions(files, quiz, problems)
    try:
        parts = _split_lesson(decode_text(files[lesson], lesson), lesson)
        fields = read_fields(parts.front_matter, lesson, first_line=2)
    except CurriculumError as error:
        problems.take(error)
        return None
    given = {"day": day, "body": _check_body(parts, lesson, problems), "questions": questions}
    return build_model(DayDefinition, fields, "the day", given, problems, default_key=day_name(day))


def _read_questions(files: Mapping[str, bytes], quiz: str | None, problems: ProblemList) -> Any:
    if quiz is None:
        return ()
    try:
        return read_quiz(files[quiz], quiz)
    except CurriculumError as error:
        problems.take(error)
        return UNREAD


def _split_lesson(text: str, file: str) -> _Lesson:
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        message = f"must begin with its fields between two lines {FENCE}"
        raise CurriculumError([FileProblem(file, 1, message)])
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            front_matter = "\n".join(lines[1:index])
            # Blank lines around are no part of the lesson: they must not count for its length.
            body = "\n".join(lines[index + 1 :]).lstrip("\n").rstrip()
            return _Lesson(front_matter, body, index + 2)
    message = f"has no line {FENCE} that ends the fields of its beginning"
    raise CurriculumError([FileProblem(file, 1, message)])


def _check_body(lesson: _Lesson, file: str, problems: ProblemList) -> Any:
    if len(lesson.body) <= MAX_LESSON_LENGTH:
        return lesson.body
    message = f"the lesson must have at most {MAX_LESSON_LENGTH} characters"
    problems.add(file, lesson.body_line, message)
    return UNREAD
