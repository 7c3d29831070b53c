"""Reading an archive, which anybody may have made or damaged: nothing in it is believed."""

import gzip
import json
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from app.db.transfer.proofs import Batch, Checksum, Proof
from app.db.transfer.tables import CarriedTable, list_tables
from app.services.transfer.archive_format import (
    END_LINE,
    FORMAT,
    FORMAT_VERSION,
    FREE_BYTES,
    MAX_HEADER_BYTES,
    MAX_LINE_BYTES,
    MAX_RATIO,
    ArchiveError,
    Header,
    TableEnd,
    TableHeader,
)

_BATCH_ROWS = 500
_LONG_BYTES = 2**16
"""A row that is longer ends its batch, so that few of them are in memory at a time."""

M = TypeVar("M", bound=BaseModel)


class ArchiveReader:
    """Reads the tables of an archive, once and in their order."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """``size`` is that of the packed file, in bytes.

        Raises:
            ArchiveError: it is no archive, or one of another version.
        """
        self._lines = gzip.GzipFile(fileobj=file, mode="rb")
        self._most_bytes = size * MAX_RATIO + FREE_BYTES
        self._bytes = 0
        self._ends: dict[str, TableEnd] = {}
        self.header = _parse(Header, self._read_first())
        self._declared = {table.name: table for table in self.header.tables}

    async def read(self, table: CarriedTable) -> AsyncGenerator[Batch]:
        """All rows of a table.

        Raises:
            ArchiveError: the archive is damaged, or does not go on with this table.
        """
        for batch in self.read_next(self._declared[table.name]):
            yield batch
        if (self._ends[table.name].last_id is None) != (table.counter is None):
            raise ArchiveError(f"{table.name}: the archive contradicts itself.")

    def read_next(self, table: TableHeader) -> Iterator[Batch]:
        """All rows of the next table, which should be this one, and then what is said of them.

        Raises:
            ArchiveError: the archive is damaged, or does not go on with this table.
        """
        checksum = Checksum()
        lines: list[bytes] = []
        while (line := self._read_line(MAX_LINE_BYTES)).startswith(b"["):
            lines.append(line)
            if checksum.rows + len(lines) > table.rows:
                raise ArchiveError(f"{table.name}: the archive has more rows than it says.")
            if len(lines) == _BATCH_ROWS or len(line) > _LONG_BYTES:
                yield _take(lines, checksum)
                lines = []
        if lines:
            yield _take(lines, checksum)
        end = _parse(TableEnd, line)
        found = checksum.prove(table.name, end.last_id)
        given = Proof(end.table, end.rows, end.checksum, end.last_id)
        if given != found or end.rows != table.rows:
            raise ArchiveError(f"{table.name}: the rows are not those that the archive tells of.")
        self._ends[table.name] = end

    async def read_last_id(self, table: CarriedTable) -> int | None:
        """The greatest number that the table ever gave to a row."""
        return self._ends[table.name].last_id

    @property
    def ends(self) -> Sequence[TableEnd]:
        """What was in the tables that are read."""
        return list(self._ends.values())

    def finish(self) -> None:
        """See that the archive ends here.

        Raises:
            ArchiveError: it goes on, or was cut off.
        """
        if self._read_line(MAX_HEADER_BYTES) != END_LINE:
            raise ArchiveError("The archive does not end where it should.")
        with _explaining():
            rest = self._lines.read(1)
        if rest:
            raise ArchiveError("The archive goes on after its end.")

    def _read_first(self) -> bytes:
        line = self._read_line(MAX_HEADER_BYTES)
        with _explaining():
            header = json.loads(line)
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise ArchiveError("The file is no archive of Questboard.")
        if header.get("format_version") != FORMAT_VERSION:
            raise ArchiveError("The archive is of another version of the format.")
        return line

    def _read_line(self, most_bytes: int) -> bytes:
        with _explaining():
            line = self._lines.readline(most_bytes + 1)
        self._bytes += len(line)
        if self._bytes > self._most_bytes:
            raise ArchiveError("The archive would unpack to far more than its size allows.")
        if not line.endswith(b"\n"):
            too_long = len(line) > most_bytes
            raise ArchiveError(
                "A line of the archive is too long." if too_long else "The archive was cut off."
            )
        return line[:-1]


@contextmanager
def open_archive(path: Path) -> Iterator[ArchiveReader]:
    """Open an archive to be read.

    Raises:
        ArchiveError: there is none, or it is no archive.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{path}: can't be read ({error.strerror})") from None
    with file:
        yield ArchiveReader(file, path.stat().st_size)


def _take(lines: list[bytes], checksum: Checksum) -> Batch:
    with _explaining():
        batch = Batch([json.loads(line) for line in lines], lines)
    checksum.add(batch)
    return batch


def _parse(model: type[M], line: bytes) -> M:
    try:
        return model.model_validate_json(line)
    except ValidationError:
        raise ArchiveError("The archive is damaged: a line of it makes no sense.") from None


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise ArchiveError("The archive was cut off.") from None
    except (OSError, zlib.error):  # gzip's own errors are OSErrors
        raise ArchiveError("The file is no archive, or is damaged.") from None
    except (ValueError, RecursionError):
        raise ArchiveError("The archive is damaged: a line of it makes no sense.") from None


def require_fit(header: Header, revision: str) -> None:
    """See that an archive can be restored by this version of the program.

    Raises:
        ArchiveError: it was made at another revision; says what to do.
    """
    if header.revision != revision:
        raise ArchiveError(
            f"The archive is of revision {header.revision}, made by Questboard"
            f" {header.program_version}; this version wants {revision}. Restore it with the version"
            " that made it, and then run this version's commands.migrate."
        )
    if [(table.name, table.columns) for table in header.tables] != [
        (table.name, list(table.columns)) for table in list_tables(header.database)
    ]:
        raise ArchiveError("The archive has other tables or columns than its revision.")


def verify_archive(reader: ArchiveReader, watch: Callable[[int], None]) -> Sequence[TableEnd]:
    """Read all of an archive, of whatever revision; what was in its tables.

    Raises:
        ArchiveError: it is damaged.
    """
    for table in reader.header.tables:
        for batch in reader.read_next(table):
            watch(len(batch.rows))
    reader.finish()
    return reader.ends
