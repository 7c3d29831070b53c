"""Courses of all kinds for Hypothesis, with text that is hard to write down."""

import re
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.curriculum import DAYS_IN_WEEK
from app.game.pacing import Pacing
from app.game.rules import Difficulty
from app.schemas.curriculum import (
    AcceptedForm,
    Choice,
    CourseDefinition,
    CourseTag,
    CourseTitle,
    Explanation,
    Question,
    QuestionDefinition,
    key_of,
)

FRAGMENTS = [
    *[
        "---",
        "...",
        "\n---\n",
        "\n...\n",
        "%YAML",
        "# ",
        " #",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "|",
        ">",
        "|-",
    ],
    *[
        "'",
        '"',
        "\\",
        "\\\\",
        "\\n",
        "`",
        "@",
        "&a",
        "*a",
        "!tag",
        "{",
        "}",
        "[",
        "]",
        ",",
        "%",
        "~",
        "=",
    ],
    *[
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\n  ",
        "\n\t",
        " \n",
        "\n   \n",
        "\r",
        "\r\n",
        "\x07",
        "\x1f",
        "\x7f",
    ],
    *[
        "\x85",
        "\xa0",
        "\u2028",
        "\u2029",
        "\u200b",
        "\u3000",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\x0b",
        "\x0c",
    ],
    *[
        "null",
        "true",
        "no",
        "yes",
        "3",
        "1.5",
        "1e3",
        "0x1F",
        "-1",
        "+",
        ".",
        ".inf",
        "1:30",
        "2026-01-01",
    ],
    *[
        "a",
        "Wort",
        "\u00e4\u00f6\u00fc",
        "e\u0301",
        "\u65e5\u672c",
        "\u0639",
        "\U0001f600",
        "\U0001fffe",
    ],
    *[
        "//",
        "::",
        "::T::",
        "{=a ~b}",
        "$$",
        "<p>",
        "</p>",
        "&amp;",
        "```py\nx = 1\n```",
        "<<",
        "=",
        "[html]",
    ],
]
NASTY = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.lists(st.sampled_from(FRAGMENTS) | st.text("ab \n\t\\\"'", max_size=4), max_size=6).map(
        "".join
    ),
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
KEYS = st.from_regex(r"[a-z0-9]{1,5}(?:-[a-z0-9]{1,5}){0,2}", fullmatch=True)
NUMBERS = st.one_of(
    st.integers(-(10**15), 10**15).map(float),
    st.floats(-1e15, 1e15),
    st.floats(-10, 10),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-5, 0.1, 1e15, -1e15, 123456789.125]),
)


def valid(kind: Any) -> st.SearchStrategy[str]:
    """Text in the normal form that the type gives it; what the type refuses is mended."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def normalize(text: str) -> str:
        try:
            return adapter.validate_python(text)
        except ValidationError:
            return adapter.validate_python("a" + CONTROL.sub("", text)[:20])

    return NASTY.map(normalize)


TITLES = valid(CourseTitle)
CHOICES = valid(Choice)
FORMS = valid(AcceptedForm)
EXPLANATIONS = st.just("") | valid(Explanation)
QUESTION: TypeAdapter[Question] = TypeAdapter(QuestionDefinition)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """One question of any kind."""
    choices = draw(st.lists(CHOICES, min_size=2, max_size=5, unique=True))
    cut = draw(st.integers(1, len(choices)))
    tolerance = abs(draw(NUMBERS | st.just(0.0)))
    forms = draw(st.lists(FORMS, min_size=1, max_size=3))
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("single_choice", {"right": choices[0], "wrong": choices[1:]}),
        ("multiple_choice", {"right": choices[:cut], "wrong": choices[cut:]}),
        ("true_false", {"answer": draw(st.booleans())}),
        ("number", {"answer": draw(NUMBERS), "tolerance": tolerance}),
        ("short_text", {"accept": forms, "case_sensitive": draw(st.booleans())}),
    ]
    kind, own = draw(st.sampled_from(kinds))
    return QUESTION.validate_python(
        {
            "kind": kind,
            "key": draw(st.none() | KEYS),
            "prompt": draw(CHOICES),
            "explanation": draw(EXPLANATIONS),
            **own,
        }
    )


@st.composite
def courses(draw: st.DrawFn) -> CourseDefinition:
    """A course of one or two weeks, a few of whose days are out of the ordinary."""
    weeks = [
        {
            "key": draw(st.just(f"week-{number:02d}") | KEYS.map(f"{{}}-{number}".format)),
            "title": draw(TITLES),
            "milestone": draw(TITLES),
            "boss": draw(st.none() | TITLES),
            "days": _draw_days(draw),
        }
        for number in range(1, draw(st.integers(1, 2)) + 1)
    ]
    return CourseDefinition.model_validate(
        {
            "slug": draw(KEYS),
            "title": draw(TITLES),
            "summary": draw(EXPLANATIONS),
            "language": draw(st.sampled_from(["en", "no", "pt-BR", "zh-Hant-TW"])),
            "pacing": draw(st.sampled_from(Pacing)),
            "tags": draw(st.lists(valid(CourseTag), max_size=3)),
            "weeks": weeks,
        }
    )


def _draw_days(draw: st.DrawFn) -> list[dict[str, Any]]:
    days: list[dict[str, Any]] = [
        {"key": f"day-{day}", "day": day, "title": "Plain", "minutes": 10}
        for day in range(1, DAYS_IN_WEEK + 1)
    ]
    for day in draw(st.lists(st.sampled_from(days), max_size=2, unique_by=id)):
        day.update(
            {
                "key": draw(st.just(f"day-{day['day']}") | KEYS.map(f"{{}}-{day['day']}".format)),
                "title": draw(TITLES),
                "difficulty": draw(st.sampled_from(Difficulty)),
                "minutes": draw(st.integers(1, 600)),
                "pass_percent": draw(st.just(80) | st.integers(1, 100)),
                "body": draw(NASTY),
                "questions": draw(st.lists(questions(), max_size=3, unique_by=key_of)),
            }
        )
    return days
