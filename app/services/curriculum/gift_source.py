"""Pieces of GIFT text that know where they stand, and which of their characters are escaped."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from typing import Final, Self

from app.services.curriculum.gift_types import GiftError, GiftText, TextFormat

MAX_ANSWERS: Final = 100
"""Of one question; also bounds what a file made to be slow can cost."""

SPACE: Final = " \t\r\n"
_ESCAPE: Final = re.compile(r"\\([\\~=#{}:n])")
_FILLER: Final = "xx"  # as long as an escape, and nothing that GIFT gives a meaning


def remove_escapes(raw: str) -> str:
    """The text that was meant. A backslash before any other character is just a backslash."""
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], raw)


def read_text(raw: str, default: TextFormat) -> GiftText:
    """A text as written: its format in brackets if it has one, space around it dropped."""
    raw = raw.strip(SPACE)
    for name in TextFormat:
        mark = f"[{name}]"
        if raw.startswith(mark):
            return GiftText(remove_escapes(raw[len(mark) :].strip(SPACE)), name)
    return GiftText(remove_escapes(raw), default)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a question: where each begins within its text, and its number in the file."""

    starts: Sequence[int]
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a question.

    ``mask`` is as long as ``raw`` and equal to it but for the escaped characters, which are hidden: what
    gives the piece its structure is looked for there. So no text has to be scanned twice.
    """

    raw: str
    mask: str
    start: int
    lines: _Lines

    @classmethod
    def from_lines(cls, lines: Iterable[tuple[int, str]]) -> Self:
        """The whole of a question, from its lines and their numbers; at least one."""
        numbers, texts = zip(*lines, strict=True)
        starts = (0, *accumulate(len(text) + 1 for text in texts))
        raw = "\n".join(texts)
        return cls(raw, _ESCAPE.sub(_FILLER, raw), 0, _Lines(starts[:-1], numbers))

    @property
    def line(self) -> int:
        """The line of the file on which it begins."""
        return self.lines.numbers[max(bisect_right(self.lines.starts, self.start) - 1, 0)]

    def cut(self, begin: int, end: int | None = None) -> "Snippet":
        """A part of it."""
        part = slice(begin, end)
        return Snippet(self.raw[part], self.mask[part], self.start + begin, self.lines)

    def strip(self) -> "Snippet":
        """Without space around it."""
        end = len(self.raw.rstrip(SPACE))
        begin = end - len(self.raw[:end].lstrip(SPACE))
        return self.cut(begin, end)

    def split(self, sign: str) -> tuple["Snippet", "Snippet | None"]:
        """What stands before the first such sign, and after it; None if there is no such sign."""
        found = self.mask.find(sign)
        return self._split_at(found, sign)

    def split_last(self, sign: str) -> tuple["Snippet", "Snippet | None"]:
        """What stands before the last such sign, and after it; None if there is no such sign."""
        return self._split_at(self.mask.rfind(sign), sign)

    def split_before(self, signs: re.Pattern[str]) -> list["Snippet"]:
        """What stands before the first of the signs (maybe nothing), then a piece from each sign on.

        Raises:
            GiftError: there are more pieces than any question has.
        """
        found = [sign.start() for sign in islice(signs.finditer(self.mask), MAX_ANSWERS + 1)]
        if len(found) > MAX_ANSWERS:
            raise self.error(f"a question has at most {MAX_ANSWERS} answers")
        return [self.cut(begin, end) for begin, end in pairwise([0, *found, len(self.mask)])]

    def error(self, message: str) -> GiftError:
        """To be raised: what is wrong here."""
        return GiftError(self.line, message)

    def _split_at(self, found: int, sign: str) -> tuple["Snippet", "Snippet | None"]:
        if found < 0:
            return self, None
        return self.cut(0, found), self.cut(found + len(sign))
