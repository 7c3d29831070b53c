"""Whether an answer to a question is right: pure functions over the definition of the question."""

import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from app.core.curriculum import MAX_ANSWER_LENGTH, MAX_NUMBER
from app.schemas.answers import GivenAnswer, RightAnswer
from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
)
from app.services.course_errors import BadAnswersError
from app.services.curriculum.questions import id_of_choice, list_choices

__all__ = ["GivenAnswer", "RightAnswer", "check_answer", "show_right_answer"]

_Choices: TypeAlias = SingleChoiceQuestion | MultipleChoiceQuestion

_EXPECTED: Mapping[type[Question], str] = {
    SingleChoiceQuestion: "A single_choice question is answered with the id of one of its choices.",
    MultipleChoiceQuestion: (
        "A multiple_choice question is answered with a list of ids of its choices: at least one, none twice."
    ),
    TrueFalseQuestion: "A true_false question is answered with true or false.",
    NumberQuestion: "A number question is answered with a number from -1e15 to 1e15.",
    ShortTextQuestion: (
        f"A short_text question is answered with a text of 1 to {MAX_ANSWER_LENGTH} characters."
    ),
}


def check_answer(question: Question, answer: GivenAnswer) -> bool:
    """Whether the answer is right.

    Raises:
        BadAnswersError: it is no answer to a question of this kind, or none of the question's choices.
    """
    match question:
        case SingleChoiceQuestion(right=right):
            return _read_choices(question, [answer]) == {id_of_choice(right)}
        case MultipleChoiceQuestion(right=rights):
            return _read_choices(question, answer) == {id_of_choice(text) for text in rights}
        case TrueFalseQuestion():
            return _read_bool(question, answer) is question.answer
        case NumberQuestion():
            return _is_within(question, _read_number(question, answer))
        case ShortTextQuestion():
            return _is_accepted(question, _read_text(question, answer))


def show_right_answer(question: Question) -> RightAnswer:
    """What is shown once the question was answered: the texts of the right choices, or what is accepted."""
    match question:
        case SingleChoiceQuestion(right=right):
            return [right]
        case MultipleChoiceQuestion(right=rights):
            return list(rights)
        case ShortTextQuestion(accept=accept):
            return list(accept)
        case _:
            return question.answer


def _refuse(question: Question) -> BadAnswersError:
    return BadAnswersError(_EXPECTED[type(question)])


def _read_choices(question: _Choices, answer: GivenAnswer | Sequence[GivenAnswer]) -> set[str]:
    """The ids that were chosen."""
    if not isinstance(answer, list) or not answer:
        raise _refuse(question)
    known = {id_of_choice(text) for text in list_choices(question)}
    chosen = {item for item in answer if isinstance(item, str) and item in known}
    # What is not known, and what is there twice, is missing from the set.
    if len(chosen) < len(answer):
        raise _refuse(question)
    return chosen


def _read_bool(question: TrueFalseQuestion, answer: GivenAnswer) -> bool:
    if not isinstance(answer, bool):
        raise _refuse(question)
    return answer


def _read_number(question: NumberQuestion, answer: GivenAnswer) -> Fraction:
    # To Python a bool is an int.
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise _refuse(question)
    # Written so that NaN is refused too.
    if not -MAX_NUMBER <= answer <= MAX_NUMBER:
        raise _refuse(question)
    return _take_as_written(answer)


def _take_as_written(number: float) -> Fraction:
    """The number exactly as people write it in decimal: binary fractions make 0.8 - 0.5 more than 0.3."""
    return Fraction(repr(number))


def _is_within(question: NumberQuestion, given: Fraction) -> bool:
    distance = abs(given - _take_as_written(question.answer))
    return distance <= _take_as_written(question.tolerance)


def _read_text(question: ShortTextQuestion, answer: GivenAnswer) -> str:
    if not isinstance(answer, str) or not 1 <= len(answer.strip()) <= MAX_ANSWER_LENGTH:
        raise _refuse(question)
    return answer


def _is_accepted(question: ShortTextQuestion, given: str) -> bool:
    fold = _tidy if question.case_sensitive else _fold
    return fold(given) in {fold(form) for form in question.accept}


def _tidy(text: str) -> str:
    """Runs of white space as one space, none around, and one way to write each character."""
    return " ".join(_drop_invisible(unicodedata.normalize("NFC", text)).split())


def _fold(text: str) -> str:
    """The same for texts that differ in case, width, ligatures or white space only.

    Unicode's compatibility caseless matching (The Unicode Standard, definition D146).
    """
    for form in ("NFD", "NFKD"):
        text = unicodedata.normalize(form, text).casefold()
    return " ".join(_drop_invisible(unicodedata.normalize("NFKD", text)).split())


def _drop_invisible(text: str) -> str:
    """Without marks of writing direction and the like, which keyboards and copying put in unseen."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")
