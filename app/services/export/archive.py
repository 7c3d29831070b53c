"""The zip of an export, written part by part. All of it blocks: it is to be run in a worker thread."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from functools import partial
from typing import IO, Any, BinaryIO
from uuid import UUID

from app.db.repositories.export import ExportTable

_encode = partial(json.dumps, ensure_ascii=False, allow_nan=False)


class ExportPart:
    """The file of one table: a list in JSON, one row a line."""

    def __init__(self, table: ExportTable, file: IO[bytes]) -> None:
        self._table = table
        self._file = file
        self._rows = 0
        file.write(b"[")

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows."""
        for row in rows:
            self._file.write(b",\n" if self._rows else b"\n")
            self._file.write(_write_row(self._table, row))
            self._rows += 1

    def end(self) -> int:
        """All rows are written; how many there are."""
        self._file.write(b"\n]\n")
        self._file.close()
        return self._rows

    def abandon(self) -> None:
        """Let go of the archive's file, as far as it is still held."""
        with suppress(OSError, ValueError):
            self._file.close()


class ExportArchive:
    """Writes files one after the other.

    One that was abandoned has a directory of what it has so far: nobody may get to see it.
    """

    def __init__(self, file: BinaryIO, made_at: datetime) -> None:
        """``made_at`` becomes the date of each file within."""
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._date = made_at.timetuple()[:6]
        self._part: ExportPart | None = None

    def write_text(self, name: str, text: str) -> None:
        """A whole file."""
        self._zip.writestr(self._describe(name), text.encode())

    def begin(self, table: ExportTable) -> ExportPart:
        """Begin the file of a table; the one before has to be ended."""
        # Its size is not known beforehand; a history of years may have more than 2 GiB.
        file = self._zip.open(self._describe(f"{table.name}.json"), "w", force_zip64=True)
        self._part = ExportPart(table, file)
        return self._part

    def finish(self) -> None:
        """All files are written: write the directory, without which it is no archive."""
        self._zip.close()

    def abandon(self) -> None:
        """Let go of the file, whatever was written."""
        if self._part is not None:
            self._part.abandon()
        with suppress(OSError, ValueError):
            self._zip.close()

    def _describe(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


def write_document(document: Mapping[str, Any]) -> str:
    """A document of its own, for people to read as well."""
    return _encode(document, indent=2, default=_write_value) + "\n"


def _write_row(table: ExportTable, row: Sequence[Any]) -> bytes:
    values = dict(zip(table.fields, row, strict=True))
    for place in table.json_places:
        if row[place] is not None:
            values[table.fields[place]] = json.loads(row[place])
    # Half of a character, which no text of ours has, would become JSON's escape of it.
    return _encode(values, default=_write_value).encode(errors="backslashreplace")


def _write_value(value: Any) -> str:
    """What JSON has no form for: instants in UTC, dates and times of day in ISO 8601, and ids."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"no form for {type(value).__name__}")
