"""Put an archive back: ``python -m commands.restore FILE [--replace]``.

The database has to be empty; where it has no tables they are made. With ``--replace`` all that it holds is
deleted first, in the same transaction: if anything goes wrong, it stays as it was. All is read back, compared
and verified before it is committed. Stop the service first.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from app.core.config import Settings
from app.core.logging import configure_logging
from app.db.schema_version import read_expected_revision
from app.services.transfer.archive_reading import open_archive, require_fit
from app.services.transfer.carrying import Phase
from app.services.transfer.filling import Filled
from commands.addresses import ADDRESS_HELP, DATABASE_URL, describe_address, read_address
from commands.terminal import fail, report, run
from commands.transferring import (
    count_all,
    describe_filled,
    fill,
    fill_into,
    list_facts,
    prepare,
    read_from,
    show_progress,
)

_WORD = "replace"


async def restore(options: argparse.Namespace) -> int:
    """Restore the archive and say what was proved; the status to exit with."""
    settings = read_address(options.database, "--database")
    configure_logging("warning")  # to standard error
    await _check_header(options.file)  # before anything is made
    is_new = await prepare(settings)
    if options.replace and not is_new and not options.yes and not await _confirm(settings):
        return fail("not confirmed; nothing was changed")
    filled = await _restore(options, settings, replaces=is_new or options.replace)
    place = describe_address(settings)
    sentence = f"{options.file} was restored to {place}\n{describe_filled(filled)}"
    facts = {"file": str(options.file), "to": place, **list_facts(filled)}
    report(sentence, facts, as_json=options.json)
    return 0


async def _check_header(file: Path) -> None:
    revision = await read_expected_revision()
    with open_archive(file) as archive:
        require_fit(archive.header, revision)


async def _restore(options: argparse.Namespace, settings: Settings, *, replaces: bool) -> Filled:
    with open_archive(options.file) as archive:
        async with fill_into(settings) as filling:
            with show_progress(archive.header.rows, list(Phase)) as watch:
                filled = await fill(
                    filling,
                    archive,
                    watch,
                    replaces=replaces,
                    accepts_differences=options.accept_differences,
                )
            archive.finish()
            await filling.commit()
    return filled


async def _confirm(settings: Settings) -> bool:
    if not sys.stdin.isatty():
        return False
    async with read_from(settings) as snapshot:
        rows = await count_all(snapshot)
    print(f"{describe_address(settings)} holds {rows} rows. All of them will be deleted.")
    typed = await asyncio.to_thread(input, f"Type {_WORD} to go on: ")
    return typed.strip() == _WORD


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.restore",
        description="Put an archive back into an empty database, and prove that it arrived.",
        epilog=f"--database: {ADDRESS_HELP}.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="what commands.backup made")
    parser.add_argument("--database", default=DATABASE_URL, metavar="ADDRESS", help="see below")
    parser.add_argument(
        "--replace", action="store_true", help="delete all that the database holds, after asking"
    )
    parser.add_argument("--yes", action="store_true", help="with --replace: do not ask")
    parser.add_argument(
        "--accept-differences",
        action="store_true",
        help="restore even if verify_ledger finds differences, which the archive has as well",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(restore(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
