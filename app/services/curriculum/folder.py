"""The files of a course that lies in a folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.services.curriculum.layout import COURSE_FILE
from app.services.curriculum.limits import (
    MAX_FILE_SIZE,
    MAX_FILES,
    MAX_TOTAL_SIZE,
    TOO_LARGE,
    TOO_LARGE_IN_ALL,
    TOO_MANY,
    is_litter,
)
from app.services.curriculum.problems import CurriculumError, FileProblem, ProblemList, show_name

# Between looking at a file and opening it somebody could put a link or a pipe in its place.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def find_courses(path: Path) -> list[Path]:
    """The folder itself if a course lies in it, else those of its folders in which one lies, sorted."""
    if (path / COURSE_FILE).is_file():
        return [path]
    if not path.is_dir():
        return []
    return sorted(folder for folder in path.iterdir() if (folder / COURSE_FILE).is_file())


def read_folder(path: Path) -> dict[str, bytes]:
    """The contents of all files in a folder, by their POSIX paths relative to it.

    What begins with a dot at its root (``.git``) is passed over.

    Raises:
        CurriculumError: it is no folder, is too large, or holds something that is no plain file.
    """
    if not path.is_dir():
        raise CurriculumError([FileProblem(show_name(path.name), 1, "is not a folder")])
    problems = ProblemList()
    files: dict[str, bytes] = {}
    total = 0
    for name, entry in _walk(path, problems):
        data = _read_file(name, entry, problems)
        total += len(data)
        if total > MAX_TOTAL_SIZE:
            problems.add(show_name(name), 1, TOO_LARGE_IN_ALL)
            break
        files[name] = data
    problems.raise_any()
    return dict(sorted(files.items()))


def _walk(root: Path, problems: ProblemList) -> Iterator[tuple[str, str]]:
    """Names and paths of what lies in a tree and is no folder, one folder after the other."""
    folders = [("", str(root))]
    seen = 0
    while folders:
        prefix, folder = folders.pop()
        for entry in _list_folder(prefix, folder, problems):
            seen += 1
            name = prefix + entry.name
            if seen > MAX_FILES:
                problems.add(show_name(name), 1, TOO_MANY)
                return
            if name.startswith(".") or is_litter(name):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append((f"{name}/", entry.path))
            else:
                yield name, entry.path


def _list_folder(prefix: str, folder: str, problems: ProblemList) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        problems.add(show_name(prefix), 1, f"can't be read: {error.strerror}")


def _read_file(name: str, path: str, problems: ProblemList) -> bytes:
    """The content of a plain file; nothing, and a problem, if it is none."""
    try:
        # Opening a pipe or a device may wait or do something: they are told before.
        plain = stat.S_ISREG(os.lstat(path).st_mode)
        data = _read_bounded(path) if plain else None
    except OSError as error:
        problems.add(show_name(name), 1, f"can't be read: {error.strerror}")
        return b""
    if data is None:
        problems.add(show_name(name), 1, "is no plain file (links are not followed)")
        return b""
    if len(data) > MAX_FILE_SIZE:
        problems.add(show_name(name), 1, TOO_LARGE)
    return data


def _read_bounded(path: str) -> bytes | None:
    """A file's bytes up to one more than allowed; None if it is no longer a plain file."""
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        return file.read(MAX_FILE_SIZE + 1)
