"""Says at the end how many hostile requests there were."""

from typing import Any

import pytest

SENT = pytest.StashKey[dict[str, int]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SENT] = {}


@pytest.fixture(scope="session")
def sent(request: pytest.FixtureRequest) -> dict[str, int]:
    """How many requests got which status."""
    return request.config.stash[SENT]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Of several processes each tells the first one what it sent."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["hostile"] = session.config.stash[SENT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    sent = node.config.stash[SENT]
    for status, count in getattr(node, "workeroutput", {}).get("hostile", {}).items():
        sent[status] = sent.get(status, 0) + count


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    sent = config.stash[SENT]
    if sent:
        by_status = ", ".join(f"{status}: {sent[status]}" for status in sorted(sent))
        terminalreporter.write_line(f"hostile requests: {sum(sent.values())} ({by_status})")
