"""How many SQL statements every operation costs, counted at the driver, authentication included.

The numbers stand in ``pins``. Those of the hot paths in the midst of a game are pinned once more, with what
they may cost at most, in ``tests/api/test_statement_budgets.py`` and its like.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.budgets.journey import OPERATIONS, name_operation
from tests.budgets.pins import AT_MOST_FOR_A_LOOK_UP, GREAT_LOOK_UPS, PINS
from tests.budgets.walk import walk
from tests.support.costs import Cost, cost_on
from tests.support.databases import POSTGRESQL, SQLITE
from tests.support.service import Service

POLL = "SELECT players.user_id, players.last_notification"
LOOK = "SELECT notifications."
LATER_LOOKS = ("SELECT users.id, user_sessions.id", LOOK)


def name_pin(step: str) -> str:
    """Under which name a step is pinned: the same functions serve both paths of tasks."""
    return step.replace("_of_user", "", 1)


def leave_out_echoes(statements: Sequence[str]) -> list[str]:
    """What was sent for the request alone.

    SQLite's trace says a DELETE once more for each foreign key that it follows. And while anybody
    follows a stream, the process looks for the newest notifications at times of its own; what it finds
    has the stream look again, in time or not, after it has sent what was there.
    """
    kept: list[str] = []
    for sql in statements:
        is_cascade = sql.startswith("DELETE") and kept[-1:] == [sql]
        is_poll = sql.startswith(POLL) and _has(kept, POLL)
        is_later_look = sql.startswith(LATER_LOOKS) and _has(kept, POLL) and _has(kept, LOOK)
        if not is_cascade and not is_poll and not is_later_look:
            kept.append(sql)
    return kept


def _has(statements: Sequence[str], start: str) -> bool:
    return any(sql.startswith(start) for sql in statements)


async def test_every_operation_costs_its_statements(service: Service, database_kind: str) -> None:
    heard: dict[str, list[str]] = {}

    @asynccontextmanager
    async def observe(step: str) -> AsyncIterator[None]:
        await service.settle()
        with service.statements.count() as statements:
            yield
        assert step not in heard, f"two steps of one name: {step}"
        heard[step] = leave_out_echoes(statements)

    await service.parts.live.refresh()  # else whoever asks first of all pays for it
    await walk(service, await service.learner(), observe)

    pins = {step: cost_on(database_kind, cost) for step, cost in PINS.items()}
    wrong = {
        f"{step}: {len(statements)} and not {pins.get(name_pin(step))}": statements
        for step, statements in heard.items()
        if len(statements) != pins.get(name_pin(step))
    }
    assert not wrong, "\n".join(
        "\n    ".join([what, *(" ".join(sql.split())[:200] for sql in statements)])
        for what, statements in wrong.items()
    )
    assert {name_pin(step) for step in heard} == pins.keys()


def test_every_operation_is_pinned() -> None:
    pinned = {name_operation(step) for step in PINS}

    assert pinned == {name_pin(name) for name in OPERATIONS}


def test_no_look_up_costs_much() -> None:
    look_ups = {step for step in PINS if OPERATIONS[name_operation(step)].method == "GET"}

    dear = {step: PINS[step] for step in look_ups if _most(PINS[step]) > AT_MOST_FOR_A_LOOK_UP}
    assert dear == GREAT_LOOK_UPS


def _most(cost: Cost | int) -> int:
    return max(cost_on(SQLITE, cost), cost_on(POSTGRESQL, cost))
