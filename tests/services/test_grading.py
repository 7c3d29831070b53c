"""Whether answers are right: every kind of question, every way to write the same, and what is refused."""

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.course_errors import BadAnswersError
from app.services.curriculum.questions import id_of_choice
from app.services.grading import GivenAnswer, check_answer, show_right_answer

RIGHT, WRONG, OTHER = (id_of_choice(text) for text in ("right", "wrong", "other"))
ONE, TWO, THREE = (id_of_choice(text) for text in ("one", "two", "three"))
SINGLE = SingleChoiceQuestion(
    kind="single_choice", prompt="?", right="right", wrong=("wrong", "other")
)
MULTIPLE = MultipleChoiceQuestion(
    kind="multiple_choice", prompt="?", right=("one", "two"), wrong=("three",)
)
TRUE = TrueFalseQuestion(kind="true_false", prompt="?", answer=True)
FALSE = TrueFalseQuestion(kind="true_false", prompt="?", answer=False)
FLOATS = st.floats(-1e15, 1e15)


def number(answer: float, tolerance: float = 0) -> NumberQuestion:
    return NumberQuestion(kind="number", prompt="?", answer=answer, tolerance=tolerance)


def text(*accept: str, case_sensitive: bool = False) -> ShortTextQuestion:
    return ShortTextQuestion(
        kind="short_text", prompt="?", accept=accept, case_sensitive=case_sensitive
    )


@pytest.mark.parametrize(
    ("question", "answer", "is_right"),
    [
        (SINGLE, RIGHT, True),
        (SINGLE, WRONG, False),
        (MULTIPLE, [ONE, TWO], True),
        (MULTIPLE, [TWO, ONE], True),
        (MULTIPLE, [ONE], False),
        (MULTIPLE, [THREE], False),
        (MULTIPLE, [ONE, TWO, THREE], False),
        (TRUE, True, True),
        (TRUE, False, False),
        (FALSE, False, True),
        (FALSE, True, False),
    ],
)
def test_choices_and_statements(question: Question, answer: GivenAnswer, is_right: bool) -> None:
    assert check_answer(question, answer) is is_right


@pytest.mark.parametrize(
    ("question", "answer", "is_right"),
    [
        (number(42), 42, True),
        (number(42), 42.0, True),
        (number(42), 41.999999, False),
        (number(42), -42, False),
        (number(0), -0.0, True),
        (number(0), 5e-324, False),
        (number(0.5, 0.3), 0.8, True),  # 0.8 - 0.5 > 0.3 for binary fractions
        (number(0.5, 0.3), 0.2, True),
        (number(0.5, 0.3), 0.800001, False),
        (number(0.3), 0.1 + 0.2, False),
        (number(1, 0.1), 1.1, True),  # 1.1 - 1 > 0.1 for binary fractions
        (number(1, 0.1), 0.9, True),
        (number(1, 0.1), 1.1000000000000003, False),
        (number(1e15), 10**15, True),
        (number(1e15), 10**15 - 1, False),
        (number(1e15, 1), 10**15 - 1, True),
        (number(1e15, 1e-20), 999_999_999_999_999.9, False),
        (number(-1e15, 1e15), 0, True),
        (number(-1e15, 1e15), 1e-9, False),
    ],
)
def test_numbers_are_right_within_the_tolerance_as_written(
    question: NumberQuestion, answer: float, is_right: bool
) -> None:
    assert check_answer(question, answer) is is_right


@given(FLOATS)
def test_the_right_number_is_right(answer: float) -> None:
    assert check_answer(number(answer), answer)


@given(FLOATS, FLOATS, st.floats(0, 1e15))
def test_distance_counts_on_both_sides_alike(one: float, other: float, tolerance: float) -> None:
    there = check_answer(number(one, tolerance), other)
    assert there is check_answer(number(other, tolerance), one)
    assert there is check_answer(number(-one, tolerance), -other)


@pytest.mark.parametrize(
    ("accepted", "answer"),
    [
        ("range", "range"),
        ("range", "  Range\t"),
        ("list comprehension", "List \n\u00a0 comprehension"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("ﬁle", "FILE"),
        ("\uff4c\uff45\uff4e", "len"),
        ("x²", "X2"),
        ("50 \u3390", "50 hz"),
        ("Å", "\u212b"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("a" * 200, "A" * 200),
        ("\u200frange", "range"),
        ("range", "ran\u00adge\ufeff\u200b"),
    ],
)
def test_a_text_may_be_written_in_other_ways(accepted: str, answer: str) -> None:
    assert check_answer(text("something else", accepted), answer)


@pytest.mark.parametrize(
    ("accepted", "answer"),
    [("range", "ranges"), ("len", "l en"), ("ab", "a\u0301b"), ("resume", "résumé"), ("x", ".x")],
)
def test_another_text_is_wrong(accepted: str, answer: str) -> None:
    assert not check_answer(text(accepted), answer)


def test_case_matters_where_it_is_asked_for() -> None:
    question = text("None", "Café  Noir", case_sensitive=True)
    assert check_answer(question, " None ")
    assert check_answer(question, "Cafe\u0301 Noir")
    assert not check_answer(question, "none")
    assert not check_answer(question, "\uff2eone")


@given(st.text(min_size=1, max_size=50))
def test_case_and_form_never_matter_otherwise(answer: str) -> None:
    assume(answer.strip())
    forms = [unicodedata.normalize(form, answer) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    for form in (answer, answer.casefold(), *forms):
        if 1 <= len(form.strip()) <= 200:
            question = ShortTextQuestion.model_construct(
                kind="short_text", prompt="?", accept=(answer,), case_sensitive=False
            )
            assert check_answer(question, form)


NOT_OF_THE_KIND: dict[str, tuple[Question, list[Any]]] = {
    "single_choice": (
        SINGLE,
        ["right", "", THREE, RIGHT.upper(), [RIGHT], [], True, 0, 1.5, f" {RIGHT}", None],
    ),
    "multiple_choice": (
        MULTIPLE,
        [ONE, [], [ONE, ONE], [ONE, TWO, TWO], [ONE, RIGHT], ["one"], [1], [[ONE]], True, 3, None],
    ),
    "true_false": (TRUE, [1, 0, 1.0, "true", "", [True], None]),
    "number": (
        number(1),
        [True, False, "1", [1], float("nan"), float("inf"), -float("inf"), 1.1e15, 10**400, None],
    ),
    "short_text": (text("1"), [1, True, ["1"], "", " \t\n\u3000", "x" * 201, None]),
}


@pytest.mark.parametrize("kind", NOT_OF_THE_KIND)
def test_what_is_no_answer_to_such_a_question_is_refused(kind: str) -> None:
    question, answers = NOT_OF_THE_KIND[kind]
    assert question.kind == kind
    for answer in answers:
        with pytest.raises(BadAnswersError) as refused:
            check_answer(question, answer)
        assert kind in str(refused.value.detail)


def test_the_space_around_a_text_does_not_make_it_too_long() -> None:
    assert check_answer(text("x" * 200), " " + "x" * 200 + "\n")


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (SINGLE, ["right"]),
        (MULTIPLE, ["one", "two"]),
        (TRUE, True),
        (FALSE, False),
        (number(2.5, 1), 2.5),
        (text("range", "range()"), ["range", "range()"]),
    ],
)
def test_what_is_right_is_shown_as_text(question: Question, shown: Any) -> None:
    assert show_right_answer(question) == shown
