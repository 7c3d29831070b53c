"""A large school, made inside PostgreSQL: content and definitions once, and any number of learners.

Rows lie in their tables as they come to in the course of time: those of one learner between those of all.
"""

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.base import Base
from tests.budgets.learner_rows import OF_LEARNERS
from tests.budgets.population_terms import Columns
from tests.budgets.shared_rows import CONTENT, SHARED

_ROOM = 1_000_000

# Occurrences of the recurring tasks, whose ids the database gave.
_OCCURRENCES = """
INSERT INTO task_occurrences (user_id, task_id, occurrence_on, completed_at, checklist)
SELECT user_id, id, starts_on + k, timestamptz '2026-03-02 12:00Z', '[]'::jsonb
FROM tasks, generate_series(1, 8) AS k
WHERE recurrence IS NOT NULL AND user_id BETWEEN {first} AND {last}
"""


async def be_quick(engine: AsyncEngine) -> None:
    """Nothing outlives a crash of this server, and nothing runs there that is not asked for."""
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.exec_driver_sql(f"ALTER TABLE {table.name} SET UNLOGGED")
        for setting in ("autovacuum", "jit"):
            await connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        await connection.exec_driver_sql("SELECT pg_reload_conf()")


async def add_content(engine: AsyncEngine) -> None:
    """Courses with quizzes, quests, badges, bosses, and challenges for all."""
    async with engine.begin() as connection:
        await _prepare(connection)
        for table, (count, columns) in CONTENT.items():
            numbers = f"generate_series(1, {count}) AS k"
            await _insert(connection, table, columns, numbers, {})
        await _raise_sequences(connection)


async def add_learners(engine: AsyncEngine, first: int, last: int, password: str) -> None:
    """Learners with the ids from ``first`` to ``last``; ``password`` is the hash of the one of all.

    The first is the first of a party and of a group of the league.
    """
    learners = f"generate_series({first}, {last}) AS u"
    async with engine.begin() as connection:
        await _prepare(connection)
        for table, (count, columns) in OF_LEARNERS.items():
            numbers = f"generate_series(1, {count}) AS k, {learners}"
            given = {"password": password} if table == "users" else {}
            await _insert(connection, table, columns, numbers, given)
        for table, (condition, count, columns) in SHARED.items():
            numbers = f"generate_series(1, {count}) AS k, {learners} WHERE {condition}"
            await _insert(connection, table, columns, numbers, {})
        await connection.execute(text(_OCCURRENCES.format(first=first, last=last)))
        await _raise_sequences(connection)


async def measure_tables(engine: AsyncEngine) -> None:
    """Let the planner know what there is, as autovacuum does in time."""
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("SET statement_timeout = 0")
        await connection.exec_driver_sql("VACUUM (ANALYZE)")


async def _prepare(connection: AsyncConnection) -> None:
    await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    # The rows fit together by construction: looking that up would take longer than writing them.
    await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


async def _insert(
    connection: AsyncConnection,
    table: str,
    columns: Columns,
    numbers: str,
    given: Mapping[str, str],
) -> None:
    names, values = ", ".join(columns), ", ".join(columns.values())
    await connection.execute(
        text(f"INSERT INTO {table} ({names}) SELECT {values} FROM {numbers}"), given
    )


async def _raise_sequences(connection: AsyncConnection) -> None:
    """Leave room below the ids that the service gives for learners who come later."""
    for table in Base.metadata.sorted_tables:
        if table.autoincrement_column is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            newest = f"SELECT greatest(max(id), {_ROOM}) FROM {table.name}"
            await connection.execute(text(f"SELECT setval({sequence}, ({newest}))"))
