"""Quizzes as GIFT: which of its questions can be graded here, and ours written as GIFT.

What GIFT can say and a quiz here can't:

* Matching, essays and descriptions (text without answers) are problems: nothing of a file is dropped
  in silence but categories, comments and titles that are no keys.
* There is no partial credit: only what is fully right is right. Choices with part of the weight are
  wrong beside one written with ``=``; where there is none, all those with a part of it have to be chosen
  together, if the parts make up the whole. Forms and numbers with part of the weight are left out.
* Feedback on single answers is left out, but for that on the right one: without general feedback it is
  the explanation.
* Texts marked ``[html]`` become Markdown (see ``gift_html``); all others are taken as Markdown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.core.curriculum import MAX_QUESTIONS
from app.schemas.curriculum import (
    Key,
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.curriculum.gift import parse_gift
from app.services.curriculum.gift_html import UnsupportedTagError, read_html
from app.services.curriculum.gift_types import (
    FULL_WEIGHT,
    Answer,
    ChoiceAnswers,
    Description,
    GiftError,
    GiftQuestion,
    GiftText,
    NumericalAnswers,
    ShortAnswers,
    TextFormat,
    TrueFalseAnswer,
)
from app.services.curriculum.gift_writer import write_question

MAX_GIFT_PROBLEMS: Final = 50
"""More than anybody mends in one sitting: the rest of the file is not read then."""

_ROUNDING: Final = 1.0
"""Per cent: three thirds are written as 33.33333 each."""
_MAX_HTML_LENGTH: Final = 20_000
_KEY: Final[TypeAdapter[str]] = TypeAdapter(Key)


@dataclass(frozen=True, slots=True)
class LocatedQuestion:
    """A question, and the line of the file on which it begins (from 1)."""

    line: int
    question: Question


def read_gift_quiz(text: str) -> tuple[Sequence[LocatedQuestion], Sequence[tuple[int, str]]]:
    """The questions of a GIFT file, and what is wrong with the others: lines (from 1) and messages.

    Reading stops where there are more questions than a quiz may have, and after `MAX_GIFT_PROBLEMS`
    problems. Whether two questions have the same key is for the quiz to say.
    """
    questions: list[LocatedQuestion] = []
    problems: list[tuple[int, str]] = []
    for item in parse_gift(text):
        if len(problems) >= MAX_GIFT_PROBLEMS:
            problems.append((item.line, "too many problems: the rest was not read"))
            break
        if len(questions) >= MAX_QUESTIONS:
            problems.append((item.line, f"a quiz has at most {MAX_QUESTIONS} questions"))
            break
        try:
            questions.append(LocatedQuestion(item.line, _read_question(item)))
        except GiftError as error:
            problems.append((error.line, error.message))
        except ValidationError as error:
            problems.append((item.line, _describe(error)))
    return questions, problems


def write_gift_quiz(questions: Sequence[Question]) -> str | None:
    """A GIFT file that `read_gift_quiz` reads as the same questions; None if GIFT can't say one of them.

    Keys that are given are written as titles.
    """
    written = [write_question(question) for question in questions]
    texts = [text for text in written if text is not None]
    return None if len(texts) < len(written) else "".join(f"{text}\n\n" for text in texts)


def _read_question(item: GiftQuestion | GiftError) -> Question:
    if isinstance(item, GiftError):
        raise item
    match item.answers:
        case ChoiceAnswers(answers):
            return _read_choices(item, answers)
        case ShortAnswers(answers):
            return _read_short(item, answers)
        case TrueFalseAnswer(answer, right_feedback=feedback):
            return TrueFalseQuestion(
                kind="true_false",
                key=_read_key(item),
                prompt=_read_markdown(item, item.text),
                explanation=_explain(item, feedback),
                answer=answer,
            )
        case NumericalAnswers() as numbers:
            return _read_number(item, numbers)
        case Description():
            raise GiftError(
                item.line, "text without answers in { } is no question: put it into the lesson"
            )
    raise GiftError(item.line, "this kind of question can't be graded here")


def _read_choices(item: GiftQuestion, answers: Sequence[Answer]) -> Question:
    if any(answer.alone for answer in answers):
        return _read_single(item, answers)
    rights = [answer for answer in answers if answer.weight > 0]
    if not rights:
        raise GiftError(item.line, "no answer is right: the right one begins with =")
    if abs(sum(answer.weight for answer in rights) - FULL_WEIGHT) > _ROUNDING:
        raise GiftError(item.line, "the parts of the right choices have to make up 100 percent")
    return MultipleChoiceQuestion(
        kind="multiple_choice",
        key=_read_key(item),
        prompt=_read_markdown(item, item.text),
        explanation=_explain(item, rights[0].feedback if len(rights) == 1 else None),
        right=tuple(_read_markdown(item, answer.text) for answer in rights),
        wrong=tuple(_read_markdown(item, answer.text) for answer in answers if answer.weight <= 0),
    )


def _read_single(item: GiftQuestion, answers: Sequence[Answer]) -> SingleChoiceQuestion:
    rights = [answer for answer in answers if answer.weight >= FULL_WEIGHT]
    if len(rights) != 1:
        raise GiftError(
            item.line,
            "of the choices exactly one has to begin with = (if several have to be chosen together,"
            " give each its part of 100 percent, such as ~%50%)",
        )
    return SingleChoiceQuestion(
        kind="single_choice",
        key=_read_key(item),
        prompt=_read_markdown(item, item.text),
        explanation=_explain(item, rights[0].feedback),
        right=_read_markdown(item, rights[0].text),
        wrong=tuple(
            _read_markdown(item, answer.text) for answer in answers if answer is not rights[0]
        ),
    )


def _read_short(item: GiftQuestion, answers: Sequence[Answer]) -> ShortTextQuestion:
    rights = [answer for answer in answers if answer.weight >= FULL_WEIGHT]
    if not rights:
        raise GiftError(item.line, "no answer is right")
    return ShortTextQuestion(
        kind="short_text",
        key=_read_key(item),
        prompt=_read_markdown(item, item.text),
        explanation=_explain(item, rights[0].feedback),
        accept=tuple(_read_form(answer) for answer in rights),
    )


def _read_form(answer: Answer) -> str:
    """An accepted form on one line. An escaped asterisk is one; any other would stand for any text."""
    line = " ".join(part.strip() for part in answer.text.text.split("\n")).strip()
    literal = line.replace("\\*", "")
    if "*" in literal:
        raise GiftError(
            answer.line, "a * stands for any text, which can't be graded here; write \\* for a *"
        )
    return line.replace("\\*", "*")


def _read_number(item: GiftQuestion, numbers: NumericalAnswers) -> NumberQuestion:
    rights = [answer for answer in numbers.answers if answer.weight >= FULL_WEIGHT]
    if len(rights) != 1:
        raise GiftError(item.line, "exactly one number (or range) has to be right")
    return NumberQuestion(
        kind="number",
        key=_read_key(item),
        prompt=_read_markdown(item, item.text),
        explanation=_explain(item, rights[0].feedback),
        answer=rights[0].number,
        tolerance=rights[0].tolerance,
    )


def _explain(item: GiftQuestion, feedback: GiftText | None) -> str:
    text = item.general_feedback or feedback
    return _read_markdown(item, text) if text else ""


def _read_key(item: GiftQuestion) -> str | None:
    """The title, if it has the form of a key."""
    try:
        return _KEY.validate_python(item.title)
    except ValidationError:
        return None


def _read_markdown(item: GiftQuestion, text: GiftText) -> str:
    if text.format is not TextFormat.HTML:
        return text.text
    if len(text.text) > _MAX_HTML_LENGTH:
        raise GiftError(item.line, "a text is too long")
    try:
        return read_html(text.text)
    except UnsupportedTagError as error:
        raise GiftError(
            item.line, f"<{error.tag}> can't be read: write Markdown in its place"
        ) from None


def _describe(error: ValidationError) -> str:
    """The first thing that is wrong with a question; mending it shows the next."""
    details = error.errors(include_url=False, include_input=False)[0]
    place = " ".join(str(part + 1 if isinstance(part, int) else part) for part in details["loc"])
    if details["type"].endswith("too_long"):
        message = f"is too long (at most {details['ctx']['max_length']})"
    elif details["type"].endswith("too_short"):
        message = "is empty"
    else:
        message = details["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
