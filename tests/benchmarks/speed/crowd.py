"""Many more learners with as many tasks each, whom nobody asks for."""

import asyncio

import asyncpg

from tests.benchmarks.speed.data import UNUSABLE_PASSWORD, add_kth_tasks, add_users, connect, count
from tests.benchmarks.speed.shape import Shape

_INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.tablename = 'tasks' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""


def add_crowd(url: str, shape: Shape, tasks: int) -> None:
    """Let the table have that many tasks or a few more; the crowd's lie among each other."""
    asyncio.run(_add(url, shape, tasks))


async def _add(url: str, shape: Shape, tasks: int) -> None:
    dsn = url.replace("+asyncpg", "")
    indexes = await _drop_indexes(dsn)
    first = shape.hot_user + 1
    last = first + tasks // shape.tasks - shape.users
    async with connect(url) as connection:
        await add_users(connection, shape, count(first, last), UNUSABLE_PASSWORD)
        behind = shape.first_hot_task + shape.hot_tasks
        for k in range(1, shape.tasks + 1):
            start = behind + (k - 1) * (last - first + 1) - first
            await add_kth_tasks(connection, shape, k, count(first, last), start)
    await _execute(dsn, list(indexes.values()))


async def _drop_indexes(dsn: str) -> dict[str, str]:
    """Those that are not of constraints; they are made faster when all rows are there."""
    connection = await asyncpg.connect(dsn)
    try:
        indexes = dict(await connection.fetch(_INDEXES))
        for name in indexes:
            await connection.execute(f"DROP INDEX {name}")
        return indexes
    finally:
        await connection.close()


async def _execute(dsn: str, statements: list[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
