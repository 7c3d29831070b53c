"""Whether the data folder and SQLite's file are as they should be."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.core.config import Settings
from commands.checkup.findings import Finding, complain, ok, warn
from commands.checkup.setting_checks import is_open_to_others

_LITTLE_BYTES, _TOO_LITTLE_BYTES = 2**30, 100 * 2**20
_LARGE_LOG_BYTES = 256 * 2**20


def check_data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the service may write to its folder, or make it."""
    folder = settings.data_dir.resolve()
    mend = f"give the folder to the service's user: chown -R USER {folder}"
    nearest = _find_nearest(folder)
    if nearest != folder:
        if os.access(nearest, os.W_OK | os.X_OK):
            yield ok("data folder", f"{folder} will be made")
        else:
            yield complain("data folder", f"{folder} can't be made", mend)
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield complain("data folder", f"{folder}: {error.strerror}", mend)
    else:
        yield ok("data folder", str(folder))


def check_space(settings: Settings) -> Iterator[Finding]:
    """Whether there is room on the disks of the data folder and of SQLite's file."""
    places = {_find_nearest(settings.data_dir.resolve())}
    if settings.database_file is not None:
        places.add(_find_nearest(settings.database_file.resolve().parent))
    for place in sorted(places):
        free = shutil.disk_usage(place).free
        message = f"{free // 2**20} MB are free at {place}"
        mend = "make room, or move the data to a larger disk"
        if free < _TOO_LITTLE_BYTES:
            yield complain("disk space", message, mend)
        elif free < _LITTLE_BYTES:
            yield warn("disk space", message, mend)
        else:
            yield ok("disk space", message)


def check_database_file(settings: Settings) -> Iterator[Finding]:
    """Whether nobody else may read SQLite's file, and the service may write it."""
    file = settings.database_file
    if file is None or not file.exists():
        return
    parts = [part for end in ("", "-wal", "-shm") if (part := _with_end(file, end)).exists()]
    open_parts = [str(part) for part in parts if is_open_to_others(part)]
    if open_parts:
        yield warn(
            "database file",
            f"others may read {', '.join(open_parts)}: mail addresses and hashes of passwords",
            f"chmod 600 {' '.join(open_parts)}",
        )
    if not os.access(file, os.R_OK | os.W_OK) or not os.access(file.parent, os.W_OK):
        yield complain(
            "database file",
            f"this user may not write to {file} and its folder",
            f"run as the service's user, or give both to it: chown USER {file}",
        )
    elif not open_parts:
        yield ok("database file", f"{file}, for its owner alone")
    log = _with_end(file, "-wal")
    if log.exists() and log.stat().st_size > _LARGE_LOG_BYTES:
        yield warn(
            "write-ahead log",
            f"{log} has {log.stat().st_size // 2**20} MB: somebody reads for very long",
            "end long-running readers, or restart the service",
        )


def _with_end(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)


def _find_nearest(folder: Path) -> Path:
    """The folder, or the nearest of those above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())
