"""Reading what stands between the braces of a GIFT question."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.services.curriculum.gift_source import SPACE, Snippet, read_text, remove_escapes
from app.services.curriculum.gift_types import (
    FULL_WEIGHT,
    Answer,
    Answers,
    ChoiceAnswers,
    Essay,
    GiftText,
    MatchingPairs,
    NumericalAnswer,
    NumericalAnswers,
    ShortAnswers,
    TextFormat,
    TrueFalseAnswer,
)

_TRUTHS: Final = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_CHOICE_SIGNS: Final = re.compile("[=~]")
_EQUALS: Final = re.compile("=")
_WEIGHT: Final = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,9})?)%")
# Of bounded length, so that no text makes arithmetic costly.
_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)


def read_answers(body: Snippet, form: TextFormat) -> Answers:
    """What kind of answers these are, told by their signs, and the answers.

    Args:
        body: the text between the braces, without general feedback.
        form: the format of the question's text, which the others take over.

    Raises:
        GiftError: they can't be understood.
    """
    body = body.strip()
    if not body.raw:
        return Essay()
    if body.mask.startswith("#"):
        return _read_numerical(body.cut(1), form)
    if "~" in body.mask:
        return _read_choices(body, form)
    if "=" in body.mask and "->" in body.mask:
        return _read_matching(body, form)
    truth, *_ = body.mask.split("#", 1)
    if truth.strip(SPACE) in _TRUTHS:
        return _read_truth(body, form)
    return ShortAnswers(tuple(_read_answer(piece, form) for piece in _pieces(body)))


def _read_choices(body: Snippet, form: TextFormat) -> ChoiceAnswers:
    head, *pieces = body.split_before(_CHOICE_SIGNS)
    if head.raw:
        raise head.error("each answer begins with = or ~")
    return ChoiceAnswers(tuple(_read_answer(piece, form) for piece in pieces))


def _pieces(body: Snippet) -> Sequence[Snippet]:
    """The answers, each from its = on; the first may go without."""
    head, *pieces = body.split_before(_EQUALS)
    return pieces if not head.raw.strip(SPACE) else (head, *pieces)


def _read_answer(piece: Snippet, form: TextFormat) -> Answer:
    alone = not piece.mask.startswith("~")
    rest, weight = _take_weight(_without_sign(piece), FULL_WEIGHT if alone else 0.0)
    raw, feedback = rest.split("#")
    text = read_text(raw.raw, form)
    if not text.text:
        raise piece.error("an answer says nothing")
    return Answer(piece.line, text, weight, alone, _read_feedback(feedback, form))


def _without_sign(piece: Snippet) -> Snippet:
    return piece.cut(1).strip() if piece.mask.startswith(("=", "~")) else piece.strip()


def _take_weight(piece: Snippet, default: float) -> tuple[Snippet, float]:
    found = _WEIGHT.match(piece.mask)
    if not found:
        return piece, default
    weight = float(found[1])
    if abs(weight) > FULL_WEIGHT:
        raise piece.error("the weight of an answer is from -100 to 100 percent")
    return piece.cut(found.end()), weight


def _read_feedback(feedback: Snippet | None, form: TextFormat) -> GiftText | None:
    """None for feedback that is not there, or empty."""
    text = read_text(feedback.raw, form) if feedback else None
    return text if text and text.text else None


def _read_truth(body: Snippet, form: TextFormat) -> TrueFalseAnswer:
    truth, feedback = body.split("#")
    wrong, right = feedback.split("#") if feedback else (None, None)
    return TrueFalseAnswer(
        _TRUTHS[truth.raw.strip(SPACE)],
        wrong_feedback=_read_feedback(wrong, form),
        right_feedback=_read_feedback(right, form),
    )


def _read_matching(body: Snippet, form: TextFormat) -> MatchingPairs:
    pieces = _pieces(body)
    if len(pieces) < 2:
        raise body.error("matching needs two pairs or more")
    return MatchingPairs(tuple(_read_pair(piece, form) for piece in pieces))


def _read_pair(piece: Snippet, form: TextFormat) -> tuple[GiftText, str]:
    left, right = _without_sign(piece).split("->")
    answer = remove_escapes(right.raw.strip(SPACE)) if right else ""
    if not answer:
        raise piece.error("in matching each pair is written as = question -> answer")
    return read_text(left.raw, form), answer


def _read_numerical(body: Snippet, form: TextFormat) -> NumericalAnswers:
    numbers, wrong = body.split("~")
    pieces = _pieces(numbers)
    if not pieces:
        raise body.error("the number that is the answer is missing")
    feedback = wrong.split("#")[1] if wrong else None
    return NumericalAnswers(
        tuple(_read_number(piece, form) for piece in pieces), _read_feedback(feedback, form)
    )


def _read_number(piece: Snippet, form: TextFormat) -> NumericalAnswer:
    rest, weight = _take_weight(_without_sign(piece), FULL_WEIGHT)
    raw, feedback = rest.split("#")
    number, tolerance = _read_range(remove_escapes(raw.raw.strip(SPACE)), piece)
    return NumericalAnswer(piece.line, number, tolerance, weight, _read_feedback(feedback, form))


def _read_range(text: str, piece: Snippet) -> tuple[float, float]:
    low, dots, high = text.partition("..")
    if not dots:
        number, colon, tolerance = text.partition(":")
        return float(_decimal(number, piece)), float(_decimal(tolerance if colon else "0", piece))
    # Decimal, so that the middle of 0.1 and 0.3 is 0.2 and both ends are still within.
    first, last = _decimal(low, piece), _decimal(high, piece)
    if first > last:
        raise piece.error("a range goes from the smaller number to the larger one")
    return float((first + last) / 2), float((last - first) / 2)


def _decimal(text: str, piece: Snippet) -> Decimal:
    text = text.strip(SPACE)
    if not _NUMBER.fullmatch(text):
        raise piece.error(
            "a number is written as 3.14, with a tolerance as 3.14:0.01, as a range as 3..4"
        )
    return Decimal(text)
