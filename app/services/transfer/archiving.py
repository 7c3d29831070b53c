"""A database to an archive, proved by reading it again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from app.core.clock import Clock
from app.core.version import VERSION
from app.db.transfer.proofs import Proof
from app.db.transfer.tables import CarriedTable
from app.services.transfer.archive_format import ArchiveError, Header, TableHeader
from app.services.transfer.archive_reading import open_archive, verify_archive
from app.services.transfer.archive_writing import ArchiveWriter, make_file
from app.services.transfer.carrying import Phase, Source, Watch, carry


class Snapshot(Source, Protocol):
    """A database as at one moment."""

    dialect: Literal["sqlite", "postgresql"]
    tables: Sequence[CarriedTable]

    async def count_rows(self, table: CarriedTable) -> int:
        """How many rows a table has."""
        ...


class ArchivingService:
    """Makes archives of one database."""

    def __init__(self, snapshot: Snapshot, clock: Clock, revision: str) -> None:
        """``revision`` is the one that the database is at."""
        self._snapshot = snapshot
        self._clock = clock
        self._revision = revision

    async def describe(self) -> Header:
        """What an archive of the database would hold."""
        return Header(
            program_version=VERSION,
            revision=self._revision,
            created_at=self._clock.now(),
            database=self._snapshot.dialect,
            tables=[
                TableHeader(
                    name=table.name,
                    columns=list(table.columns),
                    rows=await self._snapshot.count_rows(table),
                )
                for table in self._snapshot.tables
            ],
        )

    async def archive(self, path: Path, header: Header, watch: Watch) -> Sequence[Proof]:
        """Make the archive, read it again, and only then give it its name; what is in it.

        Raises:
            FileRefusedError: there is such a file already, or none can be made.
            BadRowError: a row can't be read, or is too long.
            ArchiveError: what was written could not be read again.
        """
        with make_file(path) as (file, temporary):
            writer = ArchiveWriter(file, path, header)
            proofs = await carry(self._snapshot, writer, self._snapshot.tables, watch)
            writer.finish()
            with open_archive(temporary) as reader:
                ends = verify_archive(reader, lambda rows: watch(Phase.READ_BACK, rows))
            found = [Proof(end.table, end.rows, end.checksum, end.last_id) for end in ends]
            if found != list(proofs):
                raise ArchiveError(f"{path}: what was written could not be read again.")
        return proofs
