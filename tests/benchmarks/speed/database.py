"""The databases of the benchmark: a private PostgreSQL that both services share, or an SQLite file."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from app.core.config import Settings
from app.core.database_url import SQLITE_SCHEME
from commands.course_seeding import seed_first
from commands.game_seeding import seed_first_game
from tests.benchmarks.speed.data import Filled, fill
from tests.benchmarks.speed.shape import Shape
from tests.support.databases import migrate_url
from tests.support.postgres import PrivatePostgres, start_postgres

KEY = "a key of the benchmark, long enough for HMAC-SHA256"
"""Signs the access tokens of both services."""

_TOUCHED = (
    "quest_progress",
    "badge_awards",
    "weekly_scores",
    "player_counters",
    "notifications",
    "players",
)
"""Small tables that completions change: they are put back as they were."""
_BUSY = """
SELECT count(*) FROM pg_stat_activity
WHERE state <> 'idle' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_LOOK_SECONDS = 0.1
_QUIET_LOOKS = 3
_HOT_DAY = """
CREATE FUNCTION bench_yesterday() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.local_on := NEW.local_on - 1; RETURN NEW; END';
CREATE TRIGGER bench_yesterday BEFORE INSERT ON activities FOR EACH ROW
  WHEN (NEW.user_id = {user}) EXECUTE FUNCTION bench_yesterday();
"""
"""Only so many tasks are paid in a day. The hot learner completes more in a second: so it does yesterday."""


@contextmanager
def provide_server() -> Iterator[PrivatePostgres]:
    """A server of our own, without fsync."""
    server = start_postgres()
    try:
        yield server
    finally:
        server.stop()


def provide_sqlite(folder: Path) -> str:
    """The address of a database in a folder."""
    return f"{SQLITE_SCHEME}:///{folder / 'questboard.sqlite3'}"


def prepare(url: str, folder: Path, shape: Shape) -> Filled:
    """Migrate, seed and fill a database."""
    migrate_url(url)
    settings = Settings(database_url=url, data_dir=folder)
    asyncio.run(seed_first(settings))
    asyncio.run(seed_first_game(settings))
    return asyncio.run(fill(url, shape, KEY))


class Postgres:
    """What is done to the shared PostgreSQL between loads."""

    def __init__(self, url: str, shape: Shape) -> None:
        self._dsn = url.replace("+asyncpg", "")
        self._shape = shape

    def vacuum(self) -> None:
        """Clear all tables up, and measure them."""
        self._run("VACUUM ANALYZE")

    def settle(self) -> None:
        """Keep what completions change, and have no vacuum of its own time."""
        copies = "".join(f"CREATE TABLE kept.{name} AS TABLE {name};" for name in _TOUCHED)
        self._run(
            "ALTER SYSTEM SET autovacuum = off",
            "SELECT pg_reload_conf()",
            "CREATE SCHEMA kept",
            copies,
            _HOT_DAY.format(user=self._shape.hot_user),
            "VACUUM ANALYZE",
        )

    def reset(self) -> None:
        """Take back what a load has written, once the services are done with its last requests."""
        self._wait_until_idle()
        shape = self._shape
        last_task = shape.first_hot_task + shape.hot_tasks - 1
        last_entry = shape.days * shape.hot_user
        restored = "".join(
            f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM kept.{name};"
            for name in _TOUCHED
        )
        self._run(
            f"DELETE FROM reward_entries WHERE id > {last_entry}",
            f"DELETE FROM activities WHERE sequence > {shape.days}",
            f"DELETE FROM tasks WHERE id > {last_task}",
            f"DELETE FROM user_sessions WHERE created_at > '{shape.now.isoformat()}'",
            f"UPDATE tasks SET completed_at = NULL WHERE completed_at > '{shape.now.isoformat()}'",
            restored,
            *(f"VACUUM {name}" for name in ("reward_entries", "activities", "tasks", *_TOUCHED)),
        )

    def count_paid(self) -> tuple[int, int]:
        """How many tasks a load has completed, and how many of them the ledger knows."""
        self._wait_until_idle()
        since = self._shape.now.isoformat()
        completed = self._ask(f"SELECT count(*) FROM tasks WHERE completed_at > '{since}'")
        paid = self._ask(
            "SELECT count(*) FROM reward_entries"
            f" WHERE reason = 'task_completed' AND created_at > '{since}'"
        )
        return completed, paid

    def _wait_until_idle(self) -> None:
        quiet = 0
        while quiet < _QUIET_LOOKS:
            time.sleep(_LOOK_SECONDS)
            quiet = 0 if self._ask(_BUSY) else quiet + 1

    def _run(self, *statements: str) -> None:
        asyncio.run(self._execute(statements))

    async def _execute(self, statements: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    def _ask(self, query: str) -> int:
        return asyncio.run(self._fetch(query))

    async def _fetch(self, query: str) -> int:
        connection = await asyncpg.connect(self._dsn)
        try:
            number: int = await connection.fetchval(query)
            return number
        finally:
            await connection.close()
