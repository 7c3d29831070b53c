"""On the first start: the quests, bosses and badges that come with the program."""

import asyncio
import sys

from app.core.config import Settings
from app.core.errors import QuestboardError


def seed_game_or_warn(settings: Settings) -> None:
    """Bring the bundled definitions to a migrated database that has none, and say so.

    If that fails a warning says why: all else works without them.
    """
    # Only the process that starts the workers needs it; each of them imports this module as well.
    from commands.game_seeding import seed_first_game, summarize

    try:
        done = asyncio.run(seed_first_game(settings))
    except QuestboardError as error:
        print(
            f"warning: the game was not seeded: {error}\n"
            "to try again, run: .venv/bin/python -m commands.seed_game",
            file=sys.stderr,
            flush=True,
        )
        return
    if done:  # else there was something, or another server was faster
        print(f"Seeded the game: {summarize(done)}", flush=True)
