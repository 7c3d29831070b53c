"""What moving, backing up and restoring have in common."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.core.config import Settings
from app.core.errors import ConflictError
from app.db.damage import explaining_damage
from app.db.session import Database
from app.db.transfer.opening import Filling, open_filling, open_snapshot
from app.db.transfer.proofs import Proof
from app.db.transfer.reading import SnapshotReader
from app.services.system import SystemService
from app.services.transfer.carrying import Phase, Source, Watch
from app.services.transfer.filling import Filled, FillingService
from app.services.verification import VerificationService
from commands.migrate import migrate
from commands.readiness import find_hindrance, find_missing_file

_CONNECTIONS = 1


class NotUsableError(ConflictError):
    """A database is not one that can be worked on. Says what to do."""

    code = "not_usable"


@asynccontextmanager
async def read_from(settings: Settings) -> AsyncIterator[SnapshotReader]:
    """A migrated database as at one moment.

    Raises:
        NotUsableError: there is none, or it is not migrated.
        UnavailableError: it is out of reach or busy.
    """
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        await _require_usable(database, settings)
        async with open_snapshot(database) as snapshot:
            # A migration may have come between.
            await SystemService(snapshot.database).check_ready()
            yield snapshot
    finally:
        await database.dispose()


async def prepare(settings: Settings) -> bool:
    """Migrate the database if there is nothing in it at all; whether that was done.

    Raises:
        NotUsableError: there is something in it, and it is not migrated as this version wants it.
        UnavailableError: it is out of reach or busy.
    """
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        is_new = find_missing_file(settings) is not None or not await _has_tables(database)
        if is_new:
            await asyncio.to_thread(migrate, settings)  # it starts an event loop of its own
        else:
            await _require_usable(database, settings)
    finally:
        await database.dispose()
    return is_new


async def _require_usable(database: Database, settings: Settings) -> None:
    with explaining_damage():
        hindrance = await find_hindrance(database, settings)
    if hindrance is not None:
        raise NotUsableError(hindrance)


async def _has_tables(database: Database) -> bool:
    async with open_snapshot(database) as snapshot:
        return await snapshot.has_tables()


@asynccontextmanager
async def fill_into(settings: Settings) -> AsyncIterator[Filling]:
    """A migrated database, in a transaction that is taken back unless it is committed."""
    database = Database.from_url(settings.resolved_database_url, _CONNECTIONS)
    try:
        async with open_filling(database) as filling:
            await SystemService(filling.writer.database).check_ready()
            yield filling
    finally:
        await database.dispose()


async def fill(
    filling: Filling,
    source: Source,
    watch: Watch,
    *,
    replaces: bool = False,
    accepts_differences: bool = False,
) -> Filled:
    """Fill the database from the source, with all proofs. Nothing is committed."""
    verification = VerificationService(filling.writer.database)
    service = FillingService(filling.writer, verification, watch)
    return await service.fill(source, replaces=replaces, accepts_differences=accepts_differences)


@contextmanager
def show_progress(rows: int, phases: Sequence[Phase]) -> Iterator[Watch]:
    """Bars on standard error, so that they never mix with the result; nothing where nobody watches."""
    with Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    ) as progress:
        bars = {
            phase: progress.add_task(phase, total=None if phase is Phase.VERIFY else rows)
            for phase in phases
        }
        yield lambda phase, more: progress.advance(bars[phase], more)


async def count_all(snapshot: SnapshotReader) -> int:
    """The rows of all tables."""
    return sum([await snapshot.count_rows(table) for table in snapshot.tables])


def list_proofs(proofs: Sequence[Proof]) -> list[dict[str, Any]]:
    """Proofs as JSON has them."""
    return [asdict(proof) for proof in proofs]


def describe_filled(filled: Filled) -> str:
    """What was proved, in a line."""
    what = (
        f"{filled.rows} rows in {len(filled.proofs)} tables: counts and checksums equal, ids go on where"
        f" they were, {filled.players} players checked"
    )
    if not filled.differences:
        return f"{what}, no differences"
    return f"{what}, {len(filled.differences)} differences accepted (see commands.verify_ledger)"


def list_facts(filled: Filled) -> dict[str, Any]:
    """What was proved, for programs."""
    return {
        "rows": filled.rows,
        "tables": list_proofs(filled.proofs),
        "players": filled.players,
        "differences": [asdict(difference) for difference in filled.differences],
    }
