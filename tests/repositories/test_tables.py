"""What the database reads for a table: no more of a large one than of a small one."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.base import Base
from app.db.repositories.table_queries import QUERIES, Table, TableKind
from app.db.repositories.tables import Position, TableReader
from app.game.ranking import Place, estimate_rank, rank_scores
from tests.support.clock import START
from tests.support.crowds import CHALLENGE_ID, add_crowd, list_scores

WEEK = START.date()
TABLES = [
    Table(TableKind.ALL_TIME),
    Table(TableKind.WEEK, WEEK),
    Table(TableKind.CHALLENGE, CHALLENGE_ID),
]
SMALL, LARGE = 4_000, 24_000
LIMIT = 21


@pytest.fixture
async def fresh(connection: AsyncConnection) -> AsyncConnection:
    """Tables as new: what the planner does depends on what became of those of other tests."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("CREATE SCHEMA as_new"))
        await connection.execute(text("SET LOCAL search_path TO as_new"))
        await connection.run_sync(Base.metadata.create_all)
    return connection


def fill_in(connection: AsyncConnection, statement: Select[Any], **given: Any) -> str:
    """The statement with values in the place of parameters, to be explained."""
    compiled = statement.params(given).compile(
        dialect=connection.dialect, compile_kwargs={"literal_binds": True}
    )
    return str(compiled)


def list_statements(
    connection: AsyncConnection, table: Table, position: Position
) -> Mapping[str, str]:
    """What is asked for pages at a position, and around it."""
    queries = QUERIES[table.kind]
    statements = {
        "first": queries.first, "after": queries.after, "before": queries.before,
        "score": queries.score, "place": queries.place,
    }  # fmt: skip
    given = {
        **table.parameters, "of_score": position.score, "of_user": position.user_id,
        "count": LIMIT, "at_most": 1000,
    }  # fmt: skip
    return {name: fill_in(connection, statement, **given) for name, statement in statements.items()}


def list_positions(last: int) -> list[Position]:
    """Near the top, and deep in the table."""
    scores = list_scores(last)
    return [Position(*scores[index]) for index in (30, 1500, len(scores) * 3 // 4)]


def count_read(plan: dict[str, Any]) -> float:
    """How many rows of tables and indexes a plan looked at."""
    below = sum(count_read(step) for step in plan.get("Plans", []))
    if "Relation Name" not in plan:
        return below
    seen = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    seen += plan.get("Rows Removed by Index Recheck", 0)
    return float(below + seen * plan["Actual Loops"])


async def count_steps(connection: AsyncConnection, sql: str) -> float:
    """How many hundreds of instructions SQLite took for a statement."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    await driver.set_progress_handler(count, 100)
    await connection.execute(text(sql))
    await driver.set_progress_handler(None, 0)
    return steps


async def measure(connection: AsyncConnection, sql: str) -> float:
    """Rows that PostgreSQL read for a statement, or SQLite's hundreds of instructions."""
    if connection.dialect.name == "sqlite":
        return await count_steps(connection, sql)
    plan = (await connection.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}"))).scalar_one()
    return count_read((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


async def measure_all(connection: AsyncConnection, last: int) -> dict[str, float]:
    return {
        f"{table.kind}, {name}, {index}": await measure(connection, sql)
        for table in TABLES
        for index, position in enumerate(list_positions(last))
        for name, sql in list_statements(connection, table, position).items()
    }


async def test_a_large_table_costs_what_a_small_one_does(fresh: AsyncConnection) -> None:
    """At the top, and deep in it, where each of the two counts stops at a thousand."""
    await add_crowd(fresh, 1, SMALL)
    small = await measure_all(fresh, SMALL)
    await add_crowd(fresh, SMALL + 1, LARGE)
    large = await measure_all(fresh, LARGE)
    grown = {name: (small[name], large[name]) for name in small if large[name] > small[name] + 100}
    assert grown == {}
    assert max(large.values()) < 4500


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
async def test_the_order_and_the_places_of_a_table(fresh: AsyncConnection, table: Table) -> None:
    await add_crowd(fresh, 1, SMALL)
    reader = TableReader(AsyncSession(fresh))
    scores = list_scores(SMALL)
    first = await reader.list_after(table, None, 50)
    assert [(row.score, row.user_id) for row in first] == list(scores[:50])
    middle = Position(*scores[700])
    assert await reader.find(table, middle.user_id) == middle
    assert await reader.find(table, 50) is None
    after = await reader.list_after(table, middle, 50)
    assert [(row.score, row.user_id) for row in after] == list(scores[701:751])
    before = await reader.list_before(table, middle, 50)
    assert [(row.score, row.user_id) for row in before] == list(scores[650:700])
    above = sum(score > middle.score for score, _ in scores)
    assert await reader.count_place(table, middle, 1000) == Place(above, 700 - above)
    assert (await reader.count_place(table, Position(*scores[3000]), 1000)).above == 1000


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
async def test_estimates_are_near_the_truth(fresh: AsyncConnection, table: Table) -> None:
    """Within a twentieth of the rank: so wide is a bucket."""
    await add_crowd(fresh, 1, LARGE)
    buckets = await TableReader(AsyncSession(fresh)).measure(table)
    scores = [score for score, _ in list_scores(LARGE)]
    assert sum(bucket.learners for bucket in buckets) == len(scores)
    assert len(buckets) < 150
    ranks = rank_scores(scores)
    for score, rank in list(zip(scores, ranks, strict=True))[1000::97]:
        assert abs(estimate_rank(score, buckets) - rank) <= rank / 20
