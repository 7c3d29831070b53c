"""Following the settings that another process changed: one statement a second looks at their revision."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

from app.core.errors import QuestboardError
from app.parts import Parts
from app.worker.beside import repeat, run_beside

POLL_SECONDS = 1.0

FIRST_LOOK_SECONDS = 5.0
"""How long the start waits for the settings. They come later where the database does."""


async def look_for_changes(parts: Parts) -> None:
    """Take over what was changed. A database out of reach is logged where that happens."""
    with suppress(QuestboardError):
        await parts.live.refresh()


@asynccontextmanager
async def follow_config(parts: Parts) -> AsyncIterator[None]:
    """Read the settings, and look every second, for as long as the service runs."""
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_LOOK_SECONDS):
            await look_for_changes(parts)
    following = repeat(partial(look_for_changes, parts), POLL_SECONDS, "config_following")
    async with run_beside(following, "config_following"):
        yield
