"""The quests, bosses and badges that come with the program to the database, for commands."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from app.core.clock import SystemClock
from app.core.config import Settings
from app.db.session import Database
from app.services.default_game import GameDefinitions, read_game
from app.services.game_seeding import GameSeeding, SeedAction, Seeded

BUNDLED_GAME = Path(__file__).parents[1] / "app" / "content" / "game"
"""The definitions that come with the program."""

_PLURALS = {"badge": "badges", "boss": "bosses", "quest": "quests"}


async def apply_game(
    database: Database, game: GameDefinitions, *, overwrite: bool = False, dry_run: bool = False
) -> Sequence[Seeded]:
    """Bring all of the definitions to the database, or none.

    Raises:
        QuestboardError: one of them can't be brought, or the database is out of reach or busy.
    """
    async with database.writing() as transaction:
        done = await GameSeeding(transaction.uow, SystemClock()).apply(game, overwrite=overwrite)
        if not dry_run:
            await transaction.commit()
    return done


async def seed_first_game(settings: Settings, folder: Path = BUNDLED_GAME) -> Sequence[Seeded]:
    """Bring the definitions in the folder to a database in which nothing was ever defined.

    Several servers may start at once on one database: one of them brings the definitions.

    Raises:
        BadGameError: the files are wrong.
        QuestboardError: as for ``apply_game``.
    """
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            if await uow.definitions.has_any():
                return []
        return await apply_game(database, read_game(folder))
    finally:
        await database.dispose()


def summarize(done: Sequence[Seeded]) -> str:
    """What was done in a line: ``42 badges, 16 bosses, 45 quests added``."""
    counted = Counter((seeded.action, seeded.kind) for seeded in done)
    sentences = []
    for action in SeedAction:
        counts = [
            f"{counted[action, kind]} {kind if counted[action, kind] == 1 else plural}"
            for kind, plural in _PLURALS.items()
            if counted[action, kind]
        ]
        if counts:
            sentences.append(f"{', '.join(counts)} {action}")
    return "; ".join(sentences) or "nothing to change"
