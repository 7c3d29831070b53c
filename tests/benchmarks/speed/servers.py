"""Both services as processes, as they are served."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from tests.benchmarks.speed.database import KEY
from tests.support.process import ROOT, free_port, make_environment

OURS = "questboard"
YARDSTICK = "yardstick"
_MODULES = {OURS: "commands.serve", YARDSTICK: "tests.benchmarks.yardstick.serve"}
_START_SECONDS = 60
_EXIT_SECONDS = 30
_POLL_SECONDS = 0.01
_LOOK_SECONDS = 0.1
_QUIET_LOOKS = 6
_STATUS = re.compile(rb'"status": ?(\d+)')
_TICKS_PER_SECOND = 100
"""Of Linux's accounting, whatever the kernel's own clock."""


class ServerError(Exception):
    """A service did not start, or answered what it should not."""


class Served:
    """A service that runs. Its log goes to a file, as it would in production."""

    def __init__(self, name: str, url: str, folder: Path, **settings: str) -> None:
        self.name = name
        self.port = free_port()
        self.log = folder / f"{name}-{self.port}.log"
        environment = make_environment(
            DATABASE_URL=url,
            DATA_DIR=str(folder),
            ACCESS_SECRET_KEY=KEY,
            PORT=str(self.port),
            # Kept from start to start, as it is beside the code of whoever serves. Here others run it.
            PYTHONDONTWRITEBYTECODE="",
            PYTHONPYCACHEPREFIX=str(folder / "bytecode"),
            MALLOC_ARENA_MAX="2",  # as start.sh and the image have it
            **settings,
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", _MODULES[name]],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._read = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self) -> None:
        """Wait until it answers.

        Raises:
            ServerError: it does not.
        """
        give_up_at = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up_at and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(_POLL_SECONDS)
        raise ServerError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")

    def _answers(self) -> bool:
        # A client of httpx alone takes longer to make than an answer.
        connection = HTTPConnection("127.0.0.1", self.port)
        try:
            connection.request("GET", "/api/v1/health")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Tell it to leave, and end it if it does not."""
        self.process.terminate()
        try:
            self.process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def list_processes(self) -> list[int]:
        """The process and those that it started."""
        found = [self.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            found += map(int, children.split())
        return found

    def measure_cpu(self) -> float:
        """The seconds of processor that it has used so far."""
        ticks = 0
        for pid in self.list_processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS_PER_SECOND

    def measure_memory(self) -> float:
        """The resident memory of its largest process, in megabytes."""
        largest = 0
        for pid in self.list_processes():
            status = Path(f"/proc/{pid}/status").read_text()
            found = re.search(r"VmRSS:\s+(\d+) kB", status)
            largest = max(largest, int(found[1]) if found else 0)
        return largest / 1024

    def settle(self) -> None:
        """Wait until it is done with what was asked, as its log tells."""
        size, quiet = -1, 0
        while quiet < _QUIET_LOOKS:
            time.sleep(_LOOK_SECONDS)
            before, size = size, self.log.stat().st_size
            quiet = quiet + 1 if size == before else 0

    def read_statuses(self) -> Counter[int]:
        """How often which status was logged since this was asked last."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            lines = log.read()
            self._read = log.tell()
        return Counter(map(int, _STATUS.findall(lines)))


@contextmanager
def serve(name: str, url: str, folder: Path, **settings: str) -> Iterator[Served]:
    """A service from when it answers on."""
    served = Served(name, url, folder, **settings)
    try:
        served.wait()
        yield served
    finally:
        served.stop()
