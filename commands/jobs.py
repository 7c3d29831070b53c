"""Look after background jobs: ``python -m commands.jobs list|show|retry|drop [--json]``."""

import argparse
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from typing import Any

from app.core.clock import SystemClock
from app.core.config import Settings, load_settings
from app.core.jobs import JobKind, JobStatus
from app.core.logging import configure_logging
from app.db.repositories.background_tasks import JobFilter, JobRow
from app.db.session import Database
from app.services.background_tasks import BackgroundTaskService
from app.services.system import SystemService
from commands.readiness import find_missing_file
from commands.terminal import fail, report, run

_CONNECTIONS = 1
_MAX_LISTED = 1000
_EPILOG = """
A job is queued until a worker takes it. One that fails is tried again, after growing pauses, and is dead
after the eighth time, or at once if trying again can't help: then it waits here. Dead jobs are kept for 90
days, done ones for two weeks. What is retried is found by the workers within seconds.
"""

Act = Callable[[BackgroundTaskService, argparse.Namespace], Coroutine[Any, Any, None]]


async def _list(jobs: BackgroundTaskService, given: argparse.Namespace) -> None:
    status = None if given.status is None else JobStatus(given.status)
    rows = await jobs.list_newest(JobFilter(status, given.kind), given.limit)
    lines = [_describe(row) for row in rows] or ["no jobs"]
    report("\n".join(lines), {"jobs": [asdict(row) for row in rows]}, as_json=given.json)


async def _show(jobs: BackgroundTaskService, given: argparse.Namespace) -> None:
    facts = asdict(await jobs.get(given.id))
    lines = [f"{name}: {value}" for name, value in facts.items() if value is not None]
    report("\n".join(lines), facts, as_json=given.json)


async def _retry(jobs: BackgroundTaskService, given: argparse.Namespace) -> None:
    count = await jobs.retry(given.id)
    report(f"{count} to be tried again", {"retried": count}, as_json=given.json)


async def _drop(jobs: BackgroundTaskService, given: argparse.Namespace) -> None:
    await jobs.drop(given.id)
    report(f"job {given.id} dropped", {"dropped": given.id}, as_json=given.json)


def _describe(job: JobRow) -> str:
    whose = "" if job.user_id is None else f" user {job.user_id}"
    why = "" if job.error is None else f": {job.error}"
    due = f"{job.due_at:%Y-%m-%d %H:%M:%S}"
    return f"{job.id:>8}  {job.status:<8} {job.kind}{whose}, {due} UTC, tries: {job.attempts}{why}"


async def act(settings: Settings, do: Act, given: argparse.Namespace) -> int:
    """Do one of the above; the status to exit with."""
    if (path := find_missing_file(settings)) is not None:
        return fail(f"there is no database at {path}")
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        await SystemService(database).check_ready()
        async with database.writing() as transaction:
            await do(BackgroundTaskService(transaction.uow, SystemClock()), given)
            await transaction.commit()
    finally:
        await database.dispose()
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    given = _make_parser().parse_args(arguments)
    return run(_run(given))


async def _run(given: argparse.Namespace) -> int:
    configure_logging("warning")  # to standard error
    return await act(load_settings(), given.do, given)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m commands.jobs",
        description="Look after background jobs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = _add(commands, "list", "the newest jobs", _list)
    listing.add_argument("--status", choices=[status.value for status in JobStatus])
    listing.add_argument("--kind", choices=[kind.value for kind in JobKind])
    listing.add_argument("--limit", type=_read_limit, default=50, help="how many (1-1000, 50)")
    _add(commands, "show", "all that is known of a job", _show).add_argument("id", type=int)
    retry = _add(commands, "retry", "let dead jobs be tried again", _retry)
    which = retry.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=int, nargs="?")
    which.add_argument("--all-dead", action="store_true", help="all that are dead")
    _add(commands, "drop", "erase a job that is not running", _drop).add_argument("id", type=int)
    return parser


def _add(commands: Any, name: str, about: str, do: Act) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(do=do)
    return command


def _read_limit(value: str) -> int:
    count = int(value)
    if not 1 <= count <= _MAX_LISTED:
        raise argparse.ArgumentTypeError(f"should be 1-{_MAX_LISTED}")
    return count


if __name__ == "__main__":
    sys.exit(main())
