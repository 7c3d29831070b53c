"""Whatever learners do, in whatever order: the books are in order, and the history plays again as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.services.differences import Difference
from app.services.replaying import ReplayService
from tests.services.game_table import find_differences
from tests.services.lives import Step, begin_world
from tests.services.test_game_sequences import forgetting
from tests.support.clock import FakeClock

OFTEN = ["task", "hard", "undo", "complete", "wait", "accept", "day", "undo-day", "fight"]
MOVES = [
    *OFTEN,
    "harvest",
    "week",
    "attempt",
    "review",
    "buy",
    "pause",
    "resume",
    "travel",
    "abandon",
    "join",
    "leave",
    "fight-together",
    "redefine-badge",
    "redefine-quest",
]
plans = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(OFTEN + MOVES), st.integers(0, 41)), max_size=40
)


async def find_replayed(database: Database, page: int = 500) -> list[Difference]:
    """What ``verify_ledger --replay`` finds."""
    parts = [part async for part in ReplayService(database).check(page=page)]
    return [difference for part in parts for difference in part.differences]


@settings(max_examples=30)
@given(plan=plans, page=st.sampled_from([1, 7, 500]))
async def test_histories_play_again_as_they_were(
    connection: AsyncConnection, database: Database, plan: list[Step], page: int
) -> None:
    async with forgetting(connection):
        world = await begin_world(database, FakeClock())
        for who, name, number in plan:
            await world.move(who, name, number)
        assert await find_replayed(database, page) == []
        assert await find_differences(database) == []
