"""The primary is killed under load, five times in a row: nothing that was acknowledged is lost."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.config import Settings
from app.db.session import Database
from app.parts import open_parts
from commands.verify_ledger import verify_ledger
from tests.db.completing import Completions, bring_accounts, completing
from tests.support.databases import migrate_url
from tests.support.postgres_pair import PostgresPair, provide_pair
from tests.support.process import serve
from tests.support.service import cheap_passwords

FAILOVERS = 5
RECOVERY_SECONDS = 3.0
_COMPLETIONS = text(
    "SELECT t.id, count(*) FROM tasks t JOIN activities a ON a.user_id = t.user_id"
    " AND a.source_type = 'task' AND a.source_id = CAST(t.id AS text)"
    " WHERE t.completed_at IS NOT NULL GROUP BY t.id"
)


@pytest.fixture
def pair() -> Iterator[PostgresPair]:
    with provide_pair() as pair:
        yield pair


async def fail_over(pair: PostgresPair, completions: Completions) -> float:
    """Kill the primary, promote its standby; the seconds from then to the first completion."""
    await completions.wait_for(50)
    await asyncio.to_thread(pair.primary.kill)
    await asyncio.sleep(0.3)  # requests fail meanwhile
    promoted_at = time.monotonic()
    await asyncio.to_thread(pair.standby.promote)
    pair.swap()
    return await completions.wait_for(1) - promoted_at


async def read_completions(url: str) -> dict[int, int]:
    """How many completions of each task are kept."""
    database = Database.from_url(url, 1)
    try:
        async with database.engines.reading.connect() as connection:
            return dict((await connection.execute(_COMPLETIONS)).tuples().all())
    finally:
        await database.dispose()


async def test_five_primaries_are_killed_under_load(pair: PostgresPair, tmp_path: Path) -> None:
    settings = Settings(database_url=pair.url, data_dir=tmp_path)
    url = settings.resolved_database_url
    await asyncio.to_thread(migrate_url, url)
    async with open_parts(settings, passwords=cheap_passwords()) as parts:
        tokens = await bring_accounts(parts)
    took = []
    environment = {"DATABASE_URL": pair.url, "DATA_DIR": str(tmp_path), "LOG_LEVEL": "error"}
    with serve(**environment) as one, serve(**environment) as other:
        async with completing([one.url, other.url], tokens) as completions:
            for _ in range(FAILOVERS):
                took.append(await fail_over(pair, completions))
                await asyncio.to_thread(pair.follow)
            await completions.wait_for(50)
    assert completions.odd == []
    assert max(took) < RECOVERY_SECONDS
    kept = await read_completions(url)
    assert [task for task in completions.acknowledged if kept.get(task) != 1] == []
    assert set(kept.values()) == {1}
    assert await verify_ledger(settings, as_json=True) == 0
