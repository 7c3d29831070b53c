"""A process that serves loads what it needs for that: the rest would cost every start, and every process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.process import ROOT, START_SECONDS, make_environment

# What uvicorn does, without a port: the application, its lifespan, and requests.
SERVE = """
import asyncio, json, sys
from commands.serving.starting import prepare

prepare()

import commands.serving.loop, commands.serving.protocol
from app.main import app

async def ask(path):
    parts = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return parts.pop() if parts else await asyncio.Future()  # it stays, and sends no more

    async def send(message):
        statuses.append(message.get("status"))

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": b"", "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
             "scheme": "http", "http_version": "1.1"}
    statuses = []
    await app(scope, receive, send)
    return statuses[0]

async def serve():
    async with app.router.lifespan_context(app):
        paths = ["/api/v1/health/ready", "/api/v1/config", "/api/v1/tasks", "/docs", "/no/such/path"]
        return [await ask(path) for path in paths]

print(json.dumps({"statuses": asyncio.run(serve()), "loaded": sorted(sys.modules)}))
"""
STATUSES = [200, 200, 401, 200, 404]

FOR_FIRST_STARTS = {
    "alembic": "migrations, of which there are none to run",
    "yaml": "the files of curricula",
    "app.services.curriculum.reader": "the same",
    "app.services.game_seeding": "the definitions that are there",
    "commands.course_seeding": "the same",
    "commands.game_seeding": "the same",
}
NEVER = {
    "aiohttp": "taskiq",
    "app.db.transfer": "moving and backups",
    "app.services.replay": "verifying the ledger",
    "app.services.transfer": "moving and backups",
    "httpx": "the keys of other issuers",
    "jinja2": "mails",
    "limits": "counting over Redis",
    "opentelemetry.sdk": "traces that nobody wants",
    "pygments": "rich",
    "redis": "Redis, which nobody has set",
    "rich": "the bars of commands",
    "taskiq": "wake-ups over Redis",
    "zxcvbn": "new passwords",
}


def serve(folder: Path) -> set[str]:
    """The modules of a process that has served a little."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env=make_environment(DATA_DIR=str(folder), LOG_LEVEL="error"),
        capture_output=True,
        text=True,
        check=True,
        timeout=START_SECONDS,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["statuses"] == STATUSES
    return set(told["loaded"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where there is nothing yet."""
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def loaded_first(folder: Path) -> set[str]:
    """What the first start loads."""
    return serve(folder)


@pytest.fixture(scope="module")
def loaded(loaded_first: set[str], folder: Path) -> set[str]:
    """What every later one loads."""
    return serve(folder)


@pytest.mark.parametrize("module", FOR_FIRST_STARTS)
def test_only_a_first_start_loads(module: str, loaded_first: set[str], loaded: set[str]) -> None:
    assert module in loaded_first
    assert module not in loaded, FOR_FIRST_STARTS[module]


@pytest.mark.parametrize("module", NEVER)
def test_a_start_does_not_load(module: str, loaded: set[str]) -> None:
    assert module not in loaded, NEVER[module]


def test_the_command_itself_loads_nothing_of_the_program() -> None:
    # The processes that WORKERS starts import it as well, before they know what they are.
    code = "import sys, commands.serve; print([n for n in sys.modules if n.split('.')[0] == 'app'])"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
