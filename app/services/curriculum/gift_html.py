"""HTML as Moodle's editor writes it into questions, as Markdown."""

import html
import re
from typing import Final

from app.services.curriculum.gift_types import BLANK

_TAG: Final = re.compile(r"(<[^<>]*>)")
_NAME: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]*)")
_SPACES: Final = re.compile(r"\s+")
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|#]")
_LEADING: Final = re.compile(r"^([0-9]{0,9})([-+=.)])", re.MULTILINE)
# Python refuses to read numbers of thousands of digits, and no character has so high a one.
_LONG_REFERENCE: Final = re.compile(r"&(?=#[0-9]{8})")
_BREAK: Final = "\v"  # can't be in the words: their space is made one
_MARKS: Final = {
    **dict.fromkeys(("p", "div"), ("\n\n", "\n\n")),
    **dict.fromkeys(("b", "strong"), ("**", "**")),
    **dict.fromkeys(("i", "em"), ("*", "*")),
    "br": (_BREAK, ""),
    "code": ("`` ", " ``"),  # so that a single ` may stand in it
    "span": ("", ""),
}


class UnsupportedTagError(ValueError):
    """A tag that can't be said in Markdown without loss; ``tag`` is its name."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def read_html(text: str) -> str:
    """Markdown that says the same: paragraphs, line breaks, bold, italic and code.

    Raises:
        UnsupportedTagError: it has other tags (pictures, tables, lists, ...).
    """
    parts: list[str] = []
    in_code = False
    for piece in _TAG.split(text):
        name = _NAME.match(piece)
        if name:
            tag, closing = name[1].lower(), piece.startswith("</")
            if tag not in _MARKS:
                raise UnsupportedTagError(tag)
            parts.append(_MARKS[tag][closing])
            in_code = not closing if tag == "code" else in_code
        elif not piece.startswith("<!--"):
            parts.append(_read_words(piece, in_code=in_code))
    paragraphs = (paragraph.strip() for paragraph in "".join(parts).split("\n\n"))
    return "\n\n".join(_finish(paragraph) for paragraph in paragraphs if paragraph)


def _read_words(piece: str, *, in_code: bool) -> str:
    words = _SPACES.sub(" ", html.unescape(_LONG_REFERENCE.sub("&amp;", piece)))
    if in_code:
        return words
    return _SPECIAL.sub(r"\\\g<0>", words).replace("\\_" * len(BLANK), BLANK)


def _finish(paragraph: str) -> str:
    """Its line breaks, and nothing at the start of a line that would make a list or a heading of it."""
    return _LEADING.sub(r"\1\\\2", paragraph.replace(_BREAK, "\\\n"))
