"""Undos that reach far: goals of other days, or accepted later, that go by what others gave."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from app.core.definitions import Cadence
from app.db.session import Database
from app.game.activity import Source, SourceType
from app.game.goal import Badge, Reward
from app.game.metrics import Metric
from app.game.rules import Difficulty
from tests.game.adventure_checks import check
from tests.game.campaign import Campaign, Challenge, Quest
from tests.services.adventure_rows import check_rows
from tests.services.adventure_table import Expedition, set_out
from tests.services.game_table import find_differences
from tests.support.clock import START, FakeClock
from tests.support.game import check_restored, dump_state
from tests.support.quests import list_progress

DAY = 24
PRIZE = Badge(Source(SourceType.BADGE, "prize"), "prize", "prize", Reward(11, 0, 1))
TWO_TASKS = Quest("two", Metric.TASKS_COMPLETED, 2, Reward(30, 5))


@dataclass
class Story:
    """Moves one after the other, each compared with the model; after each the rows are, too."""

    expedition: Expedition

    async def accept(self, *keys: str) -> None:
        for key in keys:
            self._look_at_the_clock()
            await self.expedition.choose_quest("accept", key)

    async def complete(self, difficulty: Difficulty = Difficulty.EASY) -> int:
        self._look_at_the_clock()
        await self.expedition.complete_tasks(1, difficulty)
        await self.check()
        return self.expedition.tasks[-1]

    async def undo(self, task_id: int) -> None:
        self._look_at_the_clock()
        await self.expedition.play_task("undo-task", task_id)
        await self.check()

    def wait(self, hours: int) -> None:
        self.expedition.clock.advance(hours=hours)

    async def check(self) -> None:
        check(self.expedition.model)
        await check_rows(self.expedition)
        assert await find_differences(self.expedition.table.database) == []

    def completed(self) -> set[str]:
        sources = self.expedition.model.payments()
        return {source.id for source in sources if source.type is SourceType.QUEST}

    def _look_at_the_clock(self) -> None:
        self.expedition.model.now = self.expedition.clock.now()


async def begin(
    database: Database,
    clock: FakeClock,
    *quests: Quest,
    badges: Sequence[Badge] = (),
    challenges: Sequence[Challenge] = (),
    bosses: Sequence[int] = (),
) -> Story:
    return Story(await set_out(database, clock, Campaign(quests, challenges, badges, bosses)))


async def test_the_undo_of_what_brought_everything_leaves_no_trace(
    database: Database, clock: FakeClock
) -> None:
    """It killed a boss, filled a quest and a challenge, gave a badge and a level."""
    end = START.replace(year=START.year + 1)
    season = Challenge("season", Metric.TASKS_COMPLETED, 2, Reward(9, 1), START, end)
    badge = Badge(
        Source(SourceType.BADGE, "b"), "b", "b", Reward(7, 2, 1), Metric.TASKS_COMPLETED, 2
    )
    story = await begin(
        database, clock, TWO_TASKS, badges=[badge], challenges=[season], bosses=[50]
    )
    await story.accept("two")
    await story.expedition.move("join", 0)
    await story.expedition.move("fight", 0)
    await story.complete()
    task_id = await story.expedition.table.create(Difficulty.HARD)
    story.expedition.tasks.append(task_id)
    before = await dump_state(database)
    await story.expedition.play_task("again", task_id)
    profile = await story.expedition.table.profile()
    assert (profile.level, profile.xp) == (2, 10 + 40 + 50 + 30 + 9 + 7)
    await story.check()
    await story.undo(task_id)
    await check_restored(database, before, clock)


async def test_a_streak_that_was_counted_later_falls_with_an_earlier_day(
    database: Database, clock: FakeClock
) -> None:
    """A quest that was accepted on the second day, and the daily one of it."""
    story = await begin(
        database,
        clock,
        Quest("regular", Metric.STREAK_DAYS, 2, Reward(15)),
        Quest("again", Metric.STREAK_DAYS, 2, Reward(5, 1), cadence=Cadence.DAILY),
    )
    monday = await story.complete()
    story.wait(DAY)
    await story.accept("regular")
    await story.complete()
    assert story.completed() == {"regular", "again/2026-03-03"}
    await story.undo(monday)
    assert story.completed() == set()


async def test_activities_of_one_instant_count_by_their_number(
    database: Database, clock: FakeClock
) -> None:
    """The quest was accepted between them: the last alone is enough for it."""
    story = await begin(database, clock, Quest("begin", Metric.STREAK_DAYS, 1, Reward(1)))
    await story.complete()
    await story.accept("begin")
    second = await story.complete()
    last = await story.complete()
    await story.undo(second)
    assert story.completed() == {"begin"}
    await story.undo(last)
    assert story.completed() == set()


async def test_a_daily_quest_of_long_ago_falls_with_what_it_counted(
    database: Database, clock: FakeClock
) -> None:
    """When the first task was undone, one of ten days later filled in; now that is undone, too."""
    story = await begin(
        database,
        clock,
        TWO_TASKS,
        Quest("heap", Metric.QUESTS_COMPLETED, 1, Reward(5), cadence=Cadence.DAILY),
    )
    await story.accept("two")
    first = await story.complete()
    await story.complete()
    story.wait(10 * DAY)
    third = await story.complete()
    await story.undo(first)
    assert story.completed() == {"two", "heap/2026-03-02"}
    story.wait(DAY)
    await story.undo(third)
    assert story.completed() == set()


async def test_daily_quests_of_two_days_are_forgotten_at_once(
    database: Database, clock: FakeClock
) -> None:
    """That of the first day is at 0 again, of the second day another one is."""
    story = await begin(
        database,
        clock,
        TWO_TASKS,
        Quest("earn", Metric.XP_EARNED, 100, cadence=Cadence.DAILY),
        Quest("heap", Metric.QUESTS_COMPLETED, 5, cadence=Cadence.DAILY),
    )
    await story.accept("two")
    first = await story.complete()
    story.wait(DAY)
    await story.complete()
    rows = await list_progress(database, story.expedition.caller.user_id)
    assert [(row.quest_key, row.progress) for row in rows] == [
        ("earn", 10), ("earn", 10), ("heap", 1), ("two", 2),
    ]  # fmt: skip
    await story.undo(first)
    rows = await list_progress(database, story.expedition.caller.user_id)
    assert [(row.quest_key, row.progress) for row in rows] == [("earn", 10), ("two", 1)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_prize_stays_as_long_as_one_goal_stands_that_gives_it(
    database: Database, clock: FakeClock, order: tuple[int, int]
) -> None:
    story = await begin(
        database,
        clock,
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(badge="prize")),
        Quest("hard", Metric.XP_EARNED, 40, Reward(badge="prize")),
        badges=[PRIZE],
    )
    await story.accept("one", "hard")
    tasks = [await story.complete(), await story.complete(Difficulty.HARD)]
    await story.undo(tasks[order[0]])
    assert story.expedition.model.badges == {"prize"}
    await story.undo(tasks[order[1]])
    assert story.expedition.model.badges == set()


async def test_a_quest_that_stays_completed_keeps_the_instant_of_that(
    database: Database, clock: FakeClock
) -> None:
    story = await begin(database, clock, TWO_TASKS)
    await story.accept("two")
    first = await story.complete()
    await story.complete()
    completed_at = clock.now()
    story.wait(DAY)
    await story.complete()
    await story.undo(first)
    (row,) = await list_progress(database, story.expedition.caller.user_id)
    assert (row.status, row.finished_at) == ("completed", completed_at)
