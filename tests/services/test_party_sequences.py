"""Whatever learners do in parties, in whatever order: the real services do what the model does.

See ``test_adventure_sequences.py``: here several learners found, join, leave and end parties and strike
the bosses of those, with their own quests, badges and bosses besides. What stands in the model is held
against the rows after each step.
"""

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.game.rules import Difficulty
from tests.game.adventure_checks import check
from tests.game.strikes import list_strikes
from tests.services.adventure_rows import check_rows
from tests.services.game_table import find_differences
from tests.services.party_rows import check_step
from tests.services.party_table import Member, gather
from tests.services.test_game_sequences import forgetting
from tests.services.test_replay_sequences import find_replayed
from tests.support.clock import FakeClock
from tests.support.game import check_restored, dump_state

Step = tuple[int, str, int]
"""Whose move, which move, and a number that it makes of what it needs."""

BLOWS = ["task", "task", "again", "toggle", "undo-task", "undo-task"]
TOGETHER = ["besiege", "besiege", "join", "join", "leave", "found", "remove", "end"]
ALONE = ["fight", "accept", "abandon", "buy", "pause", "resume", "travel", "harvest"]
people = st.integers(0, 2)
numbers = st.integers(0, 97)
plans = st.lists(
    st.tuples(
        people,
        st.sampled_from([*BLOWS, *BLOWS, *TOGETHER, *ALONE, "wait", "wait", "there-and-back"]),
        numbers,
    ),
    max_size=30,
)
# One small boss after the other, fought by the same tasks over and over.
fond_plans = st.lists(
    st.tuples(people, st.sampled_from([*BLOWS, *BLOWS, "besiege", "leave", "join"]), numbers),
    min_size=10,
    max_size=30,
)
# Days go by while a party's boss rages.
IDLE = ["wait", "wait", "wait", "task", "again", "undo-task", "pause", "travel"]
idle_plans = st.lists(
    st.tuples(people, st.sampled_from([*IDLE, *TOGETHER]), numbers), min_size=10, max_size=25
)


async def move(members: list[Member], step: Step) -> None:
    who, name, number = step
    if name == "there-and-back":
        await go_there_and_back(members, members[who])
    else:
        await members[who].move(name, number)
    await check_step(members)


async def go_there_and_back(members: list[Member], who: Member) -> None:
    """Done and undone with nothing between is as it was, unless a party has won by it."""
    for member in members:
        await member.settle()
    who.tasks.append(await who.table.create(Difficulty.HARD))
    fought = who.model.parties.list_hit(who.user_id)
    before = await dump_state(who.table.database)
    await who.play_task("again", who.tasks[-1])
    await check_step(members)
    await who.play_task("undo-task", who.tasks[-1])
    if not any(siege.is_won for siege in fought):
        await check_restored(who.table.database, before, who.clock)


async def check_plan(
    connection: AsyncConnection, database: Database, plan: list[Step], *, together: bool
) -> list[Member]:
    """Make the moves in both, and compare."""
    async with forgetting(connection):
        members = await gather(database, FakeClock(), 3)
        start = [(0, "found", 0), (1, "join", 0), (2, "join", 0), (0, "besiege", 2)]
        for step in [*(start if together else []), *plan]:
            await move(members, step)
        for member in members:
            await member.settle()
            check(member.model)
            await check_rows(member)
        assert await find_differences(database) == []
        assert await find_replayed(database) == []
        await go_there_and_back(members, members[0])
        return members


@settings(max_examples=12)
@given(plan=plans, together=st.booleans())
async def test_sequences_in_parties(
    connection: AsyncConnection, database: Database, plan: list[Step], together: bool
) -> None:
    await check_plan(connection, database, plan, together=together)


@settings(max_examples=8)
@given(plan=fond_plans)
async def test_sequences_of_blows_and_undos(
    connection: AsyncConnection, database: Database, plan: list[Step]
) -> None:
    await check_plan(connection, database, plan, together=True)


@settings(max_examples=10)
@given(plan=idle_plans)
async def test_sequences_of_days_on_which_a_party_s_boss_strikes(
    connection: AsyncConnection, database: Database, plan: list[Step]
) -> None:
    await check_plan(connection, database, plan, together=True)


async def test_a_party_s_boss_strikes_all_members_before_it_falls_and_pays_the_fighters(
    connection: AsyncConnection, database: Database
) -> None:
    """The giant has ten points less since the first day, on which one of three did something."""
    plan = [(0, "found", 0), (1, "join", 0), (2, "join", 0), (0, "besiege", 2)]
    plan += [(1, "task", 0), (0, "wait", 5), (0, "harvest", 0), (0, "undo-task", 0)]
    members = await check_plan(connection, database, plan, together=False)
    assert [len(list_strikes(member.model)) for member in members] == [3, 2, 3]
    (siege,) = members[0].model.parties.sieges.values()
    assert siege.is_won
    assert siege.sum_by_fighter() == {members[0].user_id: 80, members[1].user_id: 10}
    assert len(members[0].model.spent) == 1


async def test_a_party_s_boss_strikes_a_newcomer_from_then_on(
    connection: AsyncConnection, database: Database
) -> None:
    plan = [(0, "found", 0), (0, "besiege", 2), (0, "wait", 5), (1, "join", 0), (1, "wait", 5)]
    members = await check_plan(connection, database, plan, together=False)
    assert [len(list_strikes(member.model)) for member in members] == [6, 3, 0]


async def test_what_stays_dealt_in_sequences_hurts_no_other_boss(
    connection: AsyncConnection, database: Database
) -> None:
    """The dwarf has fallen, and a task that struck it is undone and done again before the giant."""
    plan = [(0, "found", 0), (1, "join", 0), (0, "besiege", 0), (0, "task", 0), (1, "harvest", 0)]
    plan += [(0, "undo-task", 0), (0, "besiege", 2), (0, "again", 0)]
    members = await check_plan(connection, database, plan, together=False)
    dwarf, giant = members[0].model.parties.sieges.values()
    assert dwarf.sum_by_fighter() == {members[0].user_id: 10, members[1].user_id: 20}
    assert (giant.title, giant.damage) == ("giant", 0)
