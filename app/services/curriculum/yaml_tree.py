"""YAML as a tree whose nodes know their lines; a small and harmless part of YAML only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

from app.services.curriculum.problems import ProblemList, show_text
from app.services.curriculum.yaml_scalars import UNPRINTABLE, Scalar, resolve_plain

MAX_DEPTH: Final = 20
MAX_NODES: Final = 10_000

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class ScalarNode:
    """Text, a number, true, false or null."""

    line: int
    value: Scalar


@dataclass(slots=True)
class SequenceNode:
    """A list."""

    line: int
    items: list["Node"]


@dataclass(slots=True)
class MappingNode:
    """Fields, and the lines of their names."""

    line: int
    fields: dict[str, "Node"]
    name_lines: dict[str, int]


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode


def parse_yaml(text: str, file: str, first_line: int = 1) -> Node:
    """The one document in a text that starts in line ``first_line`` of ``file``.

    Anchors, aliases, tags and repeated keys are refused; depth and number of nodes are bounded.

    Raises:
        CurriculumError: it is not such YAML.
    """
    problems = ProblemList()
    bad = UNPRINTABLE.search(text)
    if bad:
        line = first_line + text.count("\n", 0, bad.start())
        problems.add(file, line, f"must not contain the character U+{ord(bad.group()):04X}")
        raise problems.error()
    builder = _TreeBuilder(yaml.parse(text, Loader=_LOADER), file, first_line, problems)
    try:
        node = builder.build()
    except yaml.YAMLError as error:
        problems.add(file, *_explain(error, first_line))
        raise problems.error() from error
    except (ValueError, OverflowError) as error:
        # PyYAML without libyaml fails so at an escape that is no character.
        problems.add(file, builder.line, "is not YAML: an escape sequence is no character")
        raise problems.error() from error
    problems.raise_any()
    return node


def to_python(node: Node) -> Any:
    """The plain value of a tree: dictionaries, lists, text, numbers, booleans and None."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, SequenceNode):
        return [to_python(item) for item in node.items]
    return {name: to_python(field) for name, field in node.fields.items()}


def find_line(node: Node, loc: Sequence[int | str]) -> int:
    """The line that a Pydantic error at ``loc`` speaks of.

    Parts that are not in the tree are passed over: the tags of unions, and a missing field, so that
    the line of what it is missing in is given.
    """
    line = node.line
    for part in loc:
        if isinstance(node, MappingNode) and isinstance(part, str) and part in node.fields:
            line, node = node.name_lines[part], node.fields[part]
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            line = node.line
    return line


class _TreeBuilder:
    """Builds the tree from the parser's events, which have not resolved anything yet."""

    def __init__(
        self, events: Iterator[Any], file: str, first_line: int, problems: ProblemList
    ) -> None:
        self.line = first_line
        self._events = events
        self._file = file
        self._first_line = first_line
        self._problems = problems
        self._nodes = 0

    def build(self) -> Node:
        """Read the whole stream."""
        self._next()
        if isinstance(self._next(), yaml.StreamEndEvent):
            self._refuse("is empty")
            raise self._problems.error()
        root = self._read(self._next(), 1)
        self._next()
        if not isinstance(self._next(), yaml.StreamEndEvent):
            self._refuse("a second document starts here: one is all there may be")
            raise self._problems.error()
        return root

    def _next(self) -> Any:
        event = next(self._events)
        self.line = event.start_mark.line + self._first_line
        return event

    def _refuse(self, message: str) -> None:
        self._problems.add(self._file, self.line, message)

    def _read(self, event: Any, depth: int) -> Node:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            self._refuse("is nested too deeply" if depth > MAX_DEPTH else "has too many parts")
            raise self._problems.error()
        if event.anchor is not None:
            self._refuse("anchors (&) and aliases (*) are not allowed: put such text in quotes")
        if isinstance(event, yaml.AliasEvent):
            return ScalarNode(self.line, None)
        if event.tag is not None:
            self._refuse("tags (!) are not allowed: put such text in quotes")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            return ScalarNode(self.line, resolve_plain(event.value) if plain else event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._read_sequence(depth)
        return self._read_mapping(depth)

    def _read_sequence(self, depth: int) -> SequenceNode:
        node = SequenceNode(self.line, [])
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            node.items.append(self._read(event, depth + 1))
        return node

    def _read_mapping(self, depth: int) -> MappingNode:
        node = MappingNode(self.line, {}, {})
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = self.line
            name = self._read_name(event, depth + 1)
            if name in node.fields:
                self._refuse(f"{show_text(name)} is given twice (see line {node.name_lines[name]})")
            value = self._read(self._next(), depth + 1)
            node.fields[name] = value
            node.name_lines[name] = line
        return node

    def _read_name(self, event: Any, depth: int) -> str:
        node = self._read(event, depth)
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            return node.value
        self._refuse("the name of a field must be text")
        return f"line {self.line}"


def _explain(error: yaml.YAMLError, first_line: int) -> tuple[int, str]:
    """Where a syntax error is and what it says."""
    context, problem = getattr(error, "context", None), getattr(error, "problem", None)
    start, mark = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    message = f"is not YAML: {problem or 'it cannot be read'}"
    if context:
        message += f" ({context}"
        message += f" that starts in line {start.line + first_line})" if start else ")"
    place = mark or start
    return (place.line if place else 0) + first_line, message
