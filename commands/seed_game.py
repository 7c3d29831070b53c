"""Bring quests, bosses and badges to the database: ``python -m commands.seed_game [--dry-run] [--json]``.

The definitions that come with Questboard are added if their keys were never there. What admins changed or
retired stays as they want it, unless ``--overwrite`` is given. All is done together or nothing is; the
same again changes nothing.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from app.core.config import load_settings
from app.core.logging import configure_logging
from app.db.session import Database
from app.services.default_game import read_game
from app.services.game_seeding import Seeded
from commands.game_seeding import BUNDLED_GAME, apply_game, summarize
from commands.readiness import find_hindrance
from commands.terminal import fail, report, run


async def seed_game(options: argparse.Namespace) -> int:
    """Bring the definitions to the database and print what changed; the status to exit with."""
    settings = load_settings()
    configure_logging("warning")  # to standard error
    game = read_game(BUNDLED_GAME)
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        hindrance = await find_hindrance(database, settings)
        if hindrance is not None:
            return fail(hindrance)
        done = await apply_game(
            database, game, overwrite=options.overwrite, dry_run=options.dry_run
        )
    finally:
        await database.dispose()
    _tell(done, dry_run=options.dry_run, as_json=options.json)
    return 0


def _tell(done: Sequence[Seeded], *, dry_run: bool, as_json: bool) -> None:
    lines = [f"game: {summarize(done)}"]
    if dry_run:
        lines += [f"  {seeded.action} {seeded.kind} {seeded.key}" for seeded in done]
        lines.append("dry run: nothing was changed")
    facts = {"dry_run": dry_run, "definitions": [asdict(seeded) for seeded in done]}
    report("\n".join(lines), facts, as_json=as_json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.seed_game",
        description="Bring the quests, bosses and badges that come with Questboard to the database. "
        "What admins changed or retired is left as it is.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would change, and change nothing"
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="put what admins changed or retired back as it comes with Questboard",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(seed_game(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
