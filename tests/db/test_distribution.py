"""The schema can be distributed by user, but for what ``docs/growing.md`` says: the page is held to it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from app.db.models import User

PAGE = (Path(__file__).parents[2] / "docs/growing.md").read_text()
TABLES = User.metadata.tables
COLUMN = "user_id"
NAMES = re.compile(r"\s*(`\w+`\s*)+")


def read_section(title: str) -> str:
    section = PAGE.partition(f"\n### {title}")[2].partition("\n##")[0]
    assert section, title
    return section


def read_listed(title: str) -> list[str]:
    """The tables that a section lists: in the first column of its table, or as names alone."""
    listed = []
    _, *lines = read_section(title).splitlines()
    for line in lines:
        first = line.split("|")[1] if line.startswith("|") else line
        if NAMES.fullmatch(first):
            listed += re.findall(r"\w+", first)
    return listed


DISTRIBUTED = read_listed("Distributed by")
REFERENCE = read_listed("Reference tables")
LOCAL = read_listed("Local tables")
KNOWN = set(re.findall(r"^\| `(\w+)` \| primary key `id` \|", PAGE, re.MULTILINE))


def list_uniques(table: Table) -> Iterator[tuple[str, frozenset[str]]]:
    """What is unique in a table: by name, the columns."""
    yield "primary key", frozenset(column.name for column in table.primary_key)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield str(constraint.name), frozenset(column.name for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield str(index.name), frozenset(column.name for column in index.columns)


def find_offences(table: Table) -> set[tuple[str, str]]:
    return {(table.name, name) for name, columns in list_uniques(table) if COLUMN not in columns}


def is_allowed(key: ForeignKeyConstraint) -> bool:
    """Citus: to a reference table, or within the group with the same column at both ends."""
    if key.referred_table.name in REFERENCE:
        return True
    pairs = {(element.parent.name, element.column.name) for element in key.elements}
    return key.referred_table.name in DISTRIBUTED and (COLUMN, COLUMN) in pairs


def test_every_table_has_one_place() -> None:
    assert sorted([*DISTRIBUTED, *REFERENCE, *LOCAL]) == sorted(TABLES)


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_distributed_table_has_the_column(name: str) -> None:
    assert not TABLES[name].columns[COLUMN].nullable


def test_what_is_unique_contains_the_column_but_for_the_known() -> None:
    offences = {offence for name in DISTRIBUTED for offence in find_offences(TABLES[name])}

    assert offences == {(name, "primary key") for name in KNOWN}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_the_key_that_is_to_take_its_place_is_possible(name: str) -> None:
    refers_to_id_alone = [
        key
        for table in TABLES.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name == name and len(key.elements) == 1
    ]
    stand_in = re.search(rf"^\| `{name}` .*; `(\w+)` takes its place", PAGE, re.MULTILINE)

    assert refers_to_id_alone == []
    if stand_in:
        assert dict(list_uniques(TABLES[name]))[stand_in[1]] == {COLUMN, "id"}
    else:
        assert "id" in TABLES[name].columns


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_foreign_keys_of_a_distributed_table_stay_on_its_node(name: str) -> None:
    keys = TABLES[name].foreign_key_constraints

    assert [str(key.name) for key in keys if not is_allowed(key)] == []


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_no_foreign_key_sets_the_column_to_null(name: str) -> None:
    for key in TABLES[name].foreign_key_constraints:
        if COLUMN in {column.name for column in key.columns}:
            assert key.ondelete in {None, "CASCADE"}


@pytest.mark.parametrize("name", [*REFERENCE, *LOCAL])
def test_other_tables_refer_to_no_distributed_one(name: str) -> None:
    referred = {key.referred_table.name for key in TABLES[name].foreign_key_constraints}

    assert referred <= set(REFERENCE)


def test_the_rules_would_notice_an_offence() -> None:
    metadata = MetaData()
    Table("tasks", metadata, Column(COLUMN, Integer, primary_key=True), Column("id", Integer))
    Table("audit_log", metadata, Column("id", Integer, primary_key=True))
    bad = Table(
        "bad",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("slot", Integer, unique=True),
        Column(COLUMN, Integer),
        Index("uq_bad", "id", unique=True),
    )
    within = ForeignKeyConstraint([COLUMN, "id"], ["tasks.user_id", "tasks.id"])
    across = ForeignKeyConstraint(["id"], ["tasks.id"])
    away = ForeignKeyConstraint([COLUMN], ["audit_log.id"])
    for key in (within, across, away):
        bad.append_constraint(key)

    assert len(find_offences(bad)) == 3
    assert [is_allowed(key) for key in (within, across, away)] == [True, False, False]
