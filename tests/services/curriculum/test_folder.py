"""Courses in folders: found, read, and bounded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.services.curriculum.folder import find_courses, read_folder
from app.services.curriculum.limits import MAX_FILE_SIZE, MAX_FILES, MAX_TOTAL_SIZE
from app.services.curriculum.problems import CurriculumError
from tests.services.curriculum.course_files import tiny_course


def lay_down(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(CurriculumError) as caught:
        read_folder(folder)
    return [str(problem) for problem in caught.value.problems]


def test_all_files_are_read_in_order(tmp_path: Path) -> None:
    files = tiny_course()
    read = read_folder(lay_down(tmp_path, files))
    assert read == files
    assert list(read) == sorted(files)


def test_what_macos_and_git_leave_is_passed_over(tmp_path: Path) -> None:
    litter = {".git/config": b"", ".gitignore": b"", ".DS_Store": b"", "week-01/.DS_Store": b""}
    lay_down(tmp_path, tiny_course() | litter)
    (tmp_path / ".env").symlink_to("/etc/passwd")
    assert read_folder(tmp_path) == tiny_course()


def test_links_are_refused(tmp_path: Path) -> None:
    course = lay_down(tmp_path / "course", tiny_course())
    lay_down(tmp_path / "other", {"day-1.md": b"secret"})
    (course / "week-02").symlink_to(tmp_path / "other", target_is_directory=True)
    (course / "week-01" / "notes.md").symlink_to(tmp_path / "other" / "day-1.md")
    (course / "broken").symlink_to("nowhere")
    assert problems_of(course) == [
        "broken:1: is no plain file (links are not followed)",
        "week-01/notes.md:1: is no plain file (links are not followed)",
        "week-02:1: is no plain file (links are not followed)",
    ]


def test_pipes_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "course.yaml")
    assert problems_of(tmp_path) == ["course.yaml:1: is no plain file (links are not followed)"]


def test_a_file_may_have_its_greatest_size(tmp_path: Path) -> None:
    lay_down(tmp_path, {"a": b"x" * MAX_FILE_SIZE})
    assert len(read_folder(tmp_path)["a"]) == MAX_FILE_SIZE
    lay_down(tmp_path, {"a": b"x" * (MAX_FILE_SIZE + 1)})
    assert problems_of(tmp_path) == ["a:1: is larger than 2 MiB"]


def test_all_files_together_are_bounded(tmp_path: Path) -> None:
    largest = b"x" * MAX_FILE_SIZE
    fitting = MAX_TOTAL_SIZE // MAX_FILE_SIZE
    lay_down(tmp_path, {str(number): largest for number in range(fitting)})
    assert len(read_folder(tmp_path)) == fitting
    lay_down(tmp_path, {"one-more": b"x"})
    (problem,) = problems_of(tmp_path)
    assert problem.endswith("all files up to here are larger than 50 MiB")


def test_the_number_of_files_and_folders_is_bounded(tmp_path: Path) -> None:
    for number in range(MAX_FILES):
        (tmp_path / str(number)).mkdir()
    assert read_folder(tmp_path) == {}
    (tmp_path / "one-more").mkdir()
    (problem,) = problems_of(tmp_path)
    assert problem.endswith("more than 2000 files are too many")


NOBODY = 65534


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """Root may read everything: for a while it is somebody else."""
    was = os.geteuid()
    os.seteuid(NOBODY if was == 0 else was)
    try:
        yield
    finally:
        os.seteuid(was)


def test_what_may_not_be_read_is_told() -> None:
    # Not below pytest's own folder, which is closed to others.
    with TemporaryDirectory() as name:
        folder = lay_down(Path(name), {"a": b"", "b/c": b""})
        folder.chmod(0o755)
        (folder / "a").chmod(0)
        (folder / "b").chmod(0)
        with without_roots_rights():
            found = problems_of(folder)
        (folder / "b").chmod(0o700)
    assert found == [
        "a:1: can't be read: Permission denied",
        "b/:1: can't be read: Permission denied",
    ]


def test_a_folder_has_to_be_one(tmp_path: Path) -> None:
    lay_down(tmp_path, {"file": b""})
    assert problems_of(tmp_path / "file") == ["file:1: is not a folder"]
    assert problems_of(tmp_path / "nothing") == ["nothing:1: is not a folder"]


def test_courses_are_found_in_a_folder_or_one_below(tmp_path: Path) -> None:
    lay_down(
        tmp_path, {"b/course.yaml": b"", "a/course.yaml": b"", "c/x": b"", "d/e/course.yaml": b""}
    )
    assert find_courses(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    assert find_courses(tmp_path / "a") == [tmp_path / "a"]
    lay_down(tmp_path, {"course.yaml": b""})
    assert find_courses(tmp_path) == [tmp_path]


def test_no_courses_are_found_where_there_are_none(tmp_path: Path) -> None:
    assert find_courses(tmp_path) == []
    assert find_courses(tmp_path / "nothing") == []
