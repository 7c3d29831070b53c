"""Whatever learners do with everything that there is: the real services do what the model does.

See ``test_game_sequences.py``: here are quests, challenges, badges and bosses as well, the same in the
database and in the model, which measures them anew at every undo.
"""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.game.activity import SourceType
from tests.game.adventure_checks import check
from tests.services.adventure_rows import check_rows
from tests.services.adventure_table import Expedition, set_out
from tests.services.game_table import find_differences
from tests.services.test_game_sequences import WAITS, check_identity, forgetting
from tests.support.clock import FakeClock

Step = tuple[str, int]

TASKS = ["task", "again", "toggle", "undo-task", "undo-task"]
CHOICES = ["accept", "accept", "accept", "abandon", "join", "leave", "fight"]
COURSE = ["complete", "complete", "undo", "week", "attempt", "attempt", "review"]
OTHERS = ["wait", "wait", "travel", "buy", "pause", "resume", "harvest"]
numbers = st.integers(0, 97)
plans = st.lists(
    st.tuples(st.sampled_from([*TASKS, *TASKS, *CHOICES, *CHOICES, *COURSE, *OTHERS]), numbers),
    max_size=30,
)
# Few things, over and over: what was met falls, and something else fills in.
fond_plans = st.lists(
    st.tuples(st.sampled_from([*TASKS, *TASKS, "accept", "abandon", "fight", "wait"]), numbers),
    min_size=10,
    max_size=35,
)
course_plans = st.lists(
    st.tuples(st.sampled_from([*COURSE, *COURSE, "week", "accept", "fight", "wait"]), numbers),
    min_size=5,
    max_size=20,
)
minutes = st.sampled_from([0, *WAITS])


async def begin(database: Database, clock: FakeClock, *, accepting: bool) -> Expedition:
    """Somebody new, or somebody who accepted and joined everything at once."""
    expedition = await set_out(database, clock)
    if accepting:
        for number in range(len(expedition.campaign.quests)):
            await expedition.move("accept", number)
        for number in range(len(expedition.campaign.challenges)):
            await expedition.move("join", number)
        await expedition.move("fight", 1)
    return expedition


async def check_plan(
    connection: AsyncConnection, database: Database, plan: list[Step], waited: int, accepting: bool
) -> Counter[str]:
    """Make the moves in both, and compare. Gives how often each kind of thing paid, and took it back."""
    clock = FakeClock()
    async with forgetting(connection):
        expedition = await begin(database, clock, accepting=accepting)
        for name, number in plan:
            await expedition.move(name, number)
        expedition.model.now, expedition.model.calendar = clock.now(), expedition.table.calendar
        check(expedition.model)
        await check_rows(expedition)
        assert await find_differences(database) == []
        ends = [challenge.ends_at for challenge in expedition.campaign.challenges]
        before = clock.now()
        clock.advance(minutes=waited)
        is_closed = any(before < end <= clock.now() for end in ends)  # and is not opened again
        clock.set(before)
        await check_identity(expedition.table, 0 if is_closed else waited)
        return Counter(
            f"{paid.entry.source.type} {'back' if paid.entry.reverses_id else 'paid'}"
            for paid in expedition.model.ledger
        )


@settings(max_examples=15)
@given(plan=plans, waited=minutes, accepting=st.booleans())
async def test_sequences_of_everything(
    connection: AsyncConnection,
    database: Database,
    plan: list[Step],
    waited: int,
    accepting: bool,
) -> None:
    await check_plan(connection, database, plan, waited, accepting)


@settings(max_examples=12)
@given(plan=fond_plans, waited=minutes)
async def test_sequences_of_what_is_taken_up_late(
    connection: AsyncConnection, database: Database, plan: list[Step], waited: int
) -> None:
    await check_plan(connection, database, plan, waited, accepting=False)


@settings(max_examples=8)
@given(plan=course_plans, waited=minutes)
async def test_sequences_in_a_course_with_its_bosses(
    connection: AsyncConnection, database: Database, plan: list[Step], waited: int
) -> None:
    """The way there was long: the bosses of weeks fall to whoever is strong."""
    start = [("harvest", 0), ("wait", 3), ("harvest", 0)]
    await check_plan(connection, database, [*start, *plan], waited, accepting=True)


async def test_the_sequences_meet_what_they_are_about(
    connection: AsyncConnection, database: Database
) -> None:
    """One that finishes and re-opens something of every kind, so that the others are worth their while."""
    plan = [("harvest", 0), ("wait", 3), ("harvest", 0), ("week", 0), ("attempt", 0)]
    plan += [("undo", number) for number in range(7)]
    plan += [("undo-task", number) for number in range(30)]
    met = await check_plan(connection, database, plan, 0, accepting=True)
    kinds = [SourceType.QUEST, SourceType.BADGE, SourceType.CHALLENGE, SourceType.BOSS_BATTLE]
    for kind in kinds:
        assert met[f"{kind} paid"] > 0
        assert met[f"{kind} back"] > 0
