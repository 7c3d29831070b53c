import time

import pytest

from app.core.curriculum import MAX_CHOICES, MAX_PROMPT_LENGTH, MAX_QUESTIONS
from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.curriculum.gift_questions import (
    MAX_GIFT_PROBLEMS,
    read_gift_quiz,
    write_gift_quiz,
)
from tests.services.curriculum import gift_examples


def read_one(text: str) -> Question:
    questions, problems = read_gift_quiz(text)
    assert not problems
    [found] = questions
    return found.question


def refuse_one(text: str) -> tuple[int, str]:
    questions, problems = read_gift_quiz(text)
    assert not questions
    [problem] = problems
    return problem


@pytest.mark.parametrize(("text", "answer"), gift_examples.TRUE_FALSE.items())
def test_documented_true_and_false(text: str, answer: bool) -> None:
    question = read_one(text)
    assert isinstance(question, TrueFalseQuestion)
    assert question.answer is answer


@pytest.mark.parametrize(("text", "choices"), gift_examples.SINGLE_CHOICE.items())
def test_documented_choices_of_one(text: str, choices: tuple[str, tuple[str, ...]]) -> None:
    question = read_one(text)
    assert isinstance(question, SingleChoiceQuestion)
    assert (question.right, question.wrong) == choices


@pytest.mark.parametrize(("text", "choices"), gift_examples.MULTIPLE_CHOICE.items())
def test_documented_choices_of_several(
    text: str, choices: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    question = read_one(text)
    assert isinstance(question, MultipleChoiceQuestion)
    assert (question.right, question.wrong) == choices


@pytest.mark.parametrize(("text", "accept"), gift_examples.SHORT_TEXT.items())
def test_documented_short_answers(text: str, accept: tuple[str, ...]) -> None:
    question = read_one(text)
    assert isinstance(question, ShortTextQuestion)
    assert question.accept == accept
    assert not question.case_sensitive


@pytest.mark.parametrize(("text", "numbers"), gift_examples.NUMBER.items())
def test_documented_numbers(text: str, numbers: tuple[float, float]) -> None:
    question = read_one(text)
    assert isinstance(question, NumberQuestion)
    assert (question.answer, question.tolerance) == numbers


@pytest.mark.parametrize(
    "text", [*gift_examples.MATCHING, *gift_examples.ESSAYS, *gift_examples.DESCRIPTIONS]
)
def test_what_is_documented_but_has_no_grade_here_is_a_problem(text: str) -> None:
    _, message = refuse_one(text)
    assert "can't be graded here" in message or "no question" in message


def test_questions_and_problems_have_their_lines() -> None:
    questions, problems = read_gift_quiz(
        "// c\nA{T}\n\n$CATEGORY: x\n\nB{}\n\n\nC{\n~a\n~}\n\nD{F}"
    )
    assert [found.line for found in questions] == [2, 13]
    assert [line for line, _ in problems] == [6, 11]


def test_the_missing_word_leaves_a_blank_in_the_prompt() -> None:
    question = read_one("Grant is {~buried =entombed ~living} in Grant's tomb.")
    assert question.prompt == "Grant is _____ in Grant's tomb."
    assert read_one("[html]<p>It is {=b} there.</p>").prompt == "It is _____ there."


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("loops-1", "loops-1"),
        (" loops-1 ", "loops-1"),
        ("a" * 64, "a" * 64),
        ("a" * 65, None),
        ("Loops", None),
        ("a--b", None),
        ("a b", None),
        ("", None),
    ],
)
def test_a_title_is_the_key_if_it_has_the_form_of_one(title: str, key: str | None) -> None:
    assert read_one(f"::{title}::Q{{T}}").key == key


@pytest.mark.parametrize(
    ("text", "explanation"),
    [
        ("Q{=a#right ~b#wrong####general}", "general"),
        ("Q{=a#right ~b#wrong}", "right"),
        ("Q{=a ~b#wrong}", ""),
        ("Q{~%50%a#one ~%50%b#two}", ""),
        ("Q{~%100%a#one ~b#two}", "one"),
        ("Q{=%50%a#half =b#full =c#full too}", "full"),
        ("Q{#=%50%1#half =2#full}", "full"),
        ("Q{T#no#yes}", "yes"),
        ("Q{F#no}", ""),
        ("Q{F####general}", "general"),
    ],
)
def test_the_explanation_is_general_feedback_or_that_on_the_right_answer(
    text: str, explanation: str
) -> None:
    assert read_one(text).explanation == explanation


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Q{=a =b ~c}", 1, "exactly one"),
        ("Q{=%50%a ~b}", 1, "exactly one"),
        ("Q{~%50%a ~%25%b ~c}", 1, "make up 100 percent"),
        ("Q{~a ~b}", 1, "no answer is right"),
        ("Q{=%-50%a}", 1, "no answer is right"),
        ("Q{#=1 =2}", 1, "exactly one number"),
        ("Q{#=%0%1 =%0%2}", 1, "exactly one number"),
        ("Q{#1e300}", 1, "answer: "),
        ("Q{#1:-1}", 1, "tolerance: "),
        ("\n{T}", 2, "prompt: is empty"),
        ("Q{=a ~a}", 1, "has two equal choices"),
        ("Q{=a\n=b*}", 2, "any text"),
        ("Q{=*}", 1, "any text"),
        (f"{'a' * (MAX_PROMPT_LENGTH + 1)}{{T}}", 1, "prompt: is too long (at most 2000)"),
        (f"Q{{=a {' '.join(f'~{n}' for n in range(MAX_CHOICES))}}}", 1, "wrong: is too long"),
        (f"Q{{=a ~b ~{'c' * 501}}}", 1, "wrong 2: is too long"),
        ("Q\x00{T}", 1, "prompt: must not contain NUL"),
        ("Q{=\u200b}", 1, "accept 1: must contain something visible"),
        ("Q\ud800{T}", 1, "prompt: "),
        ("[html]<img src=x>{T}", 1, "<img>"),
        ("Q{=[html]<table> ~b}", 1, "<table>"),
        (f"[html]{'<b>' * 10_000}{{T}}", 1, "too long"),
    ],
)
def test_what_can_not_be_a_question_here_is_told(text: str, line: int, words: str) -> None:
    found, message = refuse_one(text)
    assert found == line
    assert words in message


def test_an_answer_of_several_lines_is_accepted_as_one_line() -> None:
    question = read_one("Q{=to be\n   or  not}")
    assert isinstance(question, ShortTextQuestion)
    assert question.accept == ("to be or  not",)


def test_an_escaped_asterisk_is_an_asterisk() -> None:
    question = read_one("Q{=\\*\\*}")
    assert isinstance(question, ShortTextQuestion)
    assert question.accept == ("**",)


def test_choices_and_explanations_in_html_become_markdown_and_typed_answers_stay() -> None:
    choice = read_one("[html]<p>Q</p>{=<b>a</b> ~[markdown]<i>####<em>c</em>}")
    assert isinstance(choice, SingleChoiceQuestion)
    assert (choice.prompt, choice.right, choice.wrong) == ("Q", "**a**", ("<i>",))
    assert choice.explanation == "*c*"
    typed = read_one("[html]<p>Q</p>{=<b>}")
    assert isinstance(typed, ShortTextQuestion)
    assert typed.accept == ("<b>",)


def test_reading_stops_after_as_many_questions_as_a_quiz_has() -> None:
    questions, problems = read_gift_quiz("Q{T}\n\n" * (MAX_QUESTIONS + 1))
    assert len(questions) == MAX_QUESTIONS
    assert problems == [(2 * MAX_QUESTIONS + 1, "a quiz has at most 50 questions")]


def test_reading_stops_after_so_many_problems() -> None:
    questions, problems = read_gift_quiz("Q{}\n\n" * 1000 + "Q{T}")
    assert not questions
    assert len(problems) == MAX_GIFT_PROBLEMS + 1


@pytest.mark.parametrize(
    "text",
    [
        "Q{T}\n\n" * 40_000,
        "Q{\n\n" * 60_000,
        "Q\n\n" * 80_000,
        "\\n" * 130_000 + "Q{T}",
        "Q{=a" + " ~b" * 80_000 + "}",
        "Q{" + "=b" * 120_000 + "}",
        "Q{=" + "*" * 260_000 + "}",
        "Q{=" + "\\*" * 130_000 + "}",
        "Q{=" + " \n" * 130_000 + "a}",
        "[html]" + "<b>" * 80_000 + "{T}",
        ("[html]" + "<" * 19_000 + "{T}\n\n") * 13,
        ("[html]" + "< " * 9_900 + "{T}\n\n") * 13,
        ("[html]&\\#" + "9" * 19_000 + ";{T}\n\n") * 13,
        ("[html]" + "&" * 19_000 + "{T}\n\n") * 13,
        ("[html]<" + " " * 19_000 + "{T}\n\n") * 13,
        ("[html]" + "<br>" * 4_900 + "{T}\n\n") * 13,
        "[html]Q{=a" + " ~<b>b" * 40_000 + "}",
    ],
)
def test_no_file_takes_long(text: str) -> None:
    begin = time.process_time()
    read_gift_quiz(text)
    assert time.process_time() - begin < 8


@pytest.mark.parametrize(
    "question",
    [
        ShortTextQuestion(kind="short_text", prompt="Q", accept=("A",), case_sensitive=True),
        ShortTextQuestion(kind="short_text", prompt="Q", accept=("a", "def f() -> int")),
    ],
)
def test_what_gift_can_not_say_is_not_written(question: Question) -> None:
    easy = TrueFalseQuestion(kind="true_false", prompt="Q", answer=True)
    assert write_gift_quiz([easy, question]) is None
    assert write_gift_quiz([easy]) == "[markdown]Q {TRUE\n}\n\n"
