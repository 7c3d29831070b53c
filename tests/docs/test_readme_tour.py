"""The README's tour, run as it stands against the service as it is started."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.process import serve

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(DATA_DIR=str(tmp_path_factory.mktemp("tour"))) as server:
        yield server.url


def read_tour() -> str:
    section = README.read_text().partition("## A five-minute tour")[2]
    match = re.search(r"```bash\n(.*?)```", section, re.DOTALL)
    assert match is not None
    return match.group(1)


def test_the_tour_prints_what_it_promises(api: str) -> None:
    tour = read_tour()
    promises = re.findall(r"^#=> (.+)$", tour, re.MULTILINE)
    assert len(promises) >= 10

    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", tour],
        env={**os.environ, "API": api},
        capture_output=True,
        text=True,
        check=True,
    )

    position = 0
    for promise in promises:
        found = run.stdout.find(promise, position)
        assert found >= 0, f"{promise!r} is not in what follows: {run.stdout[position:]}"
        position = found + len(promise)
