"""Whether the database is there, new enough, migrated, and large enough for all who use it."""

import re
from collections.abc import AsyncGenerator

from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from app.core.clock import SystemClock
from app.core.config import Settings
from app.db.repositories.server_facts import ServerFactsReader
from app.db.schema_version import MIGRATIONS, read_expected_revision
from app.db.session import Database
from app.db.unit_of_work import ReadUnitOfWork
from app.services.verification import VerificationService
from commands.addresses import describe_address
from commands.checkup.findings import Finding, complain, ok, warn
from commands.readiness import HOW_TO_MIGRATE, find_missing_file

OLDEST_POSTGRESQL = (15,)
OLDEST_SQLITE = (3, 35)
"""RETURNING came with it."""

HOW_TO_RESTORE = (
    "move the file away, and restore the last archive: .venv/bin/python -m commands.restore FILE"
)

_SKEW_SECONDS, _LARGE_SKEW_SECONDS = 2.0, 30.0
_SPARE_CONNECTIONS = 5
"""For commands and for whoever looks after the database."""


async def check_database(settings: Settings) -> AsyncGenerator[Finding]:
    """Ask the database all that it can tell of itself.

    Raises:
        UnavailableError: it is out of reach.
    """
    if (path := find_missing_file(settings)) is not None:
        yield warn("database", f"there is none yet at {path}", HOW_TO_MIGRATE)
        return
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            facts = uow.make(ServerFactsReader)
            yield _judge_version(await facts.read_version(), settings)
            yield await (_judge_journal(facts) if settings.is_sqlite else _judge_clock(facts))
            if not settings.is_sqlite:
                yield await _judge_connections(facts, settings)
            migrations = await _judge_migrations(uow)
            yield migrations
            if migrations.mend is None:
                yield await _judge_superuser(facts)
    finally:
        await database.dispose()


async def check_thoroughly(settings: Settings) -> AsyncGenerator[Finding]:
    """Look through all of SQLite's file, and verify the ledger. Takes as long as it takes."""
    if find_missing_file(settings) is not None:
        return
    database = Database.from_url(settings.resolved_database_url, 1)
    try:
        async with database.reading() as uow:
            damage = await uow.make(ServerFactsReader).find_damage() if settings.is_sqlite else None
        if damage is not None:
            yield complain("database", f"its file is damaged: {damage}", HOW_TO_RESTORE)
        players = differences = 0
        async for part in VerificationService(database).check():
            players += part.players
            differences += len(part.differences)
    finally:
        await database.dispose()
    message = f"{players} players checked, {differences} differences found"
    if differences:
        mend = "see which: .venv/bin/python -m commands.verify_ledger"
        yield complain("ledger", message, mend)
    else:
        yield ok("ledger", message)


def _judge_version(version: str, settings: Settings) -> Finding:
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    name, oldest = (
        ("SQLite", OLDEST_SQLITE) if settings.is_sqlite else ("PostgreSQL", OLDEST_POSTGRESQL)
    )
    if numbers < oldest:
        wanted = ".".join(str(number) for number in oldest)
        return complain(
            "database", f"{name} {version} is too old", f"install {name} {wanted} or newer"
        )
    return ok("database", f"{describe_address(settings)}, version {version}")


async def _judge_journal(facts: ServerFactsReader) -> Finding:
    mode = await facts.read_journal_mode()
    if mode != "wal":
        return warn(
            "write-ahead log",
            f"the file is in mode {mode}: readers and the writer wait for each other",
            "put the file on a local disk: network file systems have no write-ahead log",
        )
    return ok("write-ahead log", "is on")


async def _judge_clock(facts: ServerFactsReader) -> Finding:
    clock = SystemClock()
    before = clock.now()
    there = await facts.read_clock()
    after = clock.now()
    # What lies between is the way there and back.
    skew = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    message = f"the database's differs from this machine's by {skew:.0f} s"
    mend = "let both follow a time server (NTP)"
    if skew > _LARGE_SKEW_SECONDS:
        return complain("clock", message, mend)
    if skew > _SKEW_SECONDS:
        return warn("clock", message, mend)
    return ok("clock", "the database's is this machine's")


async def _judge_connections(facts: ServerFactsReader, settings: Settings) -> Finding:
    most = await facts.count_connections()
    wanted = settings.workers * settings.database_pool_size
    message = (
        f"{settings.workers} processes may open {settings.database_pool_size} each, {wanted} in all;"
        f" the server has {most}"
    )
    mend = "lower DATABASE_POOL_SIZE or WORKERS, or raise the server's max_connections"
    if wanted > most:
        return complain("connections", message, mend)
    if wanted + _SPARE_CONNECTIONS > most:
        return warn("connections", message, mend)
    return ok("connections", message)


async def _judge_migrations(uow: ReadUnitOfWork) -> Finding:
    expected, present = await read_expected_revision(), await uow.schema_version.get()
    if present == expected:
        return ok("migrations", f"at {present}")
    if present is None:
        return complain("migrations", "none was ever run", HOW_TO_MIGRATE)
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(present)
    except CommandError:
        return complain(
            "migrations",
            f"the database is at {present}, which this version does not know: a newer one was here",
            "run that newer version, or restore an archive of this one",
        )
    return complain(
        "migrations", f"the database is at {present}, behind {expected}", HOW_TO_MIGRATE
    )


async def _judge_superuser(facts: ServerFactsReader) -> Finding:
    if await facts.has_superuser():
        return ok("superuser", "there is one")
    return warn(
        "superuser",
        "there is none: nobody may see accounts or change the game",
        "run: .venv/bin/python -m commands.create_superuser",
    )
