"""Writes YAML in one way only, that every parser reads alike and that people like to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.services.curriculum.yaml_scalars import is_block, is_plain, quote

_STEP = "  "


def write_yaml(fields: Mapping[str, Any]) -> str:
    """YAML of fields whose values are text, numbers, booleans, and lists of such or of fields."""
    return "".join(f"{line}\n" for line in _write_fields(fields, ""))


def _write_fields(fields: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, str | bool | int | float):
            yield from _write_scalar(f"{indent}{name}: ", value, indent + _STEP)
        else:
            yield f"{indent}{name}:"
            yield from _write_list(value, indent + _STEP)


def _write_list(items: Sequence[Any], indent: str) -> Iterator[str]:
    for item in items:
        start = f"{indent}- "
        if isinstance(item, Mapping):
            for line in _write_fields(item, indent + _STEP):
                # The first field stands on the line of the dash; blank lines are those of a block.
                yield start + line[len(start) :] if start else line
                start = ""
        else:
            yield from _write_scalar(start, item, indent + _STEP)


def _write_scalar(start: str, value: str | float, indent: str) -> Iterator[str]:
    if isinstance(value, str) and is_block(value):
        yield f"{start}|-"
        for line in value.split("\n"):
            yield indent + line if line else ""
    else:
        yield start + _format_scalar(value)


def _format_scalar(value: str | float) -> str:
    if isinstance(value, str):
        return str(value) if is_plain(value) else quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if value == int(value) else repr(value)
