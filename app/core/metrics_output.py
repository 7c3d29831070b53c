"""The metrics as text: of this process, or of all of them where several serve.

Several processes share a folder, where each keeps its numbers in files of its own (the client library's
way). A process has to know it before it imports ``prometheus_client``.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.core.metrics import FOLDER_VARIABLE, REGISTRY

CONTENT_TYPE = CONTENT_TYPE_LATEST

# The library gives these no types.
_collect_from: Callable[[CollectorRegistry, str], object] = MultiProcessCollector
_mark_dead: Callable[[int, str], None] = mark_process_dead

_FILES = "*_*.db"
_LIVE_FILES = "gauge_live*_*.db"


@contextmanager
def share_metrics(processes: int) -> Iterator[None]:
    """Have the processes that are started inside the block count into one folder, empty at first.

    It is the operator's choice, or else a temporary one that goes with the block. One process alone
    needs none: its numbers stay in memory.
    """
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        empty_folder(Path(given))
    if given or processes == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="questboard-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]


def empty_folder(folder: Path) -> None:
    """Make the folder, or forget what processes of an earlier start counted in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob(_FILES):
        file.unlink()


def render_metrics() -> bytes:
    """All metrics in Prometheus's text format. Reads files where processes share: not for the event loop."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return generate_latest(REGISTRY)
    _bury_dead(Path(folder))
    registry = CollectorRegistry()
    _collect_from(registry, folder)
    return generate_latest(registry)


def _bury_dead(folder: Path) -> None:
    """Take the gauges of processes that ended, however, out of the sums. What they counted stays."""
    numbers = {file.stem.rpartition("_")[2] for file in folder.glob(_LIVE_FILES)}
    for number in numbers:
        if number.isdecimal() and not _is_alive(int(number)):
            _mark_dead(int(number), str(folder))


def _is_alive(number: int) -> bool:
    """Whether a process of this user has the number."""
    if os.name != "posix":  # where signal 0 would not only ask
        return True
    try:
        os.kill(number, 0)
    except (
        ProcessLookupError,
        PermissionError,
    ):  # none, or another user's: the number was given anew
        return False
    return True
