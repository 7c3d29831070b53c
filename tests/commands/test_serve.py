"""``python -m commands.serve``: it serves, and it leaves."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.databases import provide_server
from tests.support.process import EXIT_SECONDS, ROOT, Server, send_head, serve


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service for tests that only look at it."""
    with serve(DATA_DIR=str(tmp_path_factory.mktemp("running") / "new")) as server:
        yield server


def test_it_serves_from_a_new_folder(running: Server) -> None:
    assert httpx.get(f"{running.url}/health").status_code == 200
    assert httpx.get(f"{running.url}/health/ready").status_code == 200


def test_it_says_where_it_is(running: Server) -> None:
    running.read_until("-m commands.create_superuser")
    printed = "".join(running.printed)

    assert f"http://127.0.0.1:{running.port}/\n" in printed
    assert f"http://127.0.0.1:{running.port}/docs\n" in printed


def test_it_does_not_say_what_it_is_made_of(running: Server) -> None:
    assert "server" not in httpx.get(f"{running.url}/health").headers


def test_each_line_of_the_log_is_json(running: Server) -> None:
    request_id = httpx.get(f"{running.url}/no/such/path").headers["x-request-id"]
    running.read_until(request_id)

    begin = next(n for n, line in enumerate(running.printed) if "Started server process" in line)
    lines = [json.loads(line) for line in running.printed[begin:]]
    assert (lines[-1]["event"], lines[-1]["status"]) == ("request", 404)


def test_it_listens_where_it_is_told_to(tmp_path: Path) -> None:
    with serve("127.0.0.2", DATA_DIR=str(tmp_path / "data")) as server:
        assert httpx.get(f"{server.url}/health").status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{server.port}/")

    made = {path.name for path in (tmp_path / "data").iterdir()}
    assert {"questboard.sqlite3", "development-secrets.json"} <= made


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_told_to_leave_it_ends_without_failure(tmp_path: Path, with_signal: signal.Signals) -> None:
    with serve(DATA_DIR=str(tmp_path)) as server:
        httpx.get(f"{server.url}/health")
        status = server.end(with_signal)

    assert status == 0
    assert "Traceback" not in "".join(server.printed)


def test_a_request_under_way_is_answered_before_it_leaves(tmp_path: Path) -> None:
    body = json.dumps({"email": "ada@example.org", "password": "correct horse battery"}).encode()
    with serve(DATA_DIR=str(tmp_path)) as server:
        with socket.create_connection((server.host, server.port)) as connection:
            send_head(connection, f"Content-Length: {len(body)}", "Expect: 100-continue")
            assert connection.recv(1000).startswith(b"HTTP/1.1 100")  # it waits for the body
            server.process.send_signal(signal.SIGTERM)
            server.read_until("Waiting for connections to close")
            connection.sendall(body)
            answer = connection.makefile("rb").read()
        status = server.process.wait(EXIT_SECONDS)

    assert answer.startswith(b"HTTP/1.1 201")
    assert b"ada@example.org" in answer
    assert status == 0


def test_a_second_start_migrates_nothing_and_finds_everything(tmp_path: Path) -> None:
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    login = {"username": account["email"], "password": account["password"]}
    with serve(DATA_DIR=str(tmp_path)) as first:
        assert httpx.post(f"{first.url}/auth/register", json=account).status_code == 201
        token = httpx.post(f"{first.url}/auth/login", data=login).json()["access_token"]
        assert first.end() == 0

    with serve(DATA_DIR=str(tmp_path)) as second:
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{second.url}/users/me", headers=headers)

    assert answer.json()["email"] == account["email"]
    assert "Running upgrade" in "".join(first.printed)
    assert "Running upgrade" not in "".join(second.printed)


def test_several_processes_serve_from_postgresql(tmp_path: Path) -> None:
    with provide_server() as database:
        database.create_database("workers")
        url = database.url("workers").replace("+asyncpg", "")
        with serve(DATA_DIR=str(tmp_path), DATABASE_URL=url, WORKERS="2") as server:
            server.read_until("Application startup complete", times=2)
            assert httpx.get(f"{server.url}/health/ready").status_code == 200
            status = server.end()

    started = [line for line in server.printed if "Started server process" in line]
    assert len(started) == 2
    assert sum("-> 2026_11_21_first" in line for line in server.printed) == 1
    assert status == 0


def test_fastapis_own_command_finds_the_app() -> None:
    code = (
        "from pathlib import Path; from fastapi_cli.discover import get_import_data;"
        "print(get_import_data(path=Path('app/main.py')).import_string)"
    )

    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert found.stdout.splitlines()[-1] == "app.main:app"
