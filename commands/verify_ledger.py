"""Check the game's books: ``python -m commands.verify_ledger [--replay] [--json]``.

Compares balances, counters, streaks, goals, battles, badges and scores with the activities and entries
that they follow from. With ``--replay`` every history is played again from its first activity on, and
each outcome is compared with what was recorded, and the end with what is kept.

It only reads, and may run while the service does. Exits with 0 if all is right, else with 1 and a line
for each difference.
"""

import argparse
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.progress import Progress

from app.core.config import Settings, load_settings
from app.core.logging import configure_logging
from app.db.session import Database
from app.services.differences import Checked, Difference
from app.services.replaying import ReplayService
from app.services.system import SystemService
from app.services.verification import VerificationService
from commands.readiness import find_missing_file
from commands.terminal import fail, report, run

_CONNECTIONS = 1

_REPLAY_HELP = """
--replay plays every player's history again, from the first activity on, and compares what each activity
gives (entries, hearts, freezes, damage) with what was recorded, and at the end balances, streak,
counters, quests, challenges, battles and badges with what is kept.

Taken as recorded is what lies outside a player's own history: which weeks and courses were complete, and
whether a week had a boss; what was chosen, bought, paused and undone, and that a boss struck back; the
battles of parties (their blows and what they pay). The challenges of parties, which pay nothing, are left
out. Definitions are those that were in force, in all their revisions. A badge that was defined or retired
within the last minute before an activity is taken as awarded there or not.
"""


async def verify_ledger(settings: Settings, *, as_json: bool, replay: bool = False) -> int:
    """Check all players and print what is wrong; the status to exit with."""
    if (path := find_missing_file(settings)) is not None:
        return fail(f"there is no database at {path}")
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        await SystemService(database).check_ready()
        service = ReplayService(database) if replay else VerificationService(database)
        checked = await _check(await service.count_players(), service.check())
    finally:
        await database.dispose()
    differences = [difference for part in checked for difference in part.differences]
    lines = [_describe(found) for found in differences]
    players = sum(part.players for part in checked)
    lines.append(f"{players} players checked, {len(differences)} differences found")
    facts = {"players": players, "differences": [asdict(difference) for difference in differences]}
    report("\n".join(lines), facts, as_json=as_json)
    return 1 if differences else 0


def _describe(found: Difference) -> str:
    whose = "" if found.user_id is None else f"user {found.user_id}: "
    return f"{whose}{found.what}: expected {found.expected}, found {found.found}"


async def _check(players: int, parts: AsyncIterator[Checked]) -> list[Checked]:
    checked = []
    # On standard error, so that it never mixes with the result; nothing where nobody watches.
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Checking players", total=players)
        async for part in parts:
            checked.append(part)
            progress.advance(bar, part.players)
    return checked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.verify_ledger",
        description="Check that players have what their ledger says. Reads only.",
        epilog=_REPLAY_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--replay", action="store_true", help="play every history again and compare (takes longer)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(arguments)
    return run(_verify(as_json=given.json, replay=given.replay))


async def _verify(*, as_json: bool, replay: bool) -> int:
    configure_logging("warning")  # to standard error
    return await verify_ledger(load_settings(), as_json=as_json, replay=replay)


if __name__ == "__main__":
    sys.exit(main())
