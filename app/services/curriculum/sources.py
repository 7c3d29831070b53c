"""The text of a file, and the fields that stand in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from app.services.curriculum.model_problems import describe_errors
from app.services.curriculum.problems import CurriculumError, FileProblem, ProblemList, show_text
from app.services.curriculum.yaml_tree import MappingNode, find_line, parse_yaml, to_python

ModelT = TypeVar("ModelT", bound=BaseModel)

UNREAD: Final = object()
"""Stands for a part that could not be read: its problems are known already."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one file."""

    file: str
    node: MappingNode

    def line_of(self, name: str) -> int:
        """The line of a field, or of the beginning if it is not there."""
        return find_line(self.node, (name,))


@dataclass(frozen=True, slots=True)
class Part(Generic[ModelT]):
    """A day or a week as far as it could be read, and where its key stands."""

    file: str
    line: int
    key: object
    built: ModelT | None = None


def decode_text(data: bytes, file: str) -> str:
    """The text of a file, with Unix line ends.

    Raises:
        CurriculumError: it is not UTF-8, or contains NUL.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CurriculumError([FileProblem(file, line, "is not UTF-8 text")]) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    place = text.find("\0")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise CurriculumError([FileProblem(file, line, "must not contain NUL characters")])
    return text


def read_fields(text: str, file: str, first_line: int = 1) -> Fields:
    """The fields of a YAML text that starts in line ``first_line`` of its file.

    Raises:
        CurriculumError: it is no such YAML, or no fields.
    """
    node = parse_yaml(text, file, first_line)
    if isinstance(node, MappingNode):
        return Fields(file, node)
    raise CurriculumError([FileProblem(file, node.line, "must have fields (name: value)")])


def build_model(
    model: type[ModelT],
    fields: Fields,
    subject: str,
    given: Mapping[str, Any],
    problems: ProblemList,
    *,
    default_key: str | None = None,
) -> Part[ModelT]:
    """Make a definition of a file's fields and of ``given``, which the file itself must not have.

    What is given may be ``UNREAD``: then the file's own fields are checked nevertheless.
    """
    values = to_python(fields.node)
    if default_key is not None:
        values.setdefault("key", default_key)
    part: Part[ModelT] = Part(fields.file, fields.line_of("key"), values.get("key"))
    refused = [name for name in given if name in values]
    for name in refused:
        problems.add(fields.file, fields.line_of(name), f"{show_text(name)} is not known here")
    unread = {name for name, value in given.items() if value is UNREAD}
    values = {name: value for name, value in {**values, **given}.items() if name not in unread}
    try:
        built = model.model_validate(values)
    except ValidationError as error:
        for place, line, message in describe_errors(error, fields.node, subject):
            if not unread.intersection(place[:1]):
                problems.add(fields.file, line, message)
        return part
    return part if refused else replace(part, built=built)


def refuse_equal_keys(parts: Sequence[Part[Any]], problems: ProblemList) -> bool:
    """Note whose key another has already; whether there is any."""
    first: dict[object, Part[Any]] = {}
    found = False
    for part in parts:
        if not isinstance(part.key, str):
            continue
        other = first.setdefault(part.key, part)
        if other is not part:
            found = True
            place = f"{other.file}:{other.line}"
            problems.add(
                part.file, part.line, f"has the same key as {place}: {show_text(part.key)}"
            )
    return found
