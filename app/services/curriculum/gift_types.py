"""What a GIFT file says, question by question, before anybody asks whether it can be graded here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

BLANK: Final = "_____"
"""Stands in a question's text where the answers stood (Moodle's "missing word")."""

FULL_WEIGHT: Final = 100.0


class GiftError(Exception):
    """Text that is not GIFT. ``line`` is counted from 1; ``message`` is for the one who wrote it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class TextFormat(StrEnum):
    """How a text is marked up. Without a mark it is Moodle's own: HTML whose line ends count."""

    HTML = "html"
    MOODLE = "moodle"
    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class GiftText:
    """A text without its escapes, with the format that it was given or takes from its question."""

    text: str
    format: TextFormat = TextFormat.MOODLE


@dataclass(frozen=True, slots=True)
class Answer:
    """One of several answers.

    ``weight`` is in percent, -100 to 100. ``alone`` is true of those written with ``=``: choosing one
    of these is enough.
    """

    line: int
    text: GiftText
    weight: float
    alone: bool
    feedback: GiftText | None = None


@dataclass(frozen=True, slots=True)
class NumericalAnswer:
    """A number, right within ``tolerance``. A range is its middle and half its width."""

    line: int
    number: float
    tolerance: float
    weight: float
    feedback: GiftText | None = None


@dataclass(frozen=True, slots=True)
class ChoiceAnswers:
    """Answers to choose from."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class ShortAnswers:
    """Answers that are typed in."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class TrueFalseAnswer:
    """Whether the statement is true, and what is said to those who were wrong and right about it."""

    answer: bool
    wrong_feedback: GiftText | None = None
    right_feedback: GiftText | None = None


@dataclass(frozen=True, slots=True)
class NumericalAnswers:
    """Numbers that are typed in."""

    answers: tuple[NumericalAnswer, ...]
    wrong_feedback: GiftText | None = None


@dataclass(frozen=True, slots=True)
class MatchingPairs:
    """What belongs together. An empty left side is one more wrong choice for the right side."""

    pairs: tuple[tuple[GiftText, str], ...]


@dataclass(frozen=True, slots=True)
class Essay:
    """A long answer, graded by people."""


@dataclass(frozen=True, slots=True)
class Description:
    """Text between questions: nothing is asked."""


Answers: TypeAlias = (
    ChoiceAnswers
    | ShortAnswers
    | TrueFalseAnswer
    | NumericalAnswers
    | MatchingPairs
    | Essay
    | Description
)


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """A question of a file, and the line on which it begins (comments before it don't count)."""

    line: int
    text: GiftText
    answers: Answers
    title: str | None = None
    general_feedback: GiftText | None = None
    category: str = ""
    """The path of the last ``$CATEGORY:`` line before it."""
