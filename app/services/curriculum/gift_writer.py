"""Writing questions as GIFT, so that Moodle and our own reader take them for what they are."""

from collections.abc import Iterator, Sequence
from typing import Final

from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)

_ESCAPES: Final = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"} | {"\n": "\\n"})
_FORMAT: Final = "[markdown]"
_MOST_EXACT_WHOLE: Final = 2**53


def write_question(question: Question) -> str | None:
    """A question as GIFT, without blank lines; None if GIFT can't say it.

    It can't say that case matters, nor an answer to be typed in which contains ``->``: that makes
    matching of it, and can't be escaped.
    """
    answers = _write_answers(question)
    if answers is None:
        return None
    title = f"::{question.key}::" if question.key else ""
    lines = [*answers, *_write_explanation(question.explanation), "}"]
    return f"{title}{_FORMAT}{_write_text(question.prompt)} " + "\n".join(lines)


def _write_answers(question: Question) -> Sequence[str] | None:
    """The opening brace and the answers, a line each."""
    match question:
        case SingleChoiceQuestion():
            return ["{", f"\t={_write_answer(question.right)}", *_write_wrong(question.wrong, "~")]
        case MultipleChoiceQuestion():
            # Moodle adds the weights up: whoever chooses a wrong one as well has nothing.
            share = _write_weight(100 / len(question.right))
            rights = [f"\t~{share}{_write_answer(text)}" for text in question.right]
            return ["{", *rights, *_write_wrong(question.wrong, "~%-100%")]
        case TrueFalseQuestion():
            return ["{TRUE" if question.answer else "{FALSE"]
        case NumberQuestion():
            return [f"{{#{_write_number(question.answer)}:{_write_number(question.tolerance)}"]
        case ShortTextQuestion():
            return _write_accepted(question)


def _write_wrong(texts: Sequence[str], sign: str) -> Iterator[str]:
    return (f"\t{sign}{_write_answer(text)}" for text in texts)


def _write_accepted(question: ShortTextQuestion) -> Sequence[str] | None:
    if question.case_sensitive or any("->" in form for form in question.accept):
        return None
    # To Moodle a * stands for any text, and a backslash before it makes it a *.
    forms = (form.replace("*", "\\*") for form in question.accept)
    return ["{", *(f"\t={_write_answer(form)}" for form in forms)]


def _write_explanation(text: str) -> Sequence[str]:
    return [f"\t####{_mark(text)}{_write_text(text)}"] if text else []


def _write_answer(text: str) -> str:
    return _mark(text) + _write_text(text)


def _mark(text: str) -> str:
    """A format, if the text could be taken to begin with one, or with a weight."""
    return _FORMAT if text.startswith(("[", "%")) else ""


def _write_text(text: str) -> str:
    # Readers drop space where a text begins, but not a line end that is escaped.
    lead = "\\n" if text.startswith((" ", "\t")) else ""
    return lead + text.translate(_ESCAPES)


def _write_weight(percent: float) -> str:
    """With five digits at most: Moodle knows a third as 33.33333."""
    return "%" + f"{percent:.5f}".rstrip("0").rstrip(".") + "%"


def _write_number(number: float) -> str:
    whole = number.is_integer() and abs(number) < _MOST_EXACT_WHOLE
    return str(int(number)) if whole else repr(number)
