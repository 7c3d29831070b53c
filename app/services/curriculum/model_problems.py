"""Pydantic's errors in the words of somebody who writes files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.services.curriculum.problems import show_text
from app.services.curriculum.yaml_tree import Node, find_line

_FIXED: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be text (put numbers, true, false and null in quotes)",
    "tuple_type": "must be a list",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "model_attributes_type": "must have fields (name: value)",
    "union_tag_not_found": "has no 'kind'",
}
_FORMS: Final = {
    "less_than_equal": "must be at most {le}",
    "greater_than_equal": "must be at least {ge}",
    "string_too_long": "must have at most {max_length} characters",
    "enum": "must be {expected}",
    "union_tag_invalid": "has a kind that is none of {expected_tags}",
}
_PATTERNS: Final = {"language": "must be the tag of a language, such as en or pt-BR"}
_KEY_PATTERN: Final = "must be lower-case letters and digits, with single hyphens between"
_VERBS: Final = ("must ", "is ", "has ")

Place = tuple[int | str, ...]


def describe_errors(
    error: ValidationError, node: Node, subject: str, tags: int = 0
) -> Iterator[tuple[Place, int, str]]:
    """Place, line and message of what is wrong with the value of a tree.

    Args:
        error: what Pydantic found.
        node: the tree that the value was made from.
        subject: what the tree as a whole is to be called.
        tags: how many parts at the front of each place are tags of unions.
    """
    found = error.errors(include_url=False, include_input=False)
    outer = {details["loc"][:end] for details in found for end in range(len(details["loc"]))}
    for details in found:
        if details["type"] == "too_short" and details["loc"] in outer:
            continue  # items that failed are not counted by Pydantic: their own errors are told
        place = details["loc"][tags:]
        line = find_line(node, ("kind",) if details["type"] == "union_tag_invalid" else place)
        yield place, line, _join(_name(place, subject), _say(details))


def _name(place: Place, subject: str) -> str:
    """The last field of a place, with the number of the item (from 1) if it is one of a list's."""
    names = [index for index, part in enumerate(place) if isinstance(part, str)]
    if not names:
        return subject
    label = show_text(str(place[names[-1]]))
    items: Sequence[Any] = place[names[-1] + 1 :]
    return f"{label}, item {items[0] + 1}," if items else label


def _join(label: str, message: str) -> str:
    if message.startswith(_VERBS):
        return f"{label} {message}"
    return f"{label.removesuffix(',')}: {message}"


def _say(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _FORMS:
        return _FORMS[kind].format_map(
            {
                name: f"{value:.0f}" if isinstance(value, float) else value
                for name, value in context.items()
            }
        )
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(details["loc"][-1]), _KEY_PATTERN)
    if kind in {"too_long", "too_short", "string_too_short"}:
        return _say_length(kind, context)
    return details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")


def _say_length(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "too_long":
        # Pydantic calls text a value where a validator stands before the limit.
        what = "items" if context["field_type"] == "Tuple" else "characters"
        return f"must have at most {context['max_length']} {what}"
    return "must not be empty"
