"""Make an archive of the database: ``python -m commands.backup [FILE]``; ``--verify FILE`` checks one.

The service may run meanwhile: the archive holds the database as it was at one moment. It can be restored to
SQLite and to PostgreSQL, wherever it came from. It holds mail addresses and hashes of passwords, so only its
owner may read it. The secrets of the settings are not in it: keep those elsewhere.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.logging import configure_logging
from app.db.schema_version import read_expected_revision
from app.services.transfer.archive_format import SUFFIX
from app.services.transfer.archive_reading import open_archive, verify_archive
from app.services.transfer.archiving import ArchivingService
from app.services.transfer.carrying import Phase
from commands.addresses import ADDRESS_HELP, DATABASE_URL, describe_address, read_address
from commands.terminal import fail, report, run
from commands.transferring import list_proofs, read_from, show_progress


async def back_up(options: argparse.Namespace) -> int:
    """Make the archive and say what is in it; the status to exit with."""
    settings = read_address(options.database, "--database")
    configure_logging("warning")  # to standard error
    path = options.file or _choose_path(settings)
    async with read_from(settings) as snapshot:
        service = ArchivingService(snapshot, SystemClock(), await read_expected_revision())
        header = await service.describe()
        with show_progress(header.rows, [Phase.CARRY, Phase.READ_BACK]) as watch:
            proofs = await service.archive(path, header, watch)
    size = _measure(path)
    sentence = (
        f"{describe_address(settings)} was backed up to {path} ({size} bytes)\n"
        f"{header.rows} rows in {len(proofs)} tables, read again: counts and checksums equal"
    )
    facts = {
        "file": str(path),
        "bytes": size,
        "created_at": header.created_at.isoformat(),
        "revision": header.revision,
        "rows": header.rows,
        "tables": list_proofs(proofs),
    }
    report(sentence, facts, as_json=options.json)
    return 0


async def verify(options: argparse.Namespace) -> int:
    """Read an archive and say what is in it; the status to exit with."""
    if options.file is None:
        return fail("--verify needs the FILE")
    with open_archive(options.file) as archive:
        header = archive.header
        with show_progress(header.rows, [Phase.READ_BACK]) as watch:
            ends = verify_archive(archive, lambda rows: watch(Phase.READ_BACK, rows))
    sentence = (
        f"{options.file} is whole: {header.rows} rows in {len(ends)} tables, of"
        f" {header.created_at.isoformat(timespec='seconds')}, revision {header.revision}"
    )
    facts = {
        "file": str(options.file),
        "created_at": header.created_at.isoformat(),
        "revision": header.revision,
        "rows": header.rows,
        "tables": [end.model_dump() for end in ends],
    }
    report(sentence, facts, as_json=options.json)
    return 0


def _choose_path(settings: Settings) -> Path:
    name = f"questboard-{SystemClock().now():%Y%m%dT%H%M%SZ}{SUFFIX}"
    return settings.data_dir / "backups" / name


def _measure(path: Path) -> int:
    return path.stat().st_size


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.backup",
        description="Make an archive of the database while the service runs, and read it again.",
        epilog=f"--database: {ADDRESS_HELP}.",
    )
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="(none: a new one in DATA_DIR/backups)"
    )
    parser.add_argument("--database", default=DATABASE_URL, metavar="ADDRESS", help="see below")
    parser.add_argument(
        "--verify", action="store_true", help="make none: read FILE and check that it is whole"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    given = parser.parse_args(arguments)
    return run(verify(given) if given.verify else back_up(given))


if __name__ == "__main__":
    sys.exit(main())
