"""The verification of purchases: each fault is planted and found."""

import pytest

from app.db.session import Database
from app.game.activity import Attempt, Source, SourceType
from app.game.rules import Difficulty, ShopItem
from app.services.play import PlayService
from app.services.turn import NOWHERE
from tests.commands.ledger_checks import (
    ACTIVITY,
    ENTRY,
    PLAYER,
    WITHOUT,
    check_spoilt,
    find_differences,
    spoil,
)
from tests.services.game_table import Table, sit_down
from tests.support.clock import FakeClock

HEARTS_SINCE = "2026-03-02 12:00:00+00:00"


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> int:
    """See ``play`` for the numbers of her activities. There is another learner beside."""
    tables = [await sit_down(database, clock, f"{name}@example.org") for name in ("ada", "bob")]
    for table in tables:
        await play(table)
    return tables[0].caller.user_id


async def play(table: Table) -> None:
    """Activities: 1-16 hard tasks, 17 a quiz with 2 wrong, 18 a heart, 19 a freeze, 20 undo of 16."""
    tasks = [await table.create(Difficulty.HARD) for _ in range(16)]
    for task in tasks:
        await table.complete(task)
    async with table.writing() as uow:
        service = PlayService(uow, table.clock)
        attempt = Attempt(5, 2, graded=True, first=True, pass_percent=80)
        turn = await service.begin(table.caller)
        await service.attempt(turn, Source(SourceType.QUIZ, "1"), attempt, 1, NOWHERE)
    await table.buy(ShopItem.HEART)
    await table.buy(ShopItem.STREAK_FREEZE)
    await table.undo(tasks[-1])


async def test_a_sound_game_is_clean(database: Database, ada: int) -> None:
    async with database.reading() as uow:
        (player,) = await uow.players.list_page(ada - 1, 1)
    assert (player.gold, player.hearts, player.streak_freezes) == (0, 4, 1)
    assert await find_differences(database) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # the price, which was there (entries before it may be wrong instead)
        (ENTRY.format("gold = gold + 1", 18), {"gold"}),
        (ENTRY.format("gold = gold - 9", 18), {"price {19}", "gold"}),
        (ENTRY.format("gold = gold - 9", 19), {"price {19}", "gold"}),
        (ENTRY.format("gold = 0", 19), {"purchase 19", "gold"}),
        (ENTRY.format("gold = 100", 19), {"purchase 19", "gold"}),
        (ENTRY.format("xp = 1", 19), {"purchase 19", "XP"}),
        (WITHOUT.format(19), {"purchase 19", "gold"}),
        # its entry and its activity belong to each other, and to nothing else
        (ENTRY.format("round = 1", 18), {"entry {18}"}),
        (ENTRY.format("source_id = '99'", 18), {"entry {18}"}),
        (ENTRY.format("source_type = 'task'", 18), {"entry {18}"}),
        (ENTRY.format("reason = 'task_completed'", 18), {"entry {18}", "purchase 18"}),
        (ENTRY.format("activity_sequence = 19", 18), {"entry {18}", "purchase 18"}),
        (ENTRY.format("reason = 'purchased'", 3), {"entry {3}", "counter xp_earned"}),
        (ACTIVITY.format("source_id = '19'", 18), {"entry {18}", "purchase 18"}),
        (ACTIVITY.format("source_type = 'task'", 18), {"entry {18}", "purchase 18"}),
        (ACTIVITY.format("kind = 'adjustment'", 18), {"entry {18}"}),
        (ACTIVITY.format("kind = 'purchased'", 3),
         {"entry {3}", "purchase 3", "counter tasks_completed"}),
        # it is no reward
        (ACTIVITY.format("paid = true", 18), {"entry {18}", "purchase 18"}),
        (ACTIVITY.format("undoes = 17", 18), {"entry {18}", "purchase 18", "undo 18"}),
        # and can't be undone
        (ACTIVITY.format("undoes = 18, source_type = 'purchase', source_id = '18'", 20),
         {"undo 20", "reversal {20}", "entry {18} of an undone activity",
          "counter tasks_completed"}),
    ],
)  # fmt: skip
async def test_purchases(database: Database, ada: int, statement: str, expected: set[str]) -> None:
    await check_spoilt(database, ada, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (PLAYER.format("streak_freezes = 2"), {"streak freezes": ("1", "2")}),
        (ACTIVITY.format("freezes_gained = 0", 19), {"streak freezes": ("0", "1")}),
        (ACTIVITY.format("freezes_gained = 2", 19), {"streak freezes": ("2", "1")}),
        (ACTIVITY.format("freezes_gained = 1", 18), {"streak freezes": ("2", "1")}),
        (PLAYER.format("hearts = 5"), {"hearts": ("4", "5")}),
        (ACTIVITY.format("""facts = '{"item": "heart"}'""", 18), {"hearts": ("3", "4")}),
        (
            ACTIVITY.format("""facts = '{"item": "heart", "hearts": 2}'""", 18),
            {"hearts": ("5", "4"), "hearts since": ("None", HEARTS_SINCE)},
        ),
    ],
)
async def test_what_was_bought_is_there(
    database: Database, ada: int, statement: str, expected: dict[str, tuple[str, str]]
) -> None:
    await spoil(database, statement, ada)
    found = {what: (right, kept) for _, what, right, kept in await find_differences(database)}
    assert found == expected


async def test_a_debt_that_an_undo_left_is_no_fault(database: Database, clock: FakeClock) -> None:
    table = await sit_down(database, clock)
    tasks = [await table.create(Difficulty.HARD) for _ in range(13)]
    for task in tasks:
        await table.complete(task)
    await table.buy(ShopItem.STREAK_FREEZE)
    await table.undo(tasks[0])
    assert (await table.profile()).gold == -4
    assert await find_differences(database) == []
