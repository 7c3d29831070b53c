"""How many SQL statements every operation costs, counted at the driver, authentication included.

The numbers stand in ``pins``. Those of the hot paths in the midst of a game are pinned once more, with what
they may cost at most, in ``tests/api/test_statement_budgets.py`` and its like.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.budgets.journey import OPERATIONS
from tests.budgets.pins import AT_MOST_FOR_A_LOOK_UP, GREAT_LOOK_UPS, ON_SQLITE, PINS
from tests.budgets.walk import walk
from tests.support.databases import SQLITE
from tests.support.service import Service

POLL = "SELECT players.user_id, players.last_notification"


def name_operation(step: str) -> str:
    """Of which operation a step is; the same functions serve both paths of tasks."""
    return step.partition(":")[0]


def name_pin(step: str) -> str:
    """Under which name a step is pinned."""
    return step.replace("_of_user", "", 1)


def leave_out_echoes(statements: Sequence[str]) -> list[str]:
    """What was sent for the request alone.

    SQLite's trace says a DELETE once more for each foreign key that it follows. And while anybody
    follows a stream, the process looks for the newest notifications at times of its own.
    """
    kept: list[str] = []
    for sql in statements:
        is_cascade = sql.startswith("DELETE") and kept[-1:] == [sql]
        is_poll = sql.startswith(POLL) and any(known.startswith(POLL) for known in kept)
        if not is_cascade and not is_poll:
            kept.append(sql)
    return kept


async def test_every_operation_costs_its_statements(service: Service, database_kind: str) -> None:
    heard: dict[str, list[str]] = {}

    @asynccontextmanager
    async def observe(step: str) -> AsyncIterator[None]:
        await service.settle()
        with service.statements.count() as statements:
            yield
        assert step not in heard, f"two steps of one name: {step}"
        heard[step] = leave_out_echoes(statements)

    await walk(service, await service.learner(), observe)

    expected = PINS | (ON_SQLITE if database_kind == SQLITE else {})
    wrong = {
        f"{step}: {len(statements)} and not {expected.get(name_pin(step))}": statements
        for step, statements in heard.items()
        if len(statements) != expected.get(name_pin(step))
    }
    assert not wrong, "\n".join(
        "\n    ".join([what, *(" ".join(sql.split())[:200] for sql in statements)])
        for what, statements in wrong.items()
    )
    assert {name_pin(step) for step in heard} == PINS.keys()


def test_every_operation_is_pinned() -> None:
    pinned = {name_operation(step) for step in PINS}

    assert pinned == {name_pin(name) for name in OPERATIONS}


def test_no_look_up_costs_much() -> None:
    look_ups = {step for step in PINS if OPERATIONS[name_operation(step)].method == "GET"}

    dear = {step: PINS[step] for step in look_ups if PINS[step] > AT_MOST_FOR_A_LOOK_UP}
    assert dear == GREAT_LOOK_UPS
