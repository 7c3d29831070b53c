"""Which migration this version of the code wants."""

from functools import cache
from pathlib import Path

import anyio.to_thread

MIGRATIONS = Path(__file__).parents[2] / "alembic_migrations"


async def read_expected_revision() -> str:
    """The newest revision among the migration files, read once, off the event loop."""
    return await anyio.to_thread.run_sync(_read_head)


@cache
def _read_head() -> str:
    # Alembic is heavy, and only this question and the migrations themselves need it.
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""
