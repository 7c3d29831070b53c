"""What becomes of a blow that is undone once its party's battle is over: won, or gone with the party."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.game.rules import RULES
from tests.services.game_table import find_differences
from tests.services.party_rows import check_step
from tests.services.party_table import Member, gather
from tests.services.test_game_sequences import forgetting
from tests.services.test_replay_sequences import find_replayed
from tests.support.clock import FakeClock

Step = tuple[int, str, int]

DWARF, GIANT = 0, 2
"""Which boss to fight: one that one blow brings down, and one that it does not."""


async def play(members: list[Member], *steps: Step) -> None:
    for who, name, number in steps:
        await members[who].move(name, number)
        await check_step(members)


async def count_paid(members: list[Member]) -> int:
    """How many more tasks the first member is paid for today."""
    model = members[0].model
    before = model.player.xp
    paid = 0
    for _ in range(RULES.paid_tasks_per_day + 1):
        await play(members, (0, "task", 0))
        paid += model.player.xp > before
        before = model.player.xp
    return paid


@pytest.mark.parametrize(
    ("boss", "steps", "freed"),
    [
        pytest.param(GIANT, [], 3, id="it runs"),
        pytest.param(GIANT, [(0, "end", 0)], 3, id="it went with its party"),
        pytest.param(DWARF, [(1, "task", 0)], 0, id="it is won"),
        pytest.param(DWARF, [(1, "task", 0), (0, "end", 0)], 0, id="won, and the party ended"),
    ],
)
async def test_a_place_is_freed_unless_the_blow_stays_dealt(
    connection: AsyncConnection, database: Database, boss: int, steps: list[Step], freed: int
) -> None:
    """And the history plays again as it was."""
    async with forgetting(connection):
        members = await gather(database, FakeClock(), 2)
        blows = [(0, "task", 0)] * 3
        await play(members, (0, "found", 0), (1, "join", 0), (0, "besiege", boss), *blows, *steps)
        await play(members, *[(0, "undo-task", number) for number in range(3)])
        assert await find_differences(database) == []
        assert await find_replayed(database) == []
        assert await count_paid(members) == RULES.paid_tasks_per_day - 3 + freed
        assert await find_replayed(database) == []
