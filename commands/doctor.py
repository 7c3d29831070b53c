"""Say what is wrong with a set-up, and how to mend it: ``python -m commands.doctor [--full] [--json]``.

Looks at settings, files, the database and the servers around; changes nothing, sends no mail, and shows no
secret. Exits with 1 if there is a problem, with 0 if there are warnings at most.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from app.core.config import Settings, SettingsError, load_settings
from app.core.errors import QuestboardError
from app.core.logging import configure_logging
from app.db.connecting import explain_failure
from app.db.damage import DatabaseDamagedError, explaining_damage
from commands.checkup.database_checks import HOW_TO_RESTORE, check_database, check_thoroughly
from commands.checkup.file_checks import check_data_folder, check_database_file, check_space
from commands.checkup.findings import Finding, Level, complain, ok
from commands.checkup.server_checks import check_mail_server, check_redis
from commands.checkup.setting_checks import (
    check_environment,
    check_frontend,
    check_mail_settings,
    check_proxies,
    check_secrets,
    check_workers,
    check_zones,
)
from commands.terminal import report, run

CHECK_SECONDS = 15.0
"""How long the database and each server may take."""

_HERE: Sequence[Callable[[Settings], Iterator[Finding]]] = (
    check_environment,
    check_secrets,
    check_frontend,
    check_proxies,
    check_workers,
    check_zones,
    check_data_folder,
    check_space,
    check_database_file,
    check_mail_settings,
)
_ELSEWHERE: Sequence[tuple[str, Callable[[Settings], AsyncGenerator[Finding]]]] = (
    ("database", check_database),
    ("Redis", check_redis),
    ("mail server", check_mail_server),
)


async def examine(*, full: bool) -> Sequence[Finding]:
    """All that is found."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return [complain("settings", str(error), "correct it in .env or in the environment")]
    findings = [ok("settings", "can be read")]
    for check in _HERE:
        findings += check(settings)
    for name, ask in _ELSEWHERE:
        await _collect(name, ask(settings), CHECK_SECONDS, findings.append)
    if full and not any(finding.level is Level.PROBLEM for finding in findings):
        await _collect("database", check_thoroughly(settings), None, findings.append)
    return findings


async def _collect(
    name: str,
    found: AsyncGenerator[Finding],
    seconds: float | None,
    tell: Callable[[Finding], None],
) -> None:
    mend = "see that it runs, that its address is right, and that no firewall is between"
    try:
        with explaining_damage():
            async with asyncio.timeout(seconds), aclosing(found) as coming:
                async for finding in coming:
                    tell(finding)
    except DatabaseDamagedError as error:
        tell(complain(name, str(error.detail), HOW_TO_RESTORE))
    except TimeoutError:
        tell(complain(name, f"it did not answer within {seconds} s", mend))
    except QuestboardError as error:
        reason = (
            explain_failure(error.__cause__) if isinstance(error.__cause__, Exception) else None
        )
        tell(complain(name, reason or str(error.detail), mend))


async def doctor(options: argparse.Namespace) -> int:
    """Print what is found; the status to exit with."""
    configure_logging("critical")  # what fails is told below
    findings = await examine(full=options.full)
    levels = [finding.level for finding in findings]
    problems, warnings = levels.count(Level.PROBLEM), levels.count(Level.WARNING)
    lines = [line for finding in findings for line in _describe(finding)]
    lines.append(f"{problems} problems, {warnings} warnings")
    facts: dict[str, Any] = {
        "problems": problems,
        "warnings": warnings,
        "findings": [asdict(finding) for finding in findings],
    }
    report("\n".join(lines), facts, as_json=options.json)
    return 1 if problems else 0


def _describe(finding: Finding) -> Iterator[str]:
    yield f"{finding.level:<8} {finding.check}: {finding.message}"
    if finding.mend is not None:
        yield f"{'':<8} to mend it: {finding.mend}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.doctor",
        description="Say what is wrong with this set-up, and how to mend it. Changes nothing.",
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="also look through SQLite's file and verify the ledger, if there is no problem so far",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(doctor(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
