"""The YAML that is written means the same to every parser, and is pleasant to read."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.services.curriculum.yaml_scalars import is_plain
from app.services.curriculum.yaml_tree import parse_yaml, to_python
from app.services.curriculum.yaml_writer import write_yaml
from tests.services.curriculum.course_strategies import NASTY, NUMBERS

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]
VALUES = st.one_of(NASTY, st.booleans(), NUMBERS, st.lists(NASTY, min_size=1, max_size=3))


@given(st.dictionaries(st.sampled_from(["title", "wrong", "answer"]), VALUES, min_size=1))
def test_what_is_written_is_read_again(fields: dict[str, Any]) -> None:
    assert to_python(parse_yaml(write_yaml(fields), "f.yaml")) == fields


@pytest.mark.parametrize("loader", LOADERS)
@given(text=NASTY)
def test_other_parsers_read_the_same_text(loader: Any, text: str) -> None:
    written = write_yaml({"a": text, "list": [text, text], "maps": [{"b": text, "c": text}] * 2})
    read = yaml.load(written, loader)
    assert read == {"a": text, "list": [text, text], "maps": [{"b": text, "c": text}] * 2}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    "text", ["x y " * 500 + "z", "\U0001f600" * 2000, "\x07" * 500, "a\n" * 900 + "b"]
)
def test_long_text_is_read_again(loader: Any, text: str) -> None:
    assert yaml.load(write_yaml({"a": text, "b": [text]}), loader) == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain words, with (signs) and 'quotes'", "plain words, with (signs) and 'quotes'"),
        ("\u00dcbung: nein", '"\u00dcbung: nein"'),
        ("\u00dcbung#1:a", "\u00dcbung#1:a"),
        ("ends with:", '"ends with:"'),
        ("a #comment", '"a #comment"'),
        ("a ", '"a "'),
        ("", '""'),
        ("3", '"3"'),
        ("3 apples", '"3 apples"'),
        ("No", '"No"'),
        ("null", '"null"'),
        ("`x`", '"`x`"'),
        ("a\tb\\", '"a\\tb\\\\"'),
        ("a\x85\ufeff\r", '"a\\u0085\\uFEFF\\r"'),
        ("a\rb", '"a\\rb"'),
        ("a\n  \nb", '"a\\n  \\nb"'),
        (" a\nb", '" a\\nb"'),
        ("a\nb\n", '"a\\nb\\n"'),
        ("a\n\n  b", "|-\n  a\n\n    b"),
        (True, "true"),
        (7.0, "7"),
        (-0.0, "0"),
        (7, "7"),
        (0.1, "0.1"),
        (1e-05, "1e-05"),
        (1e15, "1000000000000000"),
    ],
)
def test_values_have_one_form(value: Any, written: str) -> None:
    assert write_yaml({"a": value}) == f"a: {written}\n"


def test_lists_are_indented_and_blank_lines_stay_empty() -> None:
    fields = {"title": "T", "questions": [{"kind": "k", "wrong": ["a", "b\n\nc"]}, {"kind": "l"}]}
    assert write_yaml(fields) == (
        "title: T\n"
        "questions:\n"
        "  - kind: k\n"
        "    wrong:\n"
        "      - a\n"
        "      - |-\n"
        "        b\n"
        "\n"
        "        c\n"
        "  - kind: l\n"
    )


@given(NASTY)
def test_plain_text_never_holds_a_sign_of_yaml(text: str) -> None:
    if is_plain(text):
        assert text[0].isalpha() or not text[0].isascii()
        assert "\n" not in text
        assert ": " not in text
        assert " #" not in text
