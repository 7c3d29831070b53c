"""What is counted, and how several processes count into one folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.metrics import FOLDER_VARIABLE, record_request, record_reward
from app.core.metrics_output import empty_folder, render_metrics, share_metrics
from app.core.version import VERSION
from tests.support.metrics import Watch, parse, value_of
from tests.support.process import ROOT

COUNT = """
import os
from app.core.metrics import REQUESTS_IN_FLIGHT, record_request
REQUESTS_IN_FLIGHT.inc()
record_request("GET", "/x", 200, 0.01)
print("ready", flush=True)
input()
"""


class Counting:
    """A process that counted one request and has another under way."""

    def __init__(self, folder: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", COUNT],
            cwd=ROOT,
            env={**os.environ, FOLDER_VARIABLE: folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_a_request_is_counted_by_method_template_and_class_of_status() -> None:
    watch = Watch()
    record_request("GET", "/api/v1/tasks/{task_id}", 204, 0.2)

    labels = {"method": "GET", "route": "/api/v1/tasks/{task_id}"}
    assert watch.grown("questboard_http_requests_total", status="2xx", **labels) == 1
    assert watch.grown("questboard_http_request_seconds_sum", **labels) == pytest.approx(0.2)
    assert watch.grown("questboard_http_request_seconds_bucket", le="0.1", **labels) == 0
    assert watch.grown("questboard_http_request_seconds_bucket", le="0.25", **labels) == 1


def test_unknown_routes_and_methods_are_one_label_each() -> None:
    watch = Watch()
    for method in ("BREW", "PROPFIND", "x" * 1000):
        record_request(method, None, 404, 0.001)

    labels = {"method": "other", "route": "unmatched"}
    assert watch.grown("questboard_http_requests_total", status="4xx", **labels) == 3
    assert "PROPFIND" not in render_metrics().decode()


def test_what_was_paid_and_what_was_taken_are_counted_apart() -> None:
    watch = Watch()
    record_reward("task_completed", xp=20, gold=4)
    record_reward("undo", xp=-20, gold=-4)
    record_reward("purchased", xp=0, gold=-80)

    paid, taken = "questboard_rewards_paid_total", "questboard_rewards_taken_total"
    assert watch.grown(paid, currency="xp", reason="task_completed") == 20
    assert watch.grown(paid, currency="gold", reason="task_completed") == 4
    assert watch.grown(taken, currency="xp", reason="undo") == 20
    assert watch.grown(taken, currency="gold", reason="purchased") == 80
    assert (paid, frozenset({("currency", "xp"), ("reason", "purchased")})) not in parse(
        render_metrics().decode()
    )


def test_it_tells_what_runs() -> None:
    lines = render_metrics().decode().splitlines()

    (line,) = [line for line in lines if line.startswith("questboard_build_info{")]
    assert f'version="{VERSION}"' in line
    assert line.endswith(" 1.0")


def test_outcomes_are_there_before_the_first_of_them() -> None:
    samples = parse(render_metrics().decode())

    for outcome in ("sent", "delayed", "lost"):
        assert ("questboard_mails_total", frozenset({("outcome", outcome)})) in samples


def test_one_process_alone_keeps_its_numbers_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    with share_metrics(1):
        assert FOLDER_VARIABLE not in os.environ


def test_several_processes_share_a_folder_that_goes_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    with share_metrics(2):
        folder = Path(os.environ[FOLDER_VARIABLE])
        assert list(folder.iterdir()) == []
    assert FOLDER_VARIABLE not in os.environ
    assert not folder.exists()


def test_an_operators_folder_is_made_emptied_and_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "metrics"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    with share_metrics(2):
        assert list(folder.iterdir()) == []
    (folder / "counter_12.db").write_bytes(b"old")
    (folder / "notes.txt").write_text("mine")
    empty_folder(folder)

    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_processes_are_added_up_and_dead_ones_are_under_way_no_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = Counting(str(tmp_path)), Counting(str(tmp_path))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    try:
        together = parse(render_metrics().decode())
        first.kill()
        afterwards = parse(render_metrics().decode())
    finally:
        first.kill()
        second.kill()

    labels = {"method": "GET", "route": "/x", "status": "2xx"}
    for samples, under_way in ((together, 2), (afterwards, 1)):
        assert value_of(samples, "questboard_http_requests_total", **labels) == 2
        assert value_of(samples, "questboard_http_requests_in_flight") == under_way
