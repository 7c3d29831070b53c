"""A course written as files and read again is the same course."""

import pytest
from hypothesis import given, settings

from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.reader import read_course
from app.services.curriculum.writer import QuizFormat, write_course
from tests.services.curriculum.course_files import tiny_course
from tests.services.curriculum.course_strategies import courses


@pytest.mark.parametrize("quiz_format", QuizFormat)
@settings(max_examples=100)
@given(course=courses())
def test_a_written_course_is_read_as_the_same_course(
    quiz_format: QuizFormat, course: CourseDefinition
) -> None:
    files = write_course(course, quiz_format)
    read = read_course(files)
    assert read == course
    assert write_course(read, quiz_format) == files


def make_course() -> CourseDefinition:
    questions = [
        {
            "kind": "single_choice",
            "prompt": "`len('ab')`?",
            "right": "2",
            "wrong": ["1", "an error"],
        },
        {"kind": "multiple_choice", "prompt": "Which?\n\n- a\n- b", "right": ["a"], "wrong": ["b"]},
        {"kind": "number", "key": "pi", "prompt": "Pi?", "answer": 3.5, "tolerance": 0.5},
        {"kind": "short_text", "prompt": "Who?", "accept": ["I"], "case_sensitive": True},
        {"kind": "true_false", "prompt": "So?", "answer": False, "explanation": "No: never"},
    ]
    course = read_course(tiny_course()).model_dump(mode="json")
    course["weeks"][0]["days"][0]["questions"] = questions
    return CourseDefinition.model_validate(course)


QUIZ = """\
questions:
  - kind: single_choice
    prompt: "`len('ab')`?"
    right: "2"
    wrong:
      - "1"
      - an error
  - kind: multiple_choice
    prompt: |-
      Which?

      - a
      - b
    right:
      - a
    wrong:
      - b
  - kind: number
    key: pi
    prompt: Pi?
    answer: 3.5
    tolerance: 0.5
  - kind: short_text
    prompt: Who?
    accept:
      - I
    case_sensitive: true
  - kind: true_false
    prompt: So?
    answer: false
    explanation: "No: never"
"""


def test_what_has_its_default_is_left_out() -> None:
    files = write_course(make_course())
    assert {name: data.decode() for name, data in files.items() if "day-1" in name} == {
        "week-01/day-1.md": "---\ntitle: A day\nminutes: 10\n---\n\nRead this.\n",
        "week-01/day-1.quiz.yaml": QUIZ,
    }
    assert files["course.yaml"] == b"slug: tiny\ntitle: Tiny\n"
    assert files["week-01/week.yaml"] == b"title: First\nmilestone: You can\n"
    assert set(files) == set(tiny_course())


def test_what_differs_from_the_default_is_written() -> None:
    course = make_course().model_dump(mode="json")
    course |= {"summary": "S", "language": "de", "pacing": "daily", "tags": ["x", "3"]}
    week = course["weeks"][0]
    week |= {"key": "start", "boss": "No"}
    week["days"][1] |= {"key": "day-3", "difficulty": "hard", "pass_percent": 70, "body": ""}
    week["days"][2] |= {"key": "day-2"}
    files = write_course(CourseDefinition.model_validate(course))
    assert files["course.yaml"].decode() == (
        'slug: tiny\ntitle: Tiny\nsummary: S\nlanguage: de\npacing: daily\ntags:\n  - x\n  - "3"\n'
    )
    assert files["week-01/week.yaml"].decode() == (
        'key: start\ntitle: First\nmilestone: You can\nboss: "No"\n'
    )
    assert files["week-01/day-2.md"].decode() == (
        "---\nkey: day-3\ntitle: A day\ndifficulty: hard\nminutes: 10\npass_percent: 70\n---\n"
    )


def test_a_course_has_a_hundred_and_four_weeks_at_most() -> None:
    course = read_course(tiny_course(weeks=104))
    files = write_course(course)
    assert "week-104/day-7.md" in files
    assert read_course(files) == course


def test_a_quiz_is_written_in_gift_where_gift_can_say_it() -> None:
    course = make_course().model_dump(mode="json")
    days = course["weeks"][0]["days"]
    days[1]["questions"] = [{"kind": "true_false", "prompt": "So?", "answer": True}]
    definition = CourseDefinition.model_validate(course)
    files = write_course(definition, QuizFormat.GIFT)
    assert "week-01/day-2.quiz.gift" in files
    assert read_course(files) == definition
