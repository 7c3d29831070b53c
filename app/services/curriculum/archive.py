"""The files of a course in a ZIP archive, which anybody may have made."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from app.core.text import fold_for_search
from app.services.curriculum.layout import COURSE_FILE
from app.services.curriculum.limits import (
    MAX_FILE_SIZE,
    MAX_TOTAL_SIZE,
    TOO_LARGE,
    TOO_LARGE_IN_ALL,
    is_litter,
)
from app.services.curriculum.problems import CurriculumError, FileProblem, ProblemList, show_name
from app.services.curriculum.zip_directory import BadZipError, ZipEntry, ZipReader

_STORED: Final = 0
_DEFLATED: Final = 8
_PACKING_COST: Final = 1024
"""Bytes by which packing may make a small file larger."""
_FIRST_DATE: Final = (1980, 1, 1, 0, 0, 0)
_BAD_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\\\u2028\u2029]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_MAX_NAME_LENGTH: Final = 255


def read_archive(file: BinaryIO) -> dict[str, bytes]:
    """The contents of all files of an archive by their names, whole or not at all.

    One folder around the course is left out of the names. Nothing that the archive says about sizes
    is believed: what is unpacked is measured.

    Raises:
        CurriculumError: it is no archive, is broken or too large, or holds something that no course
            needs: links, encryption, names that lead elsewhere or differ only by case.
    """
    try:
        reader = ZipReader(file)
    except BadZipError as error:
        raise CurriculumError([FileProblem("archive", 1, str(error))]) from error
    problems = ProblemList()
    entries = _name_entries(reader, problems)
    problems.raise_any()
    files: dict[str, bytes] = {}
    total = 0
    for name, entry in entries.items():
        try:
            data = _unpack(entry, reader)
        except BadZipError as error:
            problems.add(show_name(name), 1, str(error))
            continue
        total += len(data)
        if total > MAX_TOTAL_SIZE:
            problems.add(show_name(name), 1, TOO_LARGE_IN_ALL)
            break
        files[name] = data
    problems.raise_any()
    return _without_folder(files)


def write_archive(files: Mapping[str, bytes], root: str) -> bytes:
    """A ZIP archive of files in a folder named ``root``; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{root}/{name}", _FIRST_DATE)
            info.create_system = 3  # Unix, wherever we run
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _name_entries(reader: ZipReader, problems: ProblemList) -> dict[str, ZipEntry]:
    """The entries that are files, by their names."""
    entries: dict[str, ZipEntry] = {}
    seen: set[str] = set()
    for entry in reader.entries:
        name = entry.name.decode("utf-8", "backslashreplace")
        folded = fold_for_search(name.removesuffix("/"))
        for fault in _find_faults(name, entry):
            problems.add(show_name(name), 1, fault)
        if folded in seen:
            problems.add(show_name(name), 1, "is there twice (case and accents may differ)")
        seen.add(folded)
        if not name.endswith("/") and not is_litter(name):
            entries[name] = entry
    return entries


def _find_faults(name: str, entry: ZipEntry) -> Iterator[str]:
    """What is wrong with an entry before it is unpacked."""
    if name.encode() != entry.name:
        yield "has a name that is not UTF-8"
    elif len(name) > _MAX_NAME_LENGTH or _BAD_CHARACTER.search(name):
        yield "has a name that is too long, or a backslash or a control character in it"
    elif _DRIVE.match(name) or not {"", ".", ".."}.isdisjoint(name.removesuffix("/").split("/")):
        yield "has a name that leads elsewhere"
    is_folder = name.endswith("/")
    if stat.S_IFMT(entry.mode) not in {0, stat.S_IFDIR if is_folder else stat.S_IFREG}:
        yield "is a link or another special file"
    if is_folder and entry.size:
        yield "is a folder with a content of its own"
    if entry.is_encrypted:
        yield "is encrypted"
    if entry.method not in {_STORED, _DEFLATED}:
        yield "is packed in a way that is not read: use deflate"


def _unpack(entry: ZipEntry, reader: ZipReader) -> bytes:
    """The content of an entry, as far as it is what the entry says.

    Raises:
        BadZipError: it isn't, or it is too large.
    """
    if entry.packed_size > MAX_FILE_SIZE + _PACKING_COST:
        raise BadZipError(TOO_LARGE)
    data = reader.read_packed(entry)
    if entry.method == _DEFLATED:
        data = _inflate(data)
    if len(data) > MAX_FILE_SIZE:
        raise BadZipError(TOO_LARGE)
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise BadZipError("is broken: size or checksum is not as the archive says")
    return data


def _inflate(packed: bytes) -> bytes:
    """Unpack at most one byte more than is allowed."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(packed, MAX_FILE_SIZE + 1)
    except zlib.error as error:
        raise BadZipError("is broken: it can't be unpacked") from error
    if len(data) <= MAX_FILE_SIZE and (not inflater.eof or inflater.unused_data):
        raise BadZipError("is broken: it does not end where the archive says")
    return data


def _without_folder(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Sorted, and without the one folder in which the course lies, if it does."""
    tops = {name.partition("/")[0] for name in files}
    top = f"{tops.pop()}/" if len(tops) == 1 else ""
    if f"{top}{COURSE_FILE}" not in files:
        top = ""
    return {name.removeprefix(top): data for name, data in sorted(files.items())}
