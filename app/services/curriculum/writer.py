"""A course as files, in their normal form: equal courses give equal bytes."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from app.schemas.curriculum import CourseDefinition, DayDefinition, Question, WeekDefinition
from app.services.curriculum.gift_questions import write_gift_quiz
from app.services.curriculum.layout import COURSE_FILE, FENCE, WEEK_FILE, day_name, week_folder
from app.services.curriculum.yaml_writer import write_yaml

_FIRST = ("kind", "key", "prompt")
_LAST = ("explanation",)


class QuizFormat(StrEnum):
    """How quizzes are written."""

    YAML = "yaml"
    GIFT = "gift"
    """Moodle's format. A quiz that it can't express is written as YAML."""


def write_course(
    course: CourseDefinition, quiz_format: QuizFormat = QuizFormat.YAML
) -> dict[str, bytes]:
    """The contents of the course's files by their paths. What has its default value is left out.

    The law: ``read_course(write_course(course)) == course``.
    """
    fields = course.model_dump(exclude={"weeks"}, exclude_defaults=True)
    texts = {COURSE_FILE: write_yaml(fields)}
    for number, week in enumerate(course.weeks, 1):
        texts.update(_write_week(week, week_folder(number), quiz_format))
    return {path: text.encode() for path, text in texts.items()}


def _write_week(
    week: WeekDefinition, folder: str, quiz_format: QuizFormat
) -> Iterator[tuple[str, str]]:
    fields = week.model_dump(exclude={"days"}, exclude_defaults=True)
    yield f"{folder}/{WEEK_FILE}", write_yaml(_without_key(fields, folder))
    for day in week.days:
        name = f"{folder}/{day_name(day.day)}"
        yield f"{name}.md", _write_lesson(day)
        if day.questions:
            ending, text = _write_quiz(day.questions, quiz_format)
            yield f"{name}.quiz.{ending}", text


def _write_lesson(day: DayDefinition) -> str:
    fields = day.model_dump(exclude={"day", "body", "questions"}, exclude_defaults=True)
    front_matter = write_yaml(_without_key(fields, day_name(day.day)))
    body = f"\n{day.body}\n" if day.body else ""
    return f"{FENCE}\n{front_matter}{FENCE}\n{body}"


def _write_quiz(questions: Sequence[Question], quiz_format: QuizFormat) -> tuple[QuizFormat, str]:
    if quiz_format is QuizFormat.GIFT:
        text = write_gift_quiz(questions)
        if text is not None:
            return QuizFormat.GIFT, text
    return QuizFormat.YAML, write_yaml({"questions": [_list_fields(item) for item in questions]})


def _list_fields(question: Question) -> dict[str, Any]:
    """The fields of a question in the order in which one would tell it."""
    fields = question.model_dump(exclude_defaults=True)
    middle = [name for name in fields if name not in _FIRST and name not in _LAST]
    return {name: fields[name] for name in (*_FIRST, *middle, *_LAST) if name in fields}


def _without_key(fields: dict[str, Any], default: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if (name, value) != ("key", default)}
