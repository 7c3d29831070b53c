"""Which migrations this version of the code knows, and which of them is the newest."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import anyio.to_thread

MIGRATIONS = Path(__file__).parents[2] / "alembic_migrations"

_LINK = re.compile(
    r"""^revision = ["'](?P<revision>[^"']+)["']\n^down_revision = (?:None|["'](?P<down>[^"']+)["'])$""",
    re.MULTILINE,
)


async def read_expected_revision() -> str:
    """The newest revision among the migration files, read once, off the event loop."""
    return await anyio.to_thread.run_sync(_find_newest)


async def is_newer(revision: str | None) -> bool:
    """Whether the database is at a revision that only a later version of the code can have made."""
    return revision is not None and revision not in await anyio.to_thread.run_sync(read_revisions)


@cache
def read_revisions() -> Mapping[str, str | None]:
    """The revisions, each with the one that it follows.

    Alembic would tell as well, but it would cost every process 80 ms and 8 MB to ask it.

    Raises:
        ValueError: a file does not say it as our migrations do.
    """
    return dict(_read_link(file) for file in sorted((MIGRATIONS / "versions").glob("*.py")))


def _read_link(file: Path) -> tuple[str, str | None]:
    link = _LINK.search(file.read_text(encoding="utf-8"))
    if link is None:
        raise ValueError(
            f"{file.name} does not say its revision and the one before in two plain lines"
        )
    return link["revision"], link["down"]


def _find_newest() -> str:
    revisions = read_revisions()
    [newest] = revisions.keys() - revisions.values()
    return newest
