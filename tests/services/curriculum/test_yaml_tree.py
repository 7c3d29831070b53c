"""The part of YAML that is read, what is refused of it, and which lines are told."""

import pytest
import yaml

from app.services.curriculum import yaml_tree
from app.services.curriculum.problems import CurriculumError
from app.services.curriculum.yaml_tree import (
    MAX_DEPTH,
    MAX_NODES,
    find_line,
    parse_yaml,
    to_python,
)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers: not every machine has libyaml."""
    monkeypatch.setattr(yaml_tree, "_LOADER", getattr(yaml, request.param))


def problems_of(text: str, first_line: int = 1) -> list[tuple[int, str]]:
    with pytest.raises(CurriculumError) as caught:
        parse_yaml(text, "f.yaml", first_line)
    assert {problem.file for problem in caught.value.problems} == {"f.yaml"}
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("a: ", None), ("a: ~", None), ("a: null", None), ("a: NULL", None), ("a: nULL", "nULL")],
        *[("a: true", True), ("a: True", True), ("a: FALSE", False), ("a: tRUE", "tRUE")],
        *[("a: no", "no"), ("a: yes", "yes"), ("a: on", "on"), ("a: y", "y")],
        *[("a: 7", 7), ("a: -7", -7), ("a: +7", 7), ("a: 007", 7), ("a: 1_000", "1_000")],
        *[
            ("a: 0x1F", "0x1F"),
            ("a: 0o7", "0o7"),
            ("a: 1:30", "1:30"),
            ("a: 2026-01-01", "2026-01-01"),
        ],
        *[("a: 1.5", 1.5), ("a: .5", 0.5), ("a: 1.", 1.0), ("a: -1e3", -1000.0), ("a: 1e", "1e")],
        *[("a: .inf", ".inf"), ("a: .nan", ".nan"), ("a: '7'", "7"), ('a: "true"', "true")],
        *[
            ("a: |\n  7\n", "7\n"),
            ("a: >-\n  b\n  c\n", "b c"),
            ("a: \u0663", "\u0663"),
            ("a:\n- ", [None]),
        ],
        *[("a: <<", "<<"), ("a: =", "="), ("a: []", []), ("a: {}", {}), ("a: [b, 1]", ["b", 1])],
        ("a: " + "9" * 41, 1e41),
        ("a: 1e999", float("inf")),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    read = to_python(parse_yaml(text, "f.yaml"))
    assert read == {"a": value}
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: &x b\n", 1, "anchors (&) and aliases (*) are not allowed"),
        ("a: b\nc: *x\n", 2, "anchors (&) and aliases (*) are not allowed"),
        ("a:\n  - &x [b]\n", 2, "anchors (&) and aliases (*) are not allowed"),
        ("&x a: b", 1, "anchors (&) and aliases (*) are not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tags (!) are not allowed"),
        ("a:\n- !!str b", 2, "tags (!) are not allowed"),
        ("a: ! b", 1, "tags (!) are not allowed"),
        ("a: !local {b: c}", 1, "tags (!) are not allowed"),
        ("!!map\na: b", 1, "tags (!) are not allowed"),
        ("a: 1\nb: 2\n'a': 3\n", 3, "'a' is given twice (see line 1)"),
        ("a:\n- b: 1\n  b: 2\n", 3, "'b' is given twice (see line 2)"),
        ("a: 1\n7: b\n", 2, "the name of a field must be text"),
        ("a: 1\n? [b]\n: c\n", 2, "the name of a field must be text"),
        ("~: b", 1, "the name of a field must be text"),
        ("", 1, "is empty"),
        ("# nothing\n", 2, "is empty"),
        ("a: b\n---\nc: d\n", 2, "a second document starts here"),
        ("a: b\n...\n---\nc\n", 3, "a second document starts here"),
        ("a: b\nc: \x07\n", 2, "must not contain the character U+0007"),
        ("a: \x00", 1, "must not contain the character U+0000"),
        ("a: b\n\nc: 'x\u2028y'\n", 3, "must not contain the character U+2028"),
        ("a: \ufeff", 1, "must not contain the character U+FEFF"),
        ("a: \ud800", 1, "must not contain the character U+D800"),
        ("a: b\nc: 'd\n", 3, "is not YAML: "),
        ("a: b\n c: d\n", 2, "is not YAML: "),
        ("a:\n  - b\n - c\n", 3, "is not YAML: "),
        ("a: [b\n", 2, "is not YAML: "),
        ("a: b\n\tc: d\n", 2, "is not YAML: "),
        ("a: %b", 1, "is not YAML: "),
        ("a: b\nc: `d`\n", 2, "is not YAML: "),
        ('a: b\nc: "\\q"\n', 2, "is not YAML: "),
        ('a: b\nc: "\\UFFFFFFFF"\n', 2, "is not YAML: "),
        ('a: b\nc: "\\U00110000"\n', 2, "is not YAML: "),
    ],
)
def test_what_is_refused_is_told_with_its_line(text: str, line: int, message: str) -> None:
    first = problems_of(text)[0]
    assert first[0] == line
    assert first[1].startswith(message)


def test_a_syntax_error_tells_where_its_construct_starts() -> None:
    (problem,) = problems_of("a: b\nc: 'd\ne: f\n", first_line=11)
    assert problem[0] == 14
    assert "while scanning a quoted scalar that starts in line 12" in problem[1]


def test_all_that_can_be_told_is_told_at_once() -> None:
    assert [line for line, _ in problems_of("a: &x 1\nb: !t 2\na: 3\n")] == [1, 2, 3]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_bounded(opening: str) -> None:
    deep = opening * 5000
    assert problems_of(deep) == [(1, "is nested too deeply")]


def test_the_greatest_depth_is_allowed() -> None:
    parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f.yaml")
    assert problems_of("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [
        (1, "is nested too deeply")
    ]


def test_the_number_of_nodes_is_bounded() -> None:
    parse_yaml("-\n" * (MAX_NODES - 1), "f.yaml")
    assert problems_of("-\n" * MAX_NODES) == [(MAX_NODES, "has too many parts")]


def test_a_billion_laughs_are_not_laughed() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert [line for line, _ in problems_of(bomb)] == list(range(1, 9 + 1))


TREE = """\
title: T
questions:
  - kind: a

    prompt: |
      x
    wrong:
      - b
      - c
  - kind: d
"""


@pytest.mark.parametrize(
    ("loc", "line"),
    [
        ((), 1),
        (("title",), 1),
        (("minutes",), 1),
        (("questions",), 2),
        (("questions", 0), 3),
        (("questions", 0, "single_choice", "prompt"), 5),
        (("questions", 0, "single_choice", "wrong"), 7),
        (("questions", 0, "single_choice", "wrong", 1), 9),
        (("questions", 0, "single_choice", "wrong", 7), 7),
        (("questions", 0, "single_choice", "explanation"), 3),
        (("questions", 1, "number", "answer"), 10),
        (("questions", "title"), 2),
        (("title", 0, "x"), 1),
    ],
)
def test_a_pydantic_place_has_a_line(loc: tuple[int | str, ...], line: int) -> None:
    assert find_line(parse_yaml(TREE, "f.yaml"), loc) == line
    assert find_line(parse_yaml(TREE, "f.yaml", first_line=5), loc) == line + 4


def test_windows_line_ends_are_lines() -> None:
    assert find_line(parse_yaml("a: b\r\n\r\nc: d\r\n", "f.yaml"), ("c",)) == 3
