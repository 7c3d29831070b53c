"""Which migrations this version of the code knows."""

from functools import cache

import anyio.to_thread

from app.db.schema_version import MIGRATIONS


async def is_newer(revision: str | None) -> bool:
    """Whether the database is at a revision that only a later version of the code can have made."""
    if revision is None:
        return False
    return revision not in await anyio.to_thread.run_sync(_read_known)


@cache
def _read_known() -> frozenset[str]:
    # As in schema_version: Alembic is heavy.
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(MIGRATIONS))
    return frozenset(one.revision for one in script.walk_revisions())
