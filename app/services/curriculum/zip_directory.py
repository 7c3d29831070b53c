"""What a ZIP archive says it holds, read strictly.

The standard library's ``zipfile`` builds its lists before they can be counted, cuts names at NUL, guesses
their encoding and lets entries overlap, differently from release to release; so the little that is needed
of PKWARE's APPNOTE is read here. ZIP64 and archives in several parts are refused: no course needs them.
"""

import struct
from dataclasses import dataclass
from io import SEEK_END
from itertools import pairwise
from typing import BinaryIO, Final

from app.services.curriculum.limits import MAX_FILES, TOO_MANY

_END: Final = struct.Struct("<4sHHHHLLH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_MAX_COMMENT: Final = 0xFFFF
_MAX_RECORD: Final = 1024
"""Bytes that an entry may take in the directory on average, name and extra fields included."""
_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13


class BadZipError(Exception):
    """The archive or an entry is broken, or of a kind that is not read."""


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """An entry as the central directory describes it. None of it may be believed."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    mode: int
    """The Unix mode, 0 if there is none."""
    offset: int

    @property
    def is_encrypted(self) -> bool:
        """Whether content or directory are encrypted in any way."""
        return bool(self.flags & _ENCRYPTED)


@dataclass(frozen=True, slots=True)
class _Directory:
    count: int
    size: int
    offset: int


class ZipReader:
    """Reads the entries of one archive.

    Raises:
        BadZipError: it is no archive, is cut off, or has too many entries.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        directory = _find_directory(file)
        self.entries = _list_entries(file, directory)
        """In the order of the directory."""
        starts = sorted({*(entry.offset for entry in self.entries), directory.offset})
        self._ends = dict(pairwise(starts))

    def read_packed(self, entry: ZipEntry) -> bytes:
        """The packed bytes of an entry, which nobody else may share.

        Raises:
            BadZipError: it is not where the directory says, or another one is there.
        """
        self._file.seek(entry.offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(b"PK\3\4"):
            raise BadZipError("is not where the archive's directory says")
        _, _, flags, method, *_, name_length, extra_length = _LOCAL.unpack(header)
        name = self._file.read(name_length)
        if (name, method, flags & _ENCRYPTED) != (entry.name, entry.method, 0):
            raise BadZipError("is something else than the archive's directory says")
        start = entry.offset + _LOCAL.size + name_length + extra_length
        if start + entry.packed_size > self._ends.get(entry.offset, 0):
            raise BadZipError("overlaps with another part of the archive")
        self._file.seek(start)
        return self._file.read(entry.packed_size)


def _find_directory(file: BinaryIO) -> _Directory:
    length = file.seek(0, SEEK_END)
    start = file.seek(max(0, length - _END.size - _MAX_COMMENT))
    tail = file.read(_END.size + _MAX_COMMENT)
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < _END.size:
        raise BadZipError("is no ZIP archive, or is cut off")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack_from(tail, place)
    if place + _END.size + comment != len(tail):
        raise BadZipError("has something behind its end, or is cut off")
    if disk or first_disk or here != count:
        raise BadZipError("has several parts")
    if count > MAX_FILES or size > MAX_FILES * _MAX_RECORD:
        raise BadZipError(TOO_MANY)
    if offset + size != start + place:
        # ZIP64 puts records of its own between the two.
        raise BadZipError("has its directory elsewhere than it says, is cut off, or is ZIP64")
    return _Directory(count, size, offset)


def _list_entries(file: BinaryIO, directory: _Directory) -> list[ZipEntry]:
    file.seek(directory.offset)
    records = file.read(directory.size)
    entries = []
    place = 0
    for _ in range(directory.count):
        entry, place = _read_entry(records, place)
        entries.append(entry)
    if place != len(records):
        raise BadZipError("has a broken directory")
    return entries


def _read_entry(records: bytes, place: int) -> tuple[ZipEntry, int]:
    """The entry at a place in the directory, and the place of the next one."""
    end = place + _CENTRAL.size
    if end > len(records) or not records.startswith(b"PK\1\2", place):
        raise BadZipError("has a broken directory")
    fields = _CENTRAL.unpack_from(records, place)
    _, _, _, flags, method, _, _, crc, packed_size, size = fields[:10]
    name_length, extra_length, comment_length, _, _, attributes, offset = fields[10:]
    name = records[end : end + name_length]
    end += name_length + extra_length + comment_length
    if end > len(records):
        raise BadZipError("has a broken directory")
    mode = attributes >> 16
    return ZipEntry(name, flags, method, crc, packed_size, size, mode, offset), end
