"""Completions through the one door on a real database: pay, limit, once, undo, streak and freezes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.errors import UnauthenticatedError
from app.db.session import Database
from app.game.rules import Difficulty
from tests.services.game_table import Table, find_differences, sit_down
from tests.support.clock import FakeClock
from tests.support.game import check_restored, dump_state, principal


@pytest.fixture
async def table(database: Database, clock: FakeClock) -> Table:
    return await sit_down(database, clock)


@pytest.mark.parametrize(
    ("difficulty", "xp", "gold"),
    [
        (Difficulty.TRIVIAL, 5, 1),
        (Difficulty.EASY, 10, 2),
        (Difficulty.MEDIUM, 20, 4),
        (Difficulty.HARD, 40, 8),
    ],
)
async def test_a_completion_pays_its_price(
    table: Table, difficulty: Difficulty, xp: int, gold: int
) -> None:
    outcome = (await table.complete(await table.create(difficulty))).outcome
    assert (outcome.xp, outcome.gold, outcome.streak) == (xp, gold, 1)
    profile = await table.profile()
    assert (profile.xp, profile.gold, profile.streak) == (xp, gold, 1)


async def test_the_entry_says_what_was_paid_for(table: Table) -> None:
    task_id = await table.create()
    outcome = (await table.complete(task_id)).outcome
    assert await table.ledger() == list(outcome.entries)
    (entry,) = outcome.entries
    assert (entry.reason, entry.source_type, entry.source_id) == (
        "task_completed", "task", str(task_id),
    )  # fmt: skip
    assert (entry.xp, entry.gold, entry.activity_id, entry.reverses_id) == (10, 2, 1, None)
    assert entry.created_at == table.clock.now()


async def test_a_repeat_changes_nothing(table: Table) -> None:
    task_id = await table.create()
    await table.complete(task_id)
    before = await dump_state(table.database)
    table.clock.advance(minutes=5)
    outcome = (await table.complete(task_id)).outcome
    assert (outcome.xp, outcome.gold, outcome.streak, list(outcome.entries)) == (0, 0, 1, [])
    await check_restored(table.database, before, table.clock)
    assert len(await table.ledger()) == 1


async def test_undoing_what_is_not_completed_changes_nothing(table: Table) -> None:
    task_id = await table.create()
    before = await dump_state(table.database)
    outcome = (await table.undo(task_id)).outcome
    assert (outcome.xp, outcome.gold, list(outcome.entries)) == (0, 0, [])
    await check_restored(table.database, before, table.clock)
    assert await table.ledger() == []


@pytest.mark.parametrize("days_before_undo", [0, 1, 3, 400])
async def test_undoing_leaves_the_state_as_it_was(table: Table, days_before_undo: int) -> None:
    await table.complete_new(2)
    table.clock.advance(days=1)
    task_id = await table.create(Difficulty.HARD)
    before = await dump_state(table.database)
    await table.complete(task_id)
    assert await dump_state(table.database) != before
    table.clock.advance(days=days_before_undo)
    await table.undo(task_id)
    await check_restored(table.database, before, table.clock)
    assert await find_differences(table.database) == []


async def test_an_undo_pays_back_the_price_of_its_time(table: Table) -> None:
    """Done on the third day of a streak, it is worth more than on the first."""
    await table.complete_new()
    table.clock.advance(days=1)
    await table.complete_new()
    table.clock.advance(days=1)
    task_id = await table.create(Difficulty.HARD)
    assert (await table.complete(task_id)).outcome.xp == 41
    table.clock.advance(days=30)
    assert (await table.undo(task_id)).outcome.xp == -41


async def test_a_reversal_names_what_it_takes_back(table: Table) -> None:
    task_id = await table.create()
    await table.complete(task_id)
    await table.undo(task_id)
    reversal, paid = await table.ledger()
    assert (reversal.reason, reversal.reverses_id, reversal.activity_id) == ("undo", paid.id, 2)
    assert (reversal.xp, reversal.gold) == (-paid.xp, -paid.gold)
    assert reversal.source_id == paid.source_id == str(task_id)


async def test_toggling_a_hundred_times_leaves_one_reward_or_none(table: Table) -> None:
    task_id = await table.create()
    for _ in range(99):
        await table.toggle(task_id)
    assert (await table.profile()).xp == 10
    await table.toggle(task_id)
    assert ((await table.profile()).xp, len(await table.ledger())) == (0, 100)
    assert await find_differences(table.database) == []


async def test_twenty_are_paid_on_a_day(table: Table) -> None:
    paid = [bool(done.outcome.entries) for done in await table.complete_new(22)]
    assert paid == [True] * 20 + [False] * 2
    assert (await table.profile()).xp == 200


async def test_an_undo_frees_a_place_for_another_task(table: Table) -> None:
    paid = await table.complete_new(20)
    unpaid = (await table.complete_new())[0].task.id
    await table.undo(paid[0].task.id)
    assert (await table.complete(unpaid)).outcome.xp == 0
    await table.undo(unpaid)
    assert (await table.complete(unpaid)).outcome.xp == 10


async def test_a_deleted_task_keeps_its_place_and_its_pay(table: Table) -> None:
    for done in await table.complete_new(20):
        await table.delete(done.task.id)
    assert (await table.complete_new())[0].outcome.xp == 0
    assert (await table.profile()).xp == 200


async def test_an_unpaid_completion_moves_no_streak_and_its_undo_neither(table: Table) -> None:
    table.travel("Pacific/Kiritimati")
    await table.complete_new(20)
    before = await table.profile()
    (unpaid,) = await table.complete_new()
    table.clock.advance(minutes=10)
    await table.undo(unpaid.task.id)
    assert await table.profile() == before
    assert await find_differences(table.database) == []


async def test_the_limit_is_that_of_the_local_day(table: Table) -> None:
    """Noon in UTC is 2 March in Honolulu, and 3 March on Kiritimati."""
    table.travel("Pacific/Honolulu")
    assert len((await table.complete_new(21))[-1].outcome.entries) == 0
    table.travel("Pacific/Kiritimati")
    assert len((await table.complete_new())[0].outcome.entries) == 1
    table.travel("Pacific/Honolulu")
    assert len((await table.complete_new())[0].outcome.entries) == 0


async def test_the_limit_begins_anew_when_the_day_starts(table: Table) -> None:
    table.travel("UTC", day_starts_at=4)
    table.clock.set(datetime(2026, 3, 3, 3, 59, 59, tzinfo=UTC))
    await table.complete_new(20)
    assert (await table.complete_new())[0].outcome.xp == 0
    table.clock.advance(seconds=1)
    assert (await table.complete_new())[0].outcome.xp == 10


async def test_nobody_is_paid_for_a_deleted_account(database: Database, clock: FakeClock) -> None:
    gone = Table(database, clock, principal(2**40))
    with pytest.raises(UnauthenticatedError):
        await gone.complete(1)
    with pytest.raises(UnauthenticatedError):
        await gone.profile()


async def test_another_zone_is_written_beside_each_activity(table: Table) -> None:
    table.travel("Asia/Kathmandu", 5)
    task_id = await table.create()
    await table.complete(task_id)
    async with table.database.reading() as uow:
        (event,) = await uow.activities.list_streak_events(table.caller.user_id)
    assert (event.zone, event.day_starts_at) == ("Asia/Kathmandu", 5)
    assert (await table.profile()).today == date(2026, 3, 2)


async def test_the_streak_is_shown_as_lost_once_it_is(table: Table) -> None:
    await table.complete_new()
    shown = []
    for _ in range(4):
        shown.append((await table.profile()).streak)
        table.clock.advance(days=1)
    assert shown == [1, 1, 0, 0]
    assert (await table.profile()).longest_streak == 1


async def test_freezes_cover_missed_days(table: Table) -> None:
    await table.complete_new()
    await table.grant_freezes(2)
    table.clock.advance(days=3)
    assert ((await table.profile()).streak, (await table.profile()).streak_freezes) == (1, 2)
    assert (await table.complete_new())[0].outcome.streak == 2
    assert (await table.profile()).streak_freezes == 0
    assert await find_differences(table.database) == []


async def test_too_few_freezes_are_kept_and_the_streak_begins_again(table: Table) -> None:
    await table.complete_new()
    await table.grant_freezes(1)
    table.clock.advance(days=3)
    assert (await table.profile()).streak == 0
    assert (await table.complete_new())[0].outcome.streak == 1
    assert (await table.profile()).streak_freezes == 1
    assert await find_differences(table.database) == []


async def test_an_undo_gives_used_freezes_back(table: Table) -> None:
    await table.complete_new()
    await table.grant_freezes(2)
    table.clock.advance(days=2)
    task_id = await table.create()
    before = await dump_state(table.database)
    await table.complete(task_id)
    assert (await table.profile()).streak_freezes == 1
    await table.undo(task_id)
    await check_restored(table.database, before, table.clock)
    assert (await table.profile()).streak_freezes == 2
    assert await find_differences(table.database) == []


async def test_a_server_whose_clock_steps_back_loses_no_instant(table: Table) -> None:
    """The latest instant is not the last: several servers have several clocks."""
    latest = table.clock.now() + timedelta(hours=6)
    await table.complete_new()
    table.clock.set(latest)
    await table.complete_new()
    table.clock.set(latest - timedelta(hours=3))
    *_, last = await table.complete_new(2)
    await table.undo(last.task.id)
    async with table.database.reading() as uow:
        (player,) = await uow.players.list_page(table.caller.user_id - 1, 1)
    assert player.last_at == latest
    assert await find_differences(table.database) == []
