import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.curriculum.gift import parse_gift
from app.services.curriculum.gift_types import (
    Answer,
    Answers,
    ChoiceAnswers,
    Description,
    Essay,
    GiftError,
    GiftQuestion,
    GiftText,
    MatchingPairs,
    NumericalAnswer,
    NumericalAnswers,
    ShortAnswers,
    TextFormat,
    TrueFalseAnswer,
)
from tests.services.curriculum import gift_examples

FILE_SIZE = 256 * 1024


def parse_one(text: str) -> GiftQuestion:
    [item] = parse_gift(text)
    assert isinstance(item, GiftQuestion), item
    return item


def fail_one(text: str) -> tuple[int, str]:
    [item] = parse_gift(text)
    assert isinstance(item, GiftError)
    return item.line, item.message


def answers_of(text: str) -> Answers:
    return parse_one(f"Q{{{text}}}").answers


def moodle(text: str) -> GiftText:
    return GiftText(text, TextFormat.MOODLE)


@pytest.mark.parametrize("text", gift_examples.QUESTIONS)
def test_every_documented_example_is_read(text: str) -> None:
    assert parse_one(text).text.text


@pytest.mark.parametrize("text", gift_examples.NOTHING)
def test_what_is_no_question_gives_none(text: str) -> None:
    assert list(parse_gift(text)) == []


def test_all_examples_in_one_file_are_as_many_questions_with_their_lines() -> None:
    text = "\n\n".join(gift_examples.QUESTIONS)
    items = list(parse_gift(text))
    assert len(items) == len(gift_examples.QUESTIONS)
    lines = text.split("\n")
    for item, example in zip(items, gift_examples.QUESTIONS, strict=True):
        first = next(line for line in example.split("\n") if not line.startswith("//"))
        assert lines[item.line - 1] == first


@pytest.mark.parametrize(("text", "answer"), gift_examples.TRUE_FALSE.items())
def test_true_and_false(text: str, answer: bool) -> None:
    found = parse_one(text).answers
    assert isinstance(found, TrueFalseAnswer)
    assert found.answer is answer


@pytest.mark.parametrize(("text", "pairs"), gift_examples.MATCHING.items())
def test_matching(text: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert parse_one(text).answers == MatchingPairs(
        tuple((moodle(left), right) for left, right in pairs)
    )


@pytest.mark.parametrize("text", gift_examples.ESSAYS)
def test_an_essay_has_empty_braces(text: str) -> None:
    assert parse_one(text).answers == Essay()


@pytest.mark.parametrize("text", gift_examples.DESCRIPTIONS)
def test_a_description_has_no_braces(text: str) -> None:
    assert parse_one(text).answers == Description()


def test_the_first_feedback_of_true_and_false_is_for_those_who_were_wrong() -> None:
    assert answers_of("T#no#yes") == TrueFalseAnswer(
        answer=True, wrong_feedback=moodle("no"), right_feedback=moodle("yes")
    )
    assert answers_of("FALSE##yes") == TrueFalseAnswer(answer=False, right_feedback=moodle("yes"))


def test_choices_have_weights_and_feedback() -> None:
    assert answers_of("~a#no ~%-33.33333%b =c # [html]<i>yes</i>") == ChoiceAnswers(
        (
            Answer(1, moodle("a"), 0, alone=False, feedback=moodle("no")),
            Answer(1, moodle("b"), -33.33333, alone=False),
            Answer(
                1, moodle("c"), 100, alone=True, feedback=GiftText("<i>yes</i>", TextFormat.HTML)
            ),
        )
    )


def test_short_answers_have_weights() -> None:
    assert answers_of("=a\n= %50% b") == ShortAnswers(
        (Answer(1, moodle("a"), 100, alone=True), Answer(2, moodle("b"), 50, alone=True))
    )


def test_percent_signs_that_are_no_weight_are_text() -> None:
    assert answers_of("=%abc ~%50 %x") == ChoiceAnswers(
        (
            Answer(1, moodle("%abc"), 100, alone=True),
            Answer(1, moodle("%50 %x"), 0, alone=False),
        )
    )


def test_numbers_have_weights_and_feedback_and_one_for_all_that_is_wrong() -> None:
    assert answers_of("#=1822:0#yes\n=%50%-1.5e3..+2 ~#no") == NumericalAnswers(
        (
            NumericalAnswer(1, 1822, 0, 100, moodle("yes")),
            NumericalAnswer(2, -749, 751, 50),
        ),
        wrong_feedback=moodle("no"),
    )


def test_the_middle_of_a_range_is_as_exact_as_its_ends() -> None:
    assert answers_of("#0.1..0.3") == NumericalAnswers((NumericalAnswer(1, 0.2, 0.1, 100),))


def test_general_feedback_comes_last() -> None:
    question = parse_one("Q{=a#b ~c####d #e}")
    assert question.general_feedback == moodle("d #e")
    assert parse_one("Q{=a#b####c####d}").general_feedback == moodle("d")
    assert parse_one("Q{####d}").answers == Essay()
    assert parse_one("Q{T####}").general_feedback is None


def test_formats_are_handed_down_from_the_question() -> None:
    question = parse_one("::t::[plain] Q{=a ~[markdown]b#c####[moodle]d}")
    assert question.text == GiftText("Q", TextFormat.PLAIN)
    assert isinstance(question.answers, ChoiceAnswers)
    first, second = question.answers.answers
    assert first.text.format is TextFormat.PLAIN
    assert second.text == GiftText("b", TextFormat.MARKDOWN)
    assert second.feedback == GiftText("c", TextFormat.PLAIN)
    assert question.general_feedback == moodle("d")


def test_brackets_around_anything_else_are_text() -> None:
    assert parse_one("[HTML]Q{T}").text == moodle("[HTML]Q")
    assert parse_one("[ html]Q{T}").text == moodle("[ html]Q")


def test_escapes_hide_what_they_stand_for() -> None:
    question = parse_one("\\:\\:no title\\:\\: \\{\\} \\n \\\\n \\\\\\\\ \\d{=\\=\\~\\# ~b}tail\\{")
    assert question.title is None
    assert question.text.text == "::no title:: {} \n \\n \\\\ \\d_____tail{"
    assert isinstance(question.answers, ChoiceAnswers)
    assert question.answers.answers[0].text.text == "=~#"


def test_a_backslash_before_the_last_brace_escapes_only_if_it_is_alone() -> None:
    assert answers_of("=a\\\\") == ShortAnswers((Answer(1, moodle("a\\"), 100, alone=True),))
    assert "no }" in fail_one("Q{=a\\}")[1]


def test_titles_may_span_lines_and_have_single_colons() -> None:
    assert parse_one("::a: b\nc::Q{T}").title == "a: b\nc"
    assert parse_one("::::Q{T}").title == ""


def test_text_after_the_braces_leaves_a_blank_in_their_place() -> None:
    assert parse_one("a {=b} c").text.text == "a _____ c"
    assert parse_one("a {=b}\n").text.text == "a"


def test_comments_are_left_out_wherever_they_stand() -> None:
    question = parse_one("Q\n  // no\nR{\n// no }\n=a\n\t//no\n~b}")
    assert question.text.text == "Q\nR"
    assert isinstance(question.answers, ChoiceAnswers)
    assert [answer.line for answer in question.answers.answers] == [5, 7]


def test_a_category_is_that_of_the_questions_after_it() -> None:
    items = list(parse_gift("A{T}\n\n$CATEGORY: a/b\\:c\n\nB{T}\n\nC{T}\n\n$CATEGORY: d\nD{T}"))
    assert [item.category for item in items if isinstance(item, GiftQuestion)] == [
        *("", "a/b:c", "a/b:c", "d")
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_known(end: str) -> None:
    items = list(parse_gift(f"\ufeffA{end}B{{T}}{end} {end}C{{F}}"))
    assert [item.line for item in items] == [1, 4]
    assert isinstance(items[0], GiftQuestion)
    assert items[0].text.text == "A\nB"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Q{=a", 1, "no } at their end"),
        ("Q\n{\n=a\n\nB{T}", 2, "no } at their end"),
        ("Q\n=a}", 2, "without a {"),
        ("a}b{T}", 1, "without a {"),
        ("Q{=a{b}", 1, "within the answers"),
        ("Q{T}\nand {F}", 2, "after the answers"),
        ("Q{T}}", 1, "after the answers"),
        ("::Q{T}", 1, "title"),
        ("Q{a ~b}", 1, "begins with"),
        ("Q{=a" + " ~b" * 100 + "}", 1, "at most 100 answers"),
        ("Q{" + "=a" * 101 + "}", 1, "at most 100 answers"),
        ("Q{\n=a\n~\n~b}", 3, "says nothing"),
        ("Q{=}", 1, "says nothing"),
        ("Q{=#yes}", 1, "says nothing"),
        ("Q{=a\n=%101%b}", 2, "from -100 to 100"),
        ("Q{=a->b\n=c}", 2, "->"),
        ("Q{=a->b =c->}", 1, "->"),
        ("Q{=a->b}", 1, "two pairs"),
        ("Q{#}", 1, "missing"),
        ("Q{#~#no}", 1, "missing"),
        ("Q{#=1\n=x}", 2, "3.14"),
        ("Q{#1:x}", 1, "3.14"),
        ("Q{#1:}", 1, "3.14"),
        ("Q{#..}", 1, "3.14"),
        ("Q{#3..1}", 1, "smaller"),
        ("Q{#nan}", 1, "3.14"),
        ("Q{#1_000}", 1, "3.14"),
        ("Q{#\u0661}", 1, "3.14"),
        ("Q{#1e9999}", 1, "3.14"),
        ("Q{#" + "9" * 5000 + "}", 1, "3.14"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, words: str) -> None:
    item = next(iter(parse_gift(text)))
    assert isinstance(item, GiftError)
    assert item.line == line
    assert words in item.message
    assert str(item) == f"line {line}: {item.message}"


def test_a_wrong_question_does_not_hide_the_others() -> None:
    items = list(parse_gift("A{T}\n\nB{\n\nC{F}"))
    assert [(type(item), item.line) for item in items] == [
        (GiftQuestion, 1),
        (GiftError, 3),
        (GiftQuestion, 5),
    ]


signs = st.sampled_from(
    [*"\\~=#{}:%[]->/ \n\ra1.", "\n\n", "::", "####", "->", "//", "%50%", "..", "{#", "{T}"]
)


@given(st.lists(signs, max_size=40).map("".join))
def test_no_text_raises_anything(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for item in parse_gift(text):
        assert 1 <= item.line <= lines


HOSTILE = [
    *("\\", "{", "}", "~", "=", "%", "#", ":", "[", "\n", " ", "/", "a", "-", ">", "9", "."),
    *(
        "\\n",
        "\\\\",
        "::",
        "{}",
        "~=",
        "%1",
        "%1%",
        "~%1%",
        "####",
        "->",
        "=a->b",
        "//\n",
        "a{T}\n\n",
    ),
    *(
        "a\n\n",
        "a{\n\n",
        "a}\n\n",
        "$CATEGORY: a\n",
        "$CATEGORY:\n\n",
        "[html]",
        "=%50%a#b ",
        "~a\n",
        "a\n",
    ),
    *("{#1", "=1:1", "=1..1", "1e9", "\t\n", "\r", "T#"),
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("Q{", "}"), ("Q{=a", "~b}"), ("Q{#", "}")]
)
def test_no_file_takes_long(piece: str, before: str, after: str) -> None:
    text = before + piece * (FILE_SIZE // len(piece)) + after
    begin = time.process_time()
    for _ in parse_gift(text):
        pass
    # Far more than it takes, and far less than it would if its time grew with the square of the length.
    assert time.process_time() - begin < 8
