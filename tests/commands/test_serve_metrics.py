"""Metrics of several processes: added up, and right when one of them is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.databases import provide_server
from tests.support.metrics import Samples, parse, value_of
from tests.support.process import START_SECONDS, Server, serve

HEALTH = {"method": "GET", "route": "/api/v1/health", "status": "2xx"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two processes over PostgreSQL."""
    with provide_server() as database:
        database.create_database("metrics")
        settings = {
            "DATABASE_URL": database.url("metrics").replace("+asyncpg", ""),
            "DATA_DIR": str(tmp_path_factory.mktemp("metrics")),
            "WORKERS": "2",
            "LOG_LEVEL": "warning",
        }
        with serve(**settings) as server:
            try:
                wait_for_both(server)
                yield server
            finally:
                server.end()  # processes that were left would keep its output open for ever


def scrape(server: Server) -> Samples:
    answer = httpx.get(f"http://{server.host}:{server.port}/metrics")
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


def wait_for_both(server: Server) -> None:
    """Wait until two processes serve."""
    give_up_at = time.monotonic() + START_SECONDS
    while value_of(scrape(server), "questboard_db_connections_max", pool="shared") != 2 * 20:
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def list_workers(server: Server) -> list[int]:
    """The processes that serve: those that the command started and that have a port's socket."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    children = [int(number) for path in tasks for number in path.read_text().split()]
    return [number for number in children if b"spawn_main" in read_command(number)]


def read_command(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_requests_of_all_processes_are_added_up_whichever_answers(running: Server) -> None:
    before = value_of(scrape(running), "questboard_http_requests_total", **HEALTH)
    for _ in range(40):  # each over a connection of its own, so that both get some
        httpx.get(f"{running.url}/health")

    for _ in range(5):
        after = value_of(scrape(running), "questboard_http_requests_total", **HEALTH)
        assert after - before == 40


def test_pools_of_all_processes_are_added_up(running: Server) -> None:
    samples = scrape(running)

    assert value_of(samples, "questboard_db_connections_max", pool="shared") == 2 * 20
    versions = [name for name, _ in samples if name == "questboard_build_info"]
    assert len(versions) == 1


def test_a_killed_process_leaves_its_counts_but_is_under_way_no_more(running: Server) -> None:
    before = value_of(scrape(running), "questboard_http_requests_total", **HEALTH)
    victims = list_workers(running)
    assert len(victims) == 2
    os.kill(victims[0], signal.SIGKILL)
    while victims[0] in list_workers(running):
        time.sleep(0.05)
    wait_for_both(running)

    samples = scrape(running)
    assert value_of(samples, "questboard_http_requests_in_flight") == 1
    assert value_of(samples, "questboard_http_requests_total", **HEALTH) == before


def test_reading_while_both_are_busy_never_goes_down(running: Server) -> None:
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client() as client:
            while not stop.is_set():
                client.get(f"{running.url}/health")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        counts = [
            value_of(scrape(running), "questboard_http_requests_total", **HEALTH) for _ in range(20)
        ]
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_the_folder_goes_with_the_service(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    os_settings = {"TMPDIR": str(temporary), "DATA_DIR": str(tmp_path / "data")}
    with provide_server() as database:
        database.create_database("folder")
        url = database.url("folder").replace("+asyncpg", "")
        with serve(WORKERS="2", DATABASE_URL=url, **os_settings) as server:
            server.read_until("Application startup complete", times=2)
            files = list(temporary.glob("questboard-metrics-*/counter_*.db"))
            assert server.end() == 0

    assert len(files) == 2

    assert list(temporary.iterdir()) == []


def test_one_process_needs_no_folder(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with serve(DATA_DIR=str(tmp_path / "data"), TMPDIR=str(temporary)) as server:
        httpx.get(f"{server.url}/health")
        assert value_of(scrape(server), "questboard_http_requests_total", **HEALTH) == 1
        assert list(temporary.glob("questboard-metrics-*")) == []
