"""Load by wrk, and what became of it."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.speed.data import Filled
from tests.benchmarks.speed.servers import Served, ServerError
from tests.benchmarks.speed.works import Work
from tests.benchmarks.yardstick.duties import GONE

CONNECTIONS = 32
_SCRIPT = Path(__file__).with_name("load.lua")
_FIGURES = "FIGURES "
_SPARE = 1000
"""Open tasks that are left out between two loads: of requests under way when the first ended."""


class NoLoadToolError(Exception):
    """wrk is missing. The message says how to get it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The figures of one load on one service."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    cpu_microseconds: float
    """Of the service's processes, a request."""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Load:
    """For how long, and by how many at once."""

    seconds: float
    connections: int = CONNECTIONS


class Wrk:
    """One run of wrk, from its start on."""

    def __init__(self, url: str, load: Load, options: dict[str, str]) -> None:
        # Its requests are numbered, which several threads would do each for itself.
        command = ["wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds:.0f}s", "--timeout=15s"]
        command += ["-s", str(_SCRIPT), url, "--"]
        for name, value in options.items():
            command += [name, value]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def finish(self) -> dict[str, int]:
        """Wait for its end; its figures, in microseconds.

        Raises:
            ServerError: it has none, or requests failed, or none was answered.
        """
        printed, _ = self._process.communicate()
        line = next((line for line in printed.splitlines() if line.startswith(_FIGURES)), None)
        figures: dict[str, int] = {} if line is None else json.loads(line.removeprefix(_FIGURES))
        if not figures.get("requests") or figures["failures"] or figures["refusals"]:
            raise ServerError(f"wrk: {printed}")
        return figures


def require_wrk() -> None:
    """Look for wrk.

    Raises:
        NoLoadToolError: it is not there.
    """
    if shutil.which("wrk") is None:
        raise NoLoadToolError(
            "wrk is missing: apt-get install wrk (Debian), brew install wrk (macOS)"
        )


class Loader:
    """Puts load on services with the tokens of the learners."""

    def __init__(self, filled: Filled, tokens: Path) -> None:
        """``tokens`` is the file that wrk reads them from."""
        self._shape = filled.shape
        self._tokens = tokens
        self._tokens.write_text("\n".join(filled.tokens) + "\n")

    def warm_and_measure(self, served: Served, work: Work, load: Load) -> Sample:
        """Warm the service up for the work, and measure it.

        Raises:
            ServerError: something was answered that should not.
        """
        warming = Load(max(2.0, load.seconds / 5), load.connections)
        warm = self.measure(served, work, warming)
        return self.measure(served, work, load, warm.requests + _SPARE)

    def measure(self, served: Served, work: Work, load: Load, first: int = 0) -> Sample:
        """The figures of a load; ``first``: how many open tasks were used up before.

        Raises:
            ServerError: something was answered that should not.
        """
        served.read_statuses()
        cpu = served.measure_cpu()
        figures = Wrk(served.url, load, self.list_options(work, first)).finish()
        served.settle()
        cpu = served.measure_cpu() - cpu
        statuses = served.read_statuses()
        # The log knows every status, at no cost to the load; in the end wrk does not wait for the last.
        if set(statuses) - {GONE} != {work.status}:
            raise ServerError(f"{served.name}: {work.title}: {dict(statuses)}")
        return Sample(
            figures["requests"],
            figures["microseconds"] / 1e6,
            figures["p50"] / 1000,
            figures["p99"] / 1000,
            figures["max"] / 1000,
            cpu * 1e6 / statuses.total(),
        )

    def list_options(self, work: Work, first: int = 0) -> dict[str, str]:
        """The arguments of ``load.lua``."""
        shape = self._shape
        options = {
            "tokens": str(self._tokens),
            "users": str(shape.users),
            "stride": str(shape.number_of_task(2, 0)),
            "hot": str(shape.first_hot_task),
            "first": str(first),
            **work.list_options(),
        }
        return options | ({"only": str(shape.hot_user)} if work.hot else {})
