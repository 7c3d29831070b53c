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
from tests.game.adventure import Adventure
from tests.game.adventure_checks import check
from tests.game.strikes import list_strikes
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
# Days go by, with and without anything done, while bosses rage.
IDLE = ["wait", "wait", "wait", "wait", "wait", "task", "again", "undo-task", "attempt", "fight"]
QUIET = ["pause", "resume", "travel", "buy", "accept", "abandon", "join", "leave"]
idle_plans = st.lists(st.tuples(st.sampled_from([*IDLE, *QUIET]), numbers), min_size=8, max_size=30)
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
        await expedition.settle()
        ends = [challenge.ends_at for challenge in expedition.campaign.challenges]
        before = clock.now()
        clock.advance(minutes=waited)
        is_closed = any(before < end <= clock.now() for end in ends)  # and is not opened again
        expedition.model.now = clock.now()
        is_struck = bool(expedition.model.list_due())
        clock.set(before)
        await check_identity(expedition.table, 0 if is_closed or is_struck else waited)
        return count_payments(expedition.model)


def count_payments(model: Adventure) -> Counter[str]:
    """How often each kind of thing paid and took it back, and how often bosses struck."""
    met = Counter(
        f"{paid.entry.source.type} {'back' if paid.entry.reverses_id else 'paid'}"
        for paid in model.ledger
    )
    return met + Counter(strike=len(list_strikes(model)))


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


@settings(max_examples=15)
@given(plan=idle_plans, waited=minutes)
async def test_sequences_of_days_on_which_bosses_strike(
    connection: AsyncConnection, database: Database, plan: list[Step], waited: int
) -> None:
    start = [("fight", 3)]
    await check_plan(connection, database, [*start, *plan], waited, accepting=False)


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


async def test_bosses_strike_in_sequences_but_not_who_rests(
    connection: AsyncConnection, database: Database
) -> None:
    """For two days without anything done, and for four after a pause of five."""
    wait = ("wait", 5)
    plan = [("fight", 3), wait, ("task", 0), ("pause", 2), wait, wait, wait, ("again", 0)]
    met = await check_plan(connection, database, plan, 0, accepting=False)
    assert met["strike"] == 6


async def test_bosses_strike_for_no_day_that_a_journey_skipped(
    connection: AsyncConnection, database: Database
) -> None:
    """What was done at noon in UTC was done on the next day on Kiritimati, so none was missed."""
    plan = [("fight", 3), ("task", 0), ("travel", 1), ("wait", 3), ("again", 0)]
    met = await check_plan(connection, database, plan, 0, accepting=False)
    assert met["strike"] == 0
