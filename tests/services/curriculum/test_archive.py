"""Archives: what is written is read again, and what other tools make is read."""

import io
import stat
import zipfile

import pytest

from app.services.curriculum.archive import write_archive
from tests.services.curriculum.course_files import tiny_course
from tests.services.curriculum.zips import make_zip, read


def test_what_is_written_is_read_again() -> None:
    files = tiny_course()
    assert read(write_archive(files, "tiny")) == files


def test_the_same_files_give_the_same_bytes() -> None:
    files = tiny_course()
    backwards = dict(reversed(files.items()))
    assert write_archive(files, "tiny") == write_archive(backwards, "tiny")


def test_a_written_archive_is_what_other_tools_expect() -> None:
    with zipfile.ZipFile(io.BytesIO(write_archive(tiny_course(), "tiny"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(f"tiny/{name}" for name in tiny_course())
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == stat.S_IFREG | 0o644
            assert info.compress_type == zipfile.ZIP_DEFLATED


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("top", ["", "tiny/", "K\u00fcrs \u2603/"])
def test_a_folder_around_the_course_is_left_out(top: str, method: int) -> None:
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = [(top, b"")] if top else []
    entries += [
        (top + "week-01/", b""),
        *((top + name, data) for name, data in tiny_course().items()),
    ]
    assert read(make_zip(entries, method)) == tiny_course()


def test_folders_without_a_course_stay_in_the_names() -> None:
    assert set(read(make_zip([("week-01/day-1.md", b"")]))) == {"week-01/day-1.md"}
    assert set(read(make_zip([("a/course.yaml", b""), ("b/x", b"")]))) == {"a/course.yaml", "b/x"}
    assert set(read(make_zip([("a/b/course.yaml", b"")]))) == {"a/b/course.yaml"}


def test_what_macos_adds_is_passed_over() -> None:
    litter: list[tuple[str | zipfile.ZipInfo, bytes]] = [
        *[("__MACOSX/a/._course.yaml", b"x"), ("a/.DS_Store", b"x"), ("a/week-01/.DS_Store", b"x")],
        ("a/course.yaml", b"slug: x"),
    ]
    assert read(make_zip(litter)) == {"course.yaml": b"slug: x"}


def test_an_archive_that_was_streamed_is_read() -> None:
    class Pipe(io.BytesIO):
        def tell(self) -> int:
            raise OSError("a pipe has no place")

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tiny_course().items():
            archive.writestr(name, data)
    data = buffer.getvalue()
    assert data.count(b"PK\7\x08") == len(tiny_course())
    assert read(data) == tiny_course()


def test_an_archive_may_have_a_comment_and_no_entries() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.comment = b"x" * 0xFFFF
    assert read(buffer.getvalue()) == {}
