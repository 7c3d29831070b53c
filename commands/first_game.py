"""On the first start: the quests, bosses and badges that come with the program."""

import asyncio
import sys

from app.core.config import Settings
from app.core.errors import QuestboardError
from app.db.session import Database


def seed_game_or_warn(settings: Settings) -> None:
    """Bring the bundled definitions to a migrated database that has none, and say so.

    If that fails a warning says why: all else works without them.
    """
    try:
        if not asyncio.run(_has_definitions(settings)):
            _seed(settings)
    except QuestboardError as error:
        print(
            f"warning: the game was not seeded: {error}\n"
            "to try again, run: .venv/bin/python -m commands.seed_game",
            file=sys.stderr,
            flush=True,
        )


async def _has_definitions(settings: Settings) -> bool:
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            return await uow.definitions.has_any()
    finally:
        await database.dispose()


def _seed(settings: Settings) -> None:
    # Heavy to import, and only a first start needs it.
    from commands.game_seeding import seed_first_game, summarize

    done = asyncio.run(seed_first_game(settings))
    if done:  # else another server was faster
        print(f"Seeded the game: {summarize(done)}", flush=True)
