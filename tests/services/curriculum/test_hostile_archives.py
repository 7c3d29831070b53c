"""What somebody made to harm us is refused, whole."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.curriculum.archive import read_archive, write_archive
from app.services.curriculum.limits import MAX_FILE_SIZE, MAX_FILES, MAX_TOTAL_SIZE
from app.services.curriculum.problems import CurriculumError
from tests.services.curriculum.course_files import tiny_course
from tests.services.curriculum.zips import (
    CENTRAL,
    END,
    LOCAL,
    make_zip,
    patch,
    problems_of,
    read,
    rename,
)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *[("../a", "leads elsewhere"), ("a/../../b", "leads elsewhere"), ("..", "leads elsewhere")],
        *[
            ("/etc/passwd", "leads elsewhere"),
            ("//host/a", "leads elsewhere"),
            ("a//b", "leads elsewhere"),
        ],
        *[("./a", "leads elsewhere"), ("a/.", "leads elsewhere"), ("/", "leads elsewhere")],
        *[("C:/a", "leads elsewhere"), ("c:a", "leads elsewhere"), ("../", "leads elsewhere")],
        *[("a\\b", "a backslash or a control"), ("..\\a", "a backslash or a control")],
        *[("a\nb", "a backslash or a control"), ("a\x7f", "a backslash or a control")],
        *[("a\x1b[2J", "a backslash or a control"), ("a\u2028", "a backslash or a control")],
        ("x" * 256, "too long"),
    ],
)
def test_dangerous_names_are_refused(name: str, fault: str) -> None:
    (problem,) = problems_of(make_zip([("course.yaml", b""), (name, b"")]))
    assert fault in problem
    assert problem.isprintable()


def test_a_nul_in_a_name_is_refused() -> None:
    (problem,) = problems_of(rename(make_zip([("aXb", b"")]), b"aXb", b"a\0b"))
    assert "control character" in problem


def test_a_name_that_is_no_utf8_is_refused() -> None:
    (problem,) = problems_of(rename(make_zip([("aXb", b"")]), b"aXb", b"a\x81b"))
    assert "has a name that is not UTF-8" in problem


def test_names_in_utf8_need_no_flag() -> None:
    data = rename(make_zip([("aXXb", b"")]), b"aXXb", "a\u00fcb".encode())
    assert set(read(data)) == {"a\u00fcb"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *[
            ("a", "a"),
            ("a", "A"),
            ("week-01/x", "WEEK-01/X"),
            ("a", "a/"),
            ("stra\u00dfe", "STRASSE"),
        ],
        *[("\u00e9", "e\u0301"), ("\ufb01", "fi"), ("\u212a", "k"), (".DS_Store", ".ds_store")],
    ],
)
def test_names_that_some_systems_take_for_one_are_refused(first: str, second: str) -> None:
    (problem,) = problems_of(make_zip([(first, b""), (second, b"")]))
    assert problem.startswith(f"{second}:1: is there twice")


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR]
)
def test_links_and_special_files_are_refused(kind: int) -> None:
    info = zipfile.ZipInfo("a")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    assert problems_of(make_zip([(info, b"/etc/passwd")])) == [
        "a:1: is a link or another special file"
    ]


def test_a_folder_is_a_folder_and_nothing_else() -> None:
    info = zipfile.ZipInfo("a/")
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    assert problems_of(make_zip([(info, b"")])) == ["a/:1: is a link or another special file"]
    data = patch(make_zip([("a/", b"")]), CENTRAL, 24, struct.pack("<L", 7))
    assert problems_of(data) == ["a/:1: is a folder with a content of its own"]


@pytest.mark.parametrize("flag", [1 << 0, 1 << 6, 1 << 13])
def test_encrypted_entries_are_refused(flag: int) -> None:
    data = make_zip([("a", b"x")])
    assert problems_of(patch(data, CENTRAL, 8, struct.pack("<H", flag))) == ["a:1: is encrypted"]
    (problem,) = problems_of(patch(data, LOCAL, 6, struct.pack("<H", flag)))
    assert "is something else than the archive's directory says" in problem


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int) -> None:
    assert problems_of(make_zip([("a", b"x")], method)) == [
        "a:1: is packed in a way that is not read: use deflate"
    ]


def test_too_many_entries_are_refused() -> None:
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = [(str(n), b"") for n in range(MAX_FILES)]
    assert len(read(make_zip(entries))) == MAX_FILES
    assert problems_of(make_zip([*entries, ("x", b"")])) == [
        "archive:1: more than 2000 files are too many"
    ]


def test_too_many_entries_are_refused_before_they_are_listed() -> None:
    data = make_zip([(str(number), b"") for number in range(40_000)])
    file = io.BytesIO(data)
    tracemalloc.start()
    try:
        with pytest.raises(CurriculumError, match="2000 files are too many"):
            read_archive(file)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


def test_a_directory_that_hides_its_entries_is_refused() -> None:
    data = make_zip([("a", b""), ("b", b"")])
    assert problems_of(patch(data, END, 8, struct.pack("<HH", 1, 1))) == [
        "archive:1: has a broken directory"
    ]
    assert problems_of(patch(data, END, 8, struct.pack("<HH", 3, 3))) == [
        "archive:1: has a broken directory"
    ]


def test_a_huge_directory_is_refused() -> None:
    info = zipfile.ZipInfo("a")
    info.comment = b"x" * 0xFFFF
    data = make_zip([(info, b"")] * 40)
    assert problems_of(data) == ["archive:1: more than 2000 files are too many"]


def test_a_file_may_have_its_greatest_size() -> None:
    assert len(read(make_zip([("a", b"x" * MAX_FILE_SIZE)]))["a"]) == MAX_FILE_SIZE
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = make_zip([("a", b"x" * (MAX_FILE_SIZE + 1))], method)
        assert problems_of(data) == ["a:1: is larger than 2 MiB"]


def test_a_bomb_is_not_unpacked() -> None:
    data = make_zip([("a", bytes(100 * 1024 * 1024))])
    assert len(data) < MAX_FILE_SIZE
    lying = patch(data, CENTRAL, 24, struct.pack("<L", 5))
    lying = patch(lying, LOCAL, 22, struct.pack("<L", 5))
    tracemalloc.start()
    try:
        for bomb in (data, lying):
            assert problems_of(bomb) == ["a:1: is larger than 2 MiB"]
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_many_small_bombs_are_too_large_together() -> None:
    fitting = MAX_TOTAL_SIZE // MAX_FILE_SIZE
    largest = bytes(MAX_FILE_SIZE)
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = [(str(n), largest) for n in range(fitting)]
    assert len(read(make_zip(entries))) == fitting
    assert problems_of(make_zip([*entries, ("last", b"x"), ("unread", b"")])) == [
        "last:1: all files up to here are larger than 50 MiB"
    ]


@pytest.mark.parametrize("size", [0, 4, 6, 0xFFFFFFFF])
def test_a_lie_about_the_size_is_refused(size: int) -> None:
    data = patch(make_zip([("a", b"hello")]), CENTRAL, 24, struct.pack("<L", size))
    (problem,) = problems_of(data)
    assert problem == "a:1: is broken: size or checksum is not as the archive says"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("size", [0, 3, 8, 9, 200, 0x40000, 0xFFFFFFFF])
def test_a_lie_about_the_packed_size_is_refused(method: int, size: int) -> None:
    data = patch(make_zip([("a", b"hello")], method), CENTRAL, 20, struct.pack("<L", size))
    (problem,) = problems_of(data)
    assert problem.startswith("a:1: ")


def test_a_bad_checksum_is_refused() -> None:
    data = make_zip([("a", b"hello")], zipfile.ZIP_STORED)
    assert problems_of(data.replace(b"hello", b"jello")) == [
        "a:1: is broken: size or checksum is not as the archive says"
    ]


def test_a_broken_stream_is_refused() -> None:
    data = make_zip([("a", b"hello" * 10)])
    assert problems_of(patch(data, LOCAL, 31, b"\xff\xff")) == [
        "a:1: is broken: it can't be unpacked"
    ]


def test_something_behind_a_stream_is_refused() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"hello") + packer.flush()
    stored = make_zip([("a", packed + b"hidden")], zipfile.ZIP_STORED)
    for signature, method, crc, size in ((LOCAL, 8, 14, 22), (CENTRAL, 10, 16, 24)):
        stored = patch(stored, signature, method, struct.pack("<H", 8))
        stored = patch(stored, signature, crc, struct.pack("<L", zlib.crc32(b"hello")))
        stored = patch(stored, signature, size, struct.pack("<L", 5))
    assert problems_of(stored) == ["a:1: is broken: it does not end where the archive says"]


def test_entries_that_share_their_bytes_are_refused() -> None:
    data = make_zip([("a", b"x" * 99), ("b", b"x" * 99)], zipfile.ZIP_STORED)
    shared = patch(data, CENTRAL, 42, struct.pack("<L", 0), which=1)
    assert problems_of(shared) == ["b:1: is something else than the archive's directory says"]
    longer = patch(data, CENTRAL, 20, struct.pack("<LL", 150, 150))
    assert problems_of(longer) == ["a:1: overlaps with another part of the archive"]
    extra = patch(data, LOCAL, 28, struct.pack("<H", 10))
    assert problems_of(extra) == ["a:1: overlaps with another part of the archive"]
    last = patch(data, CENTRAL, 20, struct.pack("<LL", 150, 150), which=1)
    assert problems_of(last) == ["b:1: overlaps with another part of the archive"]


def test_nested_entries_are_refused() -> None:
    inner = make_zip([("b", b"x" * 99)], zipfile.ZIP_STORED)[: 31 + 99]
    data = make_zip([("a", inner), ("b", b"x" * 99)], zipfile.ZIP_STORED)
    nested = patch(data, CENTRAL, 42, struct.pack("<L", 31), which=1)
    assert problems_of(nested) == ["a:1: overlaps with another part of the archive"]


@pytest.mark.parametrize("offset", [1, 50, 10_000, 0xFFFFFFFF])
def test_an_entry_that_is_not_where_it_should_be_is_refused(offset: int) -> None:
    data = patch(make_zip([("a", b"x" * 99)]), CENTRAL, 42, struct.pack("<L", offset))
    assert problems_of(data) == ["a:1: is not where the archive's directory says"]


def test_a_file_named_otherwise_in_its_own_header_is_refused() -> None:
    data = patch(make_zip([("a", b"x")]), LOCAL, 30, b"b")
    assert problems_of(data) == ["a:1: is something else than the archive's directory says"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"slug: x",
        lambda _: b"PK\5\6",
        lambda data: b"\x1f\x8b" + data[2:-22],
        lambda data: data[:-1],
        lambda data: data[:-22],
        lambda data: data[: len(data) // 2],
        lambda data: data[10:],
        lambda data: data + b"x",
        lambda data: b"#!/bin/sh\n" + data,
        lambda data: data + data,
        lambda data: patch(data, END, 4, b"\1\0"),
        lambda data: patch(data, END, 6, b"\1\0"),
        lambda data: patch(data, END, 8, b"\1\0"),
        lambda data: patch(data, END, 16, b"\xff\xff\xff\xff"),
        lambda data: patch(data, END, 12, b"\xff\xff\xff\xff"),
        lambda data: data[:-22] + b"PK\6\7" + bytes(16) + data[-22:],
        lambda data: patch(data, CENTRAL, 0, b"XX"),
        lambda data: patch(data, CENTRAL, 28, b"\xff\xff", which=-1),
    ],
)
def test_what_is_no_whole_archive_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    (problem,) = problems_of(spoil(write_archive(tiny_course(), "tiny")))
    assert problem.startswith("archive:1: ")


def test_all_problems_of_an_archive_are_told_at_once() -> None:
    data = make_zip([("../a", b""), ("b\\c", b""), ("d", b""), ("D", b"")])
    assert len(problems_of(data)) == 3


WHOLE = write_archive({"course.yaml": b"slug: x\n" * 5, "a": b"y"}, "tiny")


@settings(max_examples=500)
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.booleans())
def test_a_damaged_archive_is_refused_or_read_rightly(place: int, byte: int, cut: bool) -> None:
    damaged = WHOLE[:place] + bytes([byte]) + (b"" if cut else WHOLE[place + 1 :])
    try:
        files = read(damaged)
    except CurriculumError:
        return
    assert set(files.values()) <= {b"slug: x\n" * 5, b"y"}
