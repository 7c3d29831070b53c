"""Reading GIFT, the text format of Moodle's quizzes (https://docs.moodle.org/en/GIFT_format).

Where the documentation leaves something open this follows what Moodle's own reader does, but says that
something is wrong where that one guesses: at a brace too many, a title without an end, a choice without
a sign. The time it takes grows with the length of the text, whatever that says.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from app.services.curriculum.gift_answers import read_answers
from app.services.curriculum.gift_source import SPACE, Snippet, read_text, remove_escapes
from app.services.curriculum.gift_types import (
    BLANK,
    Description,
    GiftError,
    GiftQuestion,
    TextFormat,
)

_CATEGORY: Final = "$CATEGORY:"


def parse_gift(text: str) -> Iterator[GiftQuestion | GiftError]:
    """The questions of a file in their order, with an error in the place of each that can't be read.

    Errors are given, not raised, so that one wrong question does not hide the others. Each item is read
    when it is asked for.
    """
    for category, lines in _split_questions(text):
        try:
            yield _read_question(Snippet.from_lines(lines), category)
        except GiftError as error:
            yield error


def _split_questions(text: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """The numbered lines of each question, without comments, and the category that it is in."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    category = ""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(chain(text.split("\n"), [""]), start=1):
        bare = line.strip(SPACE)
        if bare.startswith("//"):
            continue
        if not lines and bare.startswith(_CATEGORY):
            category = remove_escapes(bare.removeprefix(_CATEGORY).strip(SPACE))
        elif bare:
            lines.append((number, line))
        elif lines:
            yield category, lines
            lines = []


def _read_question(source: Snippet, category: str) -> GiftQuestion:
    title, rest = _take_title(source.strip())
    head, body, tail = _split_braces(rest)
    if body is None:
        text = read_text(head.raw, TextFormat.MOODLE)
        return GiftQuestion(source.line, text, Description(), title, category=category)
    blank = BLANK if tail.raw else ""
    text = read_text(f"{head.raw}{blank}{tail.raw}", TextFormat.MOODLE)
    body, remark = body.split_last("####")
    feedback = read_text(remark.raw, text.format) if remark else None
    return GiftQuestion(
        source.line,
        text,
        read_answers(body, text.format),
        title,
        feedback if feedback and feedback.text else None,
        category,
    )


def _take_title(source: Snippet) -> tuple[str | None, Snippet]:
    if not source.mask.startswith("::"):
        return None, source
    title, rest = source.cut(2).split("::")
    if rest is None:
        raise source.error("the title has no :: at its end")
    return remove_escapes(title.raw.strip(SPACE)), rest.strip()


def _split_braces(source: Snippet) -> tuple[Snippet, Snippet | None, Snippet]:
    """What stands before, between and after the braces; without braces, None for what is between."""
    head, rest = source.split("{")
    if "}" in head.mask:
        raise head.cut(head.mask.index("}")).error(
            "a } without a { before it; as text it is written \\}"
        )
    if rest is None:
        return head, None, source.cut(len(source.raw))
    body, tail = rest.split("}")
    if tail is None:
        raise rest.error("the answers have no } at their end (a blank line ends a question)")
    for part, place in ((body, "within"), (tail, "after")):
        extra = min((at for at in map(part.mask.find, "{}") if at >= 0), default=None)
        if extra is not None:
            raise part.cut(extra).error(
                f"a brace {place} the answers; as text it is written \\{{ or \\}}"
            )
    return head, body, tail
