"""Move all data to another database: ``python -m commands.move_database FROM TO``.

From SQLite to PostgreSQL, back, or from one to another of the same kind. The target has to be empty; where
it has no tables they are made. All is written in one transaction, read back, compared and verified before
it is committed; the source is only read. Stop the service first: what it writes while this runs stays behind.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from app.core.logging import configure_logging
from app.services.transfer.carrying import Phase
from commands.addresses import ADDRESS_HELP, describe_address, read_address
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


async def move(options: argparse.Namespace) -> int:
    """Move the data and say what was proved; the status to exit with."""
    source = read_address(options.source, "FROM")
    target = read_address(options.target, "TO")
    if source.resolved_database_url == target.resolved_database_url:
        return fail("FROM and TO are the same database")
    configure_logging("warning")  # to standard error
    begun = time.monotonic()
    async with read_from(source) as snapshot:
        is_new = await prepare(target)
        rows = await count_all(snapshot)
        async with fill_into(target) as filling:
            with show_progress(rows, list(Phase)) as watch:
                filled = await fill(
                    filling,
                    snapshot,
                    watch,
                    replaces=is_new,  # what migrations put there comes from the source as well
                    accepts_differences=options.accept_differences,
                )
            await filling.commit()
    seconds = round(time.monotonic() - begun, 1)
    names = {"from": describe_address(source), "to": describe_address(target)}
    sentence = (
        f"moved from {names['from']} to {names['to']} in {seconds} s\n{describe_filled(filled)}"
    )
    report(sentence, {**names, "seconds": seconds, **list_facts(filled)}, as_json=options.json)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m commands.move_database",
        description="Move all data from one database to another, empty one, and prove that it arrived.",
        epilog=f"FROM and TO: {ADDRESS_HELP}.",
    )
    parser.add_argument("source", metavar="FROM", help="the database to read")
    parser.add_argument("target", metavar="TO", help="the database to fill; it has to be empty")
    parser.add_argument(
        "--accept-differences",
        action="store_true",
        help="move even if verify_ledger finds differences, which the source has as well",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return run(move(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
