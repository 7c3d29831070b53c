"""Writing an archive: none is there until it is whole, on the disk, and was read again."""

import gzip
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ConflictError
from app.db.transfer.errors import BadRowError
from app.db.transfer.proofs import Batch, Proof
from app.db.transfer.tables import CarriedTable
from app.services.transfer.archive_format import END_LINE, MAX_LINE_BYTES, Header, TableEnd

_LEVEL = 6


class FileRefusedError(ConflictError):
    """The archive's file can't be made."""

    code = "file_refused"


class ArchiveWriter:
    """Writes an archive to a file that is open already."""

    def __init__(self, file: BinaryIO, path: Path, header: Header) -> None:
        """``path`` is what errors call the file."""
        self._path = path
        self._file = file
        # Without a name and a time: the same rows give the same bytes.
        self._lines = gzip.GzipFile("", "wb", _LEVEL, file, mtime=0)
        self._write(header.model_dump_json().encode())

    async def write(self, table: CarriedTable, batches: AsyncIterator[Batch]) -> None:
        """All rows of a table.

        Raises:
            BadRowError: one is longer than what would be read again.
        """
        async for batch in batches:
            if any(len(line) >= MAX_LINE_BYTES for line in batch.lines):
                raise BadRowError(f"{table.name}: a row is longer than {MAX_LINE_BYTES} bytes")
            self._write(*batch.lines)

    async def seal(self, table: CarriedTable, proof: Proof) -> None:
        """Say what was in it."""
        end = TableEnd(
            table=table.name, rows=proof.rows, checksum=proof.checksum, last_id=proof.last_id
        )
        self._write(end.model_dump_json().encode())

    def finish(self) -> None:
        """All tables are written."""
        self._write(END_LINE)
        with refusing_file(self._path):
            self._lines.close()
            self._file.flush()

    def _write(self, *lines: bytes) -> None:
        if lines:
            with refusing_file(self._path):
                self._lines.write(b"\n".join([*lines, b""]))


@contextmanager
def make_file(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file beside ``path``, and its own path. It gets the name when the block ends well.

    Nobody else may read it: it holds mail addresses and hashes of passwords.

    Raises:
        FileRefusedError: there is such a file already, or none can be made.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with refusing_file(path):
        if path.exists():
            raise FileExistsError(EEXIST, "is there already")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            yield file, temporary
            with refusing_file(path):
                file.flush()
                os.fsync(file.fileno())
        with refusing_file(path):
            _give_name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


@contextmanager
def refusing_file(path: Path) -> Iterator[None]:
    """Say in a line what the system says of the file."""
    try:
        yield
    except OSError as error:
        raise FileRefusedError(f"{path}: can't be written ({error.strerror})") from None


def _give_name(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # fails where such a file has come meanwhile
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    # The name itself survives a power cut. Not every system opens folders.
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
