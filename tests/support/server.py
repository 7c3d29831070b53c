"""The service as a process of its own, started as ``./start.sh`` starts it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 20.0

_OURS = ("DATABASE_URL", "DATA_DIR", "ENVIRONMENT", "HOST", "PORT", "REDIS_URL", "WORKERS")


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve(**settings: str) -> Iterator[str]:
    """Run ``python -m commands.serve`` with these settings; gives its address once it answers."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if name not in _OURS}
    base_url = f"http://127.0.0.1:{port}"
    # To a file: a pipe that nobody reads would fill and stop the service.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "commands.serve"],
            cwd=ROOT,
            env={**clean, "PORT": str(port), **settings},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_answers(process, output, base_url)
            yield base_url
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def _wait_until_it_answers(
    process: subprocess.Popen[bytes], output: IO[str], base_url: str
) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            httpx.get(f"{base_url}/api/v1/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    output.seek(0)
    raise RuntimeError(f"the service did not answer; it printed:\n{output.read()}")
