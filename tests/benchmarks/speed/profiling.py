"""A profile of the service under load, by py-spy."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.speed.load import Load
from tests.benchmarks.speed.servers import Served
from tests.benchmarks.speed.works import Work


class NoProfilerError(Exception):
    """py-spy is missing. The message says how to get it."""


class Profiler:
    """Writes a flame graph of each work to a folder. It takes a share of the processor: rates are lower."""

    def __init__(self, folder: Path) -> None:
        """Make the folder.

        Raises:
            NoProfilerError: py-spy is not on the PATH.
        """
        if shutil.which("py-spy") is None:
            raise NoProfilerError("py-spy is missing: uv tool install py-spy")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def watch(self, served: Served, work: Work, load: Load) -> Iterator[None]:
        """Look at the service's first process while the block runs, its warm-up included."""
        command = ["py-spy", "record", "--pid", str(served.process.pid), "--rate", "200"]
        command += ["--duration", str(round(load.seconds * 2)), "--nonblocking"]
        command += ["--output", str(self._folder / f"{work.name}.svg")]
        spy = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            spy.wait(load.seconds * 4 + 30)
