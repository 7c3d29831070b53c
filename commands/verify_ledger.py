"""Check that players have what their ledger says: ``python -m commands.verify_ledger [--json]``.

Compares balances, counters and streaks with the activities and entries that they follow from. It only
reads, and may run while the service does. Exits with 0 if all is right, else with 1 and a line for
each difference.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.progress import Progress

from app.core.config import Settings, load_settings
from app.core.logging import configure_logging
from app.db.session import Database
from app.services.system import SystemService
from app.services.verification import Checked, VerificationService
from commands.readiness import find_missing_file
from commands.terminal import fail, report, run

_CONNECTIONS = 1


async def verify_ledger(settings: Settings, *, as_json: bool) -> int:
    """Check all players and print what is wrong; the status to exit with."""
    if (path := find_missing_file(settings)) is not None:
        return fail(f"there is no database at {path}")
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        await SystemService(database, settings).check_ready()
        checked = await _check(VerificationService(database))
    finally:
        await database.dispose()
    differences = [difference for part in checked for difference in part.differences]
    lines = [
        f"user {found.user_id}: {found.what}: expected {found.expected}, found {found.found}"
        for found in differences
    ]
    players = sum(part.players for part in checked)
    lines.append(f"{players} players checked, {len(differences)} differences found")
    facts = {"players": players, "differences": [asdict(difference) for difference in differences]}
    report("\n".join(lines), facts, as_json=as_json)
    return 1 if differences else 0


async def _check(verification: VerificationService) -> list[Checked]:
    checked = []
    # On standard error, so that it never mixes with the result; nothing where nobody watches.
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Checking players", total=await verification.count_players())
        async for part in verification.check():
            checked.append(part)
            progress.advance(bar, part.players)
    return checked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.verify_ledger",
        description="Check that players have what their ledger says. Reads only.",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    as_json = parser.parse_args(arguments).json
    return run(_verify(as_json=as_json))


async def _verify(*, as_json: bool) -> int:
    configure_logging("warning")  # to standard error
    return await verify_ledger(load_settings(), as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
