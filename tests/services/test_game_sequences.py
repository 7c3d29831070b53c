"""Whatever learners do, in whatever order: the real service does what the model in memory does.

The model keeps rows in lists and asks the same rules; what is compared is all that lies between: SQL,
locks, rounds, sequence numbers, the cut history, the mapping of rows. After each sequence the books
have to be in order, and a completion with its undo has to leave every table as it was.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.game.hearts import regrow_hearts
from app.game.metrics import Metric
from app.game.outcome import Outcome
from app.game.pause import find_pause, measure_longest
from app.game.rules import RULES, Difficulty, ShopItem
from app.services.errors import TaskNotFoundError
from app.services.outcome_view import OutcomeView
from app.services.pause import PauseView
from app.services.pause_errors import PauseUsedUpError
from app.services.shop_errors import FreezesFullError, HeartsFullError, NotEnoughGoldError
from tests.game.model import Model
from tests.services.game_table import Table, find_differences, sit_down
from tests.support.clock import FakeClock
from tests.support.game import check_restored, dump_state

Step: TypeAlias = tuple[int, str, int]
"""whose move, which move, and a number that it makes of what it needs"""

CALENDARS = [
    ("UTC", 0),
    ("Pacific/Kiritimati", 0),
    ("Pacific/Honolulu", 0),
    ("Europe/Berlin", 4),
    ("Australia/Lord_Howe", 23),
]
WAITS = [5, 60, 9 * 60, 24 * 60, 30 * 60, 3 * 24 * 60, -3 * 60]
"""Minutes; clocks of servers differ, so now and then it is earlier than before."""

PAUSES = [1, 2, 5, 30]
"""For how many days to rest."""

MANY = {"burst": (7, None), "harvest": (14, Difficulty.HARD)}
"""How many tasks are completed at once; those of a harvest pay for a freeze."""


@dataclass
class Pair:
    """A player in the database and in the model, who make the same moves."""

    table: Table
    model: Model = field(default_factory=Model)
    tasks: list[int] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)

    async def move(self, name: str, number: int) -> None:
        self.model.now, self.model.calendar = self.table.clock.now(), self.table.calendar
        match name:
            case "create":
                self.tasks.append(await self.table.create(choose(number)))
            case "burst" | "harvest":
                await self.complete_many(*MANY[name])
            case "wait":
                self.table.clock.advance(minutes=WAITS[number % len(WAITS)])
            case "travel":
                self.table.travel(*CALENDARS[number % len(CALENDARS)])
            case "buy" | "pause" | "resume":
                await DEEDS[name](self.table, self.model, number)
            case "freezes":
                await self.table.grant_freezes(1 + number % 2)
                self.model.gain_freezes(1 + number % 2)
            case _ if self.tasks:
                await self.play(name, number % len(self.tasks))

    async def complete_many(self, count: int, difficulty: Difficulty | None) -> None:
        for _ in range(count):
            self.tasks.append(await self.table.create(difficulty or choose(len(self.tasks))))
            await self.play("complete", len(self.tasks) - 1)

    async def play(self, name: str, index: int) -> None:
        task_id = self.tasks[index]
        if task_id in self.deleted:
            with pytest.raises(TaskNotFoundError):
                await self.table.complete(task_id)
        elif name == "delete":
            await self.table.delete(task_id)
            self.deleted.add(task_id)
        else:
            done = await getattr(self.table, name)(task_id)
            difficulty = Difficulty(done.task.difficulty)
            compare(done.outcome, self.mirror(name, str(task_id), difficulty))

    def mirror(self, name: str, task: str, difficulty: Difficulty) -> Outcome:
        stands = any(done.activity.source.id == task for done in self.model.standing())
        if name == "undo" or (name == "toggle" and stands):
            return self.model.undo(task)
        return self.model.complete(task, difficulty)

    async def check(self) -> None:
        """The profile and the counters are the model's."""
        profile, player = await self.table.profile(), self.model.player
        assert (profile.xp, profile.gold) == (player.xp, player.gold)
        assert profile.longest_streak == player.streak.longest
        assert profile.streak_freezes == player.streak.freezes
        pause = find_pause(player.streak.pauses, profile.today)
        assert profile.paused_until == (pause.until_on if pause else None)
        async with self.table.database.reading() as uow:
            user_id = self.table.caller.user_id
            rows = await uow.players.list_counters(user_id - 1, user_id)
        kept = {metric: value for _, metric, value in rows if value}
        assert kept == {
            str(metric): value for metric, value in self.model.counters.items() if value
        }
        assert set(kept) <= {Metric.TASKS_COMPLETED, Metric.XP_EARNED}


async def buy(table: Table, model: Model, number: int) -> None:
    """Something of the shop, in both or in neither."""
    item = list(reversed(ShopItem))[number % len(ShopItem)]
    expected = model.buy(item)
    try:
        bought = await table.buy(item)
    except (NotEnoughGoldError, HeartsFullError, FreezesFullError):
        assert not expected.entries
        return
    compare(bought.outcome, expected)
    now = regrow_hearts(model.player.hearts, model.now, RULES)
    assert (bought.hearts, bought.next_heart_at) == (now.count, now.next_at)
    have = (model.player.gold, model.player.streak.freezes)
    assert (bought.gold, bought.streak_freezes) == have


async def pause(table: Table, model: Model, number: int) -> None:
    """For some days, in both or in neither."""
    days = PAUSES[number % len(PAUSES)]
    longest = measure_longest(model.player.streak.pauses, table.today, RULES)
    expected = model.pause(days)
    if days <= longest:
        compare_pauses(await table.pause(days), expected, table.today)
        return
    with pytest.raises(PauseUsedUpError) as refusal:
        await table.pause(days)
    assert refusal.value.members == {"max_days": longest}


async def resume(table: Table, model: Model, _number: int) -> None:
    """Back again, in both."""
    compare_pauses(await table.resume(), model.resume(), table.today)


def compare_pauses(shown: PauseView, expected: Outcome, today: date) -> None:
    pause = find_pause(expected.player.streak.pauses, today)
    days = (pause.from_on, pause.until_on) if pause else (None, None)
    assert (shown.paused, shown.from_on, shown.until_on) == (pause is not None, *days)


DEEDS = {"buy": buy, "pause": pause, "resume": resume}


def choose(number: int) -> Difficulty:
    return list(Difficulty)[number % len(Difficulty)]


def compare(shown: OutcomeView, expected: Outcome) -> None:
    assert (shown.xp, shown.gold) == (expected.xp, expected.gold)
    levels = (expected.level_before, expected.level_after)
    assert (shown.level.before, shown.level.after) == levels
    assert (shown.streak, shown.hearts) == (expected.streak, expected.hearts)
    assert len(shown.entries) == len(expected.entries)


MOVES = [
    "create",
    "complete",
    "undo",
    "toggle",
    "wait",
    "travel",
    "delete",
    "freezes",
    "burst",
    "buy",
    "pause",
    "resume",
]
OFTEN = ["create", "complete", "burst", "toggle", "undo", "wait"]
RESTING = ["pause", "pause", "resume", "burst", "wait", "wait", "undo", "complete", "travel"]
SHOPPING = ["buy", "undo", "complete", "wait", "travel", "buy"]
plans = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(OFTEN + MOVES), st.integers(0, 29)),
    max_size=30,
)
rest_plans = st.lists(
    st.tuples(st.just(0), st.sampled_from(RESTING), st.integers(0, 29)), min_size=5, max_size=25
)
shop_plans = st.lists(
    st.tuples(st.just(0), st.sampled_from(SHOPPING), st.integers(0, 5)), min_size=3, max_size=15
)


@settings(max_examples=100)
@given(plan=plans, minutes=st.sampled_from([0, *WAITS]))
async def test_sequences_of_moves(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    await check_plan(connection, database, plan, minutes)


@settings(max_examples=25)
@given(plan=shop_plans, minutes=st.sampled_from([0, *WAITS]))
async def test_sequences_with_gold_to_spend(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    await check_plan(connection, database, [(0, "harvest", 0), *plan], minutes)


async def check_plan(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    clock = FakeClock()
    async with forgetting(connection):
        pairs = [Pair(await sit_down(database, clock, email)) for email in ("a@x.org", "b@x.org")]
        for who, name, number in plan:
            await pairs[who].move(name, number)
        for pair in pairs:
            await pair.check()
        assert await find_differences(database) == []
        await check_identity(pairs[0].table, minutes)


@settings(max_examples=50)
@given(plan=rest_plans, minutes=st.sampled_from([0, *WAITS]))
async def test_sequences_with_pauses(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    await check_plan(connection, database, [(0, "burst", 0), *plan], minutes)


@asynccontextmanager
async def forgetting(connection: AsyncConnection) -> AsyncIterator[None]:
    """Takes back what one example did, so that the next one finds empty tables."""
    async with connection.begin_nested() as savepoint:
        yield
        await savepoint.rollback()


async def check_identity(table: Table, minutes: int) -> None:
    """From wherever the sequence led: done and undone is as if it had never been."""
    task_id = await table.create(Difficulty.HARD)
    before = await dump_state(table.database)
    await table.complete(task_id)
    table.clock.advance(minutes=minutes)
    await table.undo(task_id)
    await check_restored(table.database, before, table.clock)
    assert await find_differences(table.database) == []
