"""The bundled course keeps its promises: its examples run, and its quizzes fit the definitions."""

import doctest
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import TypeAdapter

from app.core.curriculum import DAYS_IN_WEEK
from app.schemas.curriculum import CourseDefinition, Question, QuestionDefinition

COURSE = Path(__file__).parents[2] / "app" / "content" / "python-from-zero"
WEEKS = 4
KINDS = {"single_choice", "multiple_choice", "true_false", "number", "short_text"}
FEWEST_QUESTIONS = 3
QUESTION: TypeAdapter[Question] = TypeAdapter(QuestionDefinition)
# "py" or "python3" would look the same on a page, but no test would read them.
BLOCK_KINDS = {"pycon", "python", "text", "json", "console"}


def name_of(path: Path) -> str:
    return path.relative_to(COURSE).as_posix()


LESSONS = sorted(COURSE.glob("week-*/day-*.md"))
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=name_of)
each_week = pytest.mark.parametrize("week", range(1, WEEKS + 1))


def folder_of(week: int) -> Path:
    return COURSE / f"week-{week:02}"


def split(lesson: Path) -> tuple[dict[str, Any], str]:
    """What the front matter says, and the Markdown after it."""
    before, front_matter, body = lesson.read_text(encoding="utf-8").split("---\n", 2)
    assert before == ""
    head: dict[str, Any] = yaml.safe_load(front_matter)
    return head, body


def fences(lesson: Path) -> list[Token]:
    tokens = MarkdownIt().parse(split(lesson)[1])
    return [token for token in tokens if token.type == "fence"]


def fences_of(lesson: Path, kind: str) -> list[Token]:
    return [fence for fence in fences(lesson) if fence.info == kind]


def quiz_of(lesson: Path) -> list[dict[str, Any]]:
    path = lesson.with_suffix(".quiz.yaml")
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(content) == {"questions"}
    return content["questions"]


def examples_of(lesson: Path) -> list[doctest.Example]:
    examples: list[doctest.Example] = []
    for fence in fences_of(lesson, "pycon"):
        parts = doctest.DocTestParser().parse(fence.content, name_of(lesson))
        found = [part for part in parts if isinstance(part, doctest.Example)]
        # Else something looks like output of an example, but is never compared with it.
        unchecked = [part for part in parts if isinstance(part, str) and part.strip()]
        assert found, f"a session without a prompt: {fence.content}"
        assert not unchecked, unchecked
        examples += found
    return examples


@each_lesson
def test_every_session_of_a_lesson_shows_what_python_answers(
    lesson: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = examples_of(lesson)
    test = doctest.DocTest(
        examples, {"__name__": "__main__"}, name_of(lesson), str(lesson), None, None
    )
    report: list[str] = []

    results = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS).run(
        test, out=report.append
    )

    assert results.failed == 0, "".join(report)
    assert results.attempted == len(examples)


@each_lesson
def test_every_program_of_a_lesson_compiles(lesson: Path) -> None:
    for fence in fences_of(lesson, "python"):
        compile(fence.content, name_of(lesson), "exec", dont_inherit=True)


@each_lesson
def test_a_lesson_shows_code_and_hides_no_session_from_the_tests(lesson: Path) -> None:
    blocks = fences(lesson)

    assert {fence.info for fence in blocks} & {"pycon", "python"}
    assert {fence.info for fence in blocks} <= BLOCK_KINDS
    assert not [
        fence.content for fence in blocks if fence.info != "pycon" and ">>> " in fence.content
    ]


@each_lesson
def test_every_question_fits_its_definition_and_explains_its_answer(lesson: Path) -> None:
    questions = [QUESTION.validate_python(raw) for raw in quiz_of(lesson)]

    assert len(questions) >= FEWEST_QUESTIONS
    assert not [question.prompt for question in questions if not question.explanation.strip()]


@each_lesson
def test_the_code_that_questions_show_compiles(lesson: Path) -> None:
    for raw in quiz_of(lesson):
        for token in MarkdownIt().parse(raw["prompt"]):
            if token.type == "fence" and token.info == "python":
                compile(token.content, raw["prompt"], "exec", dont_inherit=True)


@each_week
def test_a_week_has_all_kinds_of_questions(week: int) -> None:
    lessons = sorted(folder_of(week).glob("day-*.md"))

    assert {raw["kind"] for lesson in lessons for raw in quiz_of(lesson)} == KINDS


def test_there_are_four_weeks_of_seven_days() -> None:
    expected = [
        f"week-{week:02}/day-{day}.md"
        for week in range(1, WEEKS + 1)
        for day in range(1, DAYS_IN_WEEK + 1)
    ]

    assert [name_of(lesson) for lesson in LESSONS] == expected
    assert len(LESSONS) == 28


def test_the_folder_holds_nothing_that_no_reader_would_see() -> None:
    lessons = {name_of(lesson) for lesson in LESSONS}
    quizzes = {name_of(lesson.with_suffix(".quiz.yaml")) for lesson in LESSONS}
    weeks = {name_of(folder_of(week) / "week.yaml") for week in range(1, WEEKS + 1)}

    files = {name_of(path) for path in COURSE.rglob("*") if path.is_file()}

    assert files == {"course.yaml"} | lessons | quizzes | weeks


def assemble_day(lesson: Path, day: int) -> dict[str, Any]:
    head, body = split(lesson)
    assert set(head) == {"title", "difficulty", "minutes"}
    return {**head, "key": f"day-{day}", "day": day, "body": body, "questions": quiz_of(lesson)}


def assemble_week(week: int) -> dict[str, Any]:
    content = yaml.safe_load((folder_of(week) / "week.yaml").read_text(encoding="utf-8"))
    days = [
        assemble_day(folder_of(week) / f"day-{day}.md", day) for day in range(1, DAYS_IN_WEEK + 1)
    ]
    return {**content, "key": f"week-{week:02}", "days": days}


def test_the_whole_course_fits_its_definition() -> None:
    content = yaml.safe_load((COURSE / "course.yaml").read_text(encoding="utf-8"))

    course = CourseDefinition.model_validate(
        {**content, "weeks": [assemble_week(week) for week in range(1, WEEKS + 1)]}
    )

    assert course.slug == COURSE.name
    assert all(week.boss for week in course.weeks)
