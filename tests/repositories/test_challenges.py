"""How challenges are looked up: what serves each statement."""

from typing import Any

import pytest
from sqlalchemy import Select, text

from app.core.challenges import ChallengeState
from app.db.base import Base
from app.db.repositories import challenge_queries as queries
from app.db.session import Transaction
from tests.support.clock import START

PLANNED: dict[str, tuple[Select[Any], int]] = {
    "page": (queries.PAGES[None, False], 7),
    "page of open ones": (queries.PAGES[ChallengeState.OPEN, False], 7),
    "page of mine": (queries.PAGES[None, True], 6),
    "one": (queries.ONE, 4),
    "unclosed": (queries.UNCLOSED, 1),
    "untold one": (queries.CLOSED_ONE, 1),
    "members": (queries.UNTOLD_MEMBERS, 1),
    "open in a party": (queries.OPEN_IN_PARTY, 1),
}
"""Statements, and of how many look-ups each is made (on SQLite some are made twice)."""


@pytest.mark.parametrize("name", PLANNED)
async def test_an_index_leads_to_every_row(transaction: Transaction, name: str) -> None:
    """No table is read whole, and of the challenges for all no more than the page."""
    session = transaction._session
    given = {
        "of_user": 1, "of_challenge": 1, "of_party": 1, "now": START, "count": 21,
        "before_end": START, "before_id": 1, "after_id": 0,
    }  # fmt: skip
    dialect = session.get_bind().dialect
    statement, look_ups = PLANNED[name]
    sql = statement.params(given).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    if dialect.name == "sqlite":
        plan = [row[3] for row in await session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
        assert sum(step.startswith("SEARCH ") for step in plan) >= look_ups, plan
        tables = tuple(f"SCAN {table}" for table in Base.metadata.tables)
        assert not any(step.startswith(tables) for step in plan), plan
        return
    # Plans depend on how large the tables grew and on what autovacuum saw: these are as new.
    await session.execute(text("CREATE SCHEMA as_new"))
    await session.execute(text("SET LOCAL search_path TO as_new"))
    await (await session.connection()).run_sync(Base.metadata.create_all)
    for way in ("seqscan", "hashjoin", "mergejoin", "bitmapscan"):
        await session.execute(text(f"SET LOCAL enable_{way} = off"))
    plan = [row[0].strip() for row in await session.execute(text(f"EXPLAIN {sql}"))]
    assert sum("Index" in step and " Scan " in step for step in plan) == look_ups, plan
    assert sum(step.startswith("Index Cond") for step in plan) == look_ups, plan
    if name.startswith("page") and name != "page of mine":
        assert any("party_id IS NULL" in step for step in plan), plan


async def test_those_whose_members_are_to_be_told_have_an_index_of_their_own(
    transaction: Transaction,
) -> None:
    """Nothing else is in it, so that it is read as it is."""
    session = transaction._session
    dialect = session.get_bind().dialect
    sql = queries.UNTOLD.params(count=20).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )
    way = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
    if dialect.name != "sqlite":
        await session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = [str(row) for row in await session.execute(text(f"{way} {sql}"))]
    assert any("ix_challenges_telling" in step for step in plan), plan
