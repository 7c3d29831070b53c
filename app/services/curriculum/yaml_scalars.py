"""How plain words are read in YAML, and how text has to be written so that it stays text."""

import re
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What a YAML file must not contain but as an escape.

Beyond what YAML forbids these are the line ends of YAML 1.1 that are none in 1.2 (parsers differ), and
the byte order mark, which nobody sees.
"""

_WORDS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_WHOLE = re.compile(r"[-+]?[0-9]{1,40}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_STARTS = frozenset("-+.0123456789")

# What YAML 1.1 takes for something else, too: other tools may read the file.
_MISREAD = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_PLAIN = re.compile(r"[^\W\d_](?:[^\n\r\t:#]|:(?=[^\n\r\t ])|(?<! )#)*(?<! )")
_ESCAPED = re.compile(f'["\\\\\n\t\r]|{UNPRINTABLE.pattern}')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def resolve_plain(text: str) -> Scalar:
    """The value of an unquoted scalar by the core schema of YAML 1.2 (10.3.2).

    Only decimal numbers are known, and no infinity: everything else (``yes``, ``0x1F``, ``1:30``,
    dates) is text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    # Whole numbers too long to count with come here, too.
    return float(text) if _FLOAT.fullmatch(text) else text


def is_plain(text: str) -> bool:
    """Whether text may stand unquoted: only where no YAML parser could misunderstand it."""
    return (
        _PLAIN.fullmatch(text) is not None
        and UNPRINTABLE.search(text) is None
        and text.lower() not in _MISREAD
    )


def is_block(text: str) -> bool:
    """Whether text may be written as a literal block without an indentation indicator.

    Lines of nothing but spaces are left to quotes: editors take such spaces away.
    """
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all(line.strip(" \t") or not line for line in lines)
        and lines[0][:1] not in {"", " ", "\t"}
        and lines[-1] != ""
        and "\r" not in text
        and UNPRINTABLE.search(text) is None
    )


def quote(text: str) -> str:
    """Text in double quotes on one line: valid JSON, too."""
    escaped = _ESCAPED.sub(lambda found: _escape(found.group()), text)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"
