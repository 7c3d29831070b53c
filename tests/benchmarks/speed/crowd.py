"""Many more learners with as many tasks each, whom nobody asks for."""

import asyncio

import asyncpg

from tests.benchmarks.speed.data import UNUSABLE_PASSWORD, add_kth_tasks, add_users, connect, count
from tests.benchmarks.speed.shape import Shape

_INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.tablename = 'tasks' AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""
_LAST = (
    "SELECT max(u.id), (SELECT max(t.id) FROM tasks t), (SELECT count(*) FROM tasks) FROM users u"
)


def add_crowd(url: str, shape: Shape, tasks: int) -> None:
    """Let the table have that many tasks, or a few more; the crowd's lie among each other."""
    asyncio.run(_add(url, shape, tasks))


async def _add(url: str, shape: Shape, tasks: int) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        last_user, last_task, present = await connection.fetchrow(_LAST)
        # Those that are not of constraints are made faster when all rows are there.
        indexes = dict(await connection.fetch(_INDEXES))
        for name in indexes:
            await connection.execute(f"DROP INDEX {name}")
        users = -(-(tasks - present) // shape.tasks)
        await _insert(url, shape, last_user + 1, users, last_task)
        for definition in indexes.values():
            await connection.execute(definition)
    finally:
        await connection.close()


async def _insert(url: str, shape: Shape, first: int, users: int, last_task: int) -> None:
    """So many users from a number on, and their tasks behind the last that is there."""
    last = first + users - 1
    async with connect(url) as connection:
        await add_users(connection, shape, count(first, last), UNUSABLE_PASSWORD)
        for k in range(1, shape.tasks + 1):
            start = last_task + 1 + (k - 1) * users - first
            await add_kth_tasks(connection, shape, k, count(first, last), start)
