"""What is written as GIFT is read as the same questions, whatever their texts are made of."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core.curriculum import MAX_NUMBER
from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.curriculum.gift_questions import read_gift_quiz, write_gift_quiz

T = TypeVar("T")

FRAGMENTS = [
    *(
        "\\",
        "~",
        "=",
        "#",
        "{",
        "}",
        ":",
        "%",
        "[",
        "]",
        "-",
        ">",
        "/",
        "*",
        '"',
        "$",
        "\t",
        " ",
        "\n",
    ),
    *(
        "\n\n",
        "::",
        "####",
        "//",
        "->",
        "\\n",
        "\\\\",
        "\\*",
        "%50%",
        "%-100%",
        "[markdown]",
        "[html]",
    ),
    *(
        "$CATEGORY:",
        "{T}",
        "{#1..2}",
        "=a",
        "~b",
        "TRUE",
        "F",
        "_____",
        "    code",
        "\n// no",
        "\r\n",
    ),
    *(
        "\ufeff",
        "\u00a0",
        "\u2028",
        "\x0b",
        "\x1c",
        "\x85",
        "xx",
        "a",
        "1",
        "é",
        "日本",
        "🎉",
        "<b>",
        "&amp;",
    ),
]
texts = st.lists(
    st.one_of(
        st.sampled_from(FRAGMENTS),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4),
    ),
    min_size=1,
    max_size=8,
).map("".join)
explanations = st.one_of(st.just(""), texts)
keys = st.one_of(st.none(), st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,3}", fullmatch=True))
numbers = st.one_of(st.floats(-MAX_NUMBER, MAX_NUMBER), st.integers(-(10**15), 10**15).map(float))
tolerances = st.one_of(st.just(0.0), st.floats(0, MAX_NUMBER))


def valid(make: Callable[[], T]) -> T:
    try:
        return make()
    except ValidationError:
        reject()


@st.composite
def questions(draw: st.DrawFn) -> Question:
    key, prompt, explanation = draw(keys), draw(texts), draw(explanations)
    kind = draw(st.sampled_from(["single", "multiple", "truth", "number", "short"]))
    if kind == "truth":
        answer = draw(st.booleans())
        return valid(
            lambda: TrueFalseQuestion(
                kind="true_false", key=key, prompt=prompt, explanation=explanation, answer=answer
            )
        )
    if kind == "number":
        number, tolerance = draw(numbers), draw(tolerances)
        return valid(
            lambda: NumberQuestion(
                kind="number",
                key=key,
                prompt=prompt,
                explanation=explanation,
                answer=number,
                tolerance=tolerance,
            )
        )
    first = tuple(draw(st.lists(texts, min_size=1, max_size=5)))
    if kind == "short":
        return valid(
            lambda: ShortTextQuestion(
                kind="short_text", key=key, prompt=prompt, explanation=explanation, accept=first
            )
        )
    second = tuple(draw(st.lists(texts, min_size=1 if kind == "single" else 0, max_size=4)))
    if kind == "single":
        return valid(
            lambda: SingleChoiceQuestion(
                kind="single_choice",
                key=key,
                prompt=prompt,
                explanation=explanation,
                right=first[0],
                wrong=second,
            )
        )
    return valid(
        lambda: MultipleChoiceQuestion(
            kind="multiple_choice",
            key=key,
            prompt=prompt,
            explanation=explanation,
            right=first,
            wrong=second,
        )
    )


def statement(prompt: str, explanation: str = "") -> TrueFalseQuestion:
    return TrueFalseQuestion(
        kind="true_false", prompt=prompt, explanation=explanation, answer=False
    )


def choice(text: str) -> SingleChoiceQuestion:
    return SingleChoiceQuestion(
        kind="single_choice", prompt="Q", right=text, wrong=("other", f"{text}!")
    )


def typed(*accept: str) -> ShortTextQuestion:
    return ShortTextQuestion(kind="short_text", prompt="Q", accept=accept)


def can_be_said(question: Question) -> bool:
    return not isinstance(question, ShortTextQuestion) or not any(
        "->" in form for form in question.accept
    )


@given(st.lists(questions(), max_size=4))
@example([statement("// no comment"), statement("::no title::"), statement("$CATEGORY: none")])
@example(
    [statement("[markdown]twice"), statement("[html]not"), statement("\ufeffa"), statement("a{b}")]
)
@example([statement("one\n\ntwo\n\n\n    three"), statement("    code\n"), statement("\ttab\n::x")])
@example(
    [statement("Q", "#one\n####two"), statement("Q", "  [plain] x"), statement("Q", "[plain]#")]
)
@example(
    [choice("%50%"), choice("%100%a"), choice("[markdown]"), choice("=a"), choice("~a -> b#c\\")]
)
@example(
    [typed("*", "**", "a\\*b", "\\"), typed("TRUE"), typed("T", "->"), typed("%50%a", "[html]")]
)
def test_reading_what_was_written_gives_the_same_questions(quiz: list[Question]) -> None:
    written = write_gift_quiz(quiz)
    if written is None:
        assert not all(can_be_said(question) for question in quiz)
        return
    found, problems = read_gift_quiz(written)
    assert not problems
    assert [item.question for item in found] == quiz
    lines = written.split("\n")
    assert all(item.line == 1 or lines[item.line - 2] == "" for item in found)


@pytest.mark.parametrize("rights", range(1, 11))
def test_any_number_of_right_choices_shares_the_weight(rights: int) -> None:
    texts = [str(number) for number in range(rights)]
    wrong = ("no",) if rights == 1 else ()
    question = MultipleChoiceQuestion(
        kind="multiple_choice", prompt="Q", right=tuple(texts), wrong=wrong
    )
    written = write_gift_quiz([question])
    assert written is not None
    weights = [
        float(line.split("%")[1])
        for line in written.split("\n")
        if line.startswith("\t~%") and "-" not in line
    ]
    assert sum(weights) == pytest.approx(100, abs=1e-4)
    assert [item.question for item in read_gift_quiz(written)[0]] == [question]


def test_what_is_written_is_what_moodle_writes() -> None:
    question = SingleChoiceQuestion(
        kind="single_choice",
        key="q-1",
        prompt="What is {1: 2}?\n\nSay.",
        right="a dict",
        wrong=("a = b", "[html] x"),
        explanation="Keys # values",
    )
    assert write_gift_quiz([question]) == (
        "::q-1::[markdown]What is \\{1\\: 2\\}?\\n\\nSay. {\n"
        "\t=a dict\n\t~a \\= b\n\t~[markdown][html] x\n\t####Keys \\# values\n}\n\n"
    )
