"""What the database holds of players: balances, counters and reviews of the day."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from app.game.metrics import Metric
from tests.support.clock import START
from tests.support.game import activity_row, add_player

TODAY = START.date()


@pytest.fixture
async def uow(transaction: Transaction) -> UnitOfWork:
    return transaction.uow


async def read_counters(uow: UnitOfWork, after_id: int, last_id: int) -> dict[tuple[int, str], int]:
    rows = await uow.players.list_counters(after_id, last_id)
    return {(user_id, metric): value for user_id, metric, value in rows}


async def test_a_new_player_has_all_hearts_and_nothing_else(uow: UnitOfWork) -> None:
    user_id = await add_player(uow)
    found = await uow.players.get_with_reviews(user_id, TODAY)
    assert found is not None
    assert (found.xp, found.gold, found.streak, found.hearts) == (0, 0, 0, 5)
    assert found.daily_reviews == 0
    assert (found.last_at, found.last_on, found.hearts_since) == (None, None, None)


async def test_there_is_no_player_of_nobody(uow: UnitOfWork) -> None:
    assert await uow.players.get_with_reviews(2**40, TODAY) is None
    assert await uow.players.lock(2**40) is None


async def test_the_reviews_of_today_are_counted_if_they_were_paid(uow: UnitOfWork) -> None:
    user_id = await add_player(uow)
    for row in (
        activity_row(user_id, 1, kind="reviewed"),
        activity_row(user_id, 2, kind="reviewed"),
        activity_row(user_id, 3, kind="reviewed", paid=False),
        activity_row(user_id, 4, START - timedelta(days=1), kind="reviewed"),
        activity_row(user_id, 5),
    ):
        await uow.activities.add(row)
    found = await uow.players.get_with_reviews(user_id, TODAY)
    assert found is not None
    assert found.daily_reviews == 2


async def test_counters_begin_with_the_first_addition_and_add_up(uow: UnitOfWork) -> None:
    user_id = await add_player(uow)
    await uow.players.add_to_counters({user_id: {Metric.TASKS_COMPLETED: 1, Metric.XP_EARNED: 10}})
    await uow.players.add_to_counters({user_id: {Metric.TASKS_COMPLETED: 1, Metric.XP_EARNED: -3}})
    assert await read_counters(uow, user_id - 1, user_id) == {
        (user_id, "tasks_completed"): 2,
        (user_id, "xp_earned"): 7,
    }


async def test_nothing_to_add_writes_nothing(uow: UnitOfWork) -> None:
    user_id = await add_player(uow)
    await uow.players.add_to_counters({user_id: {}})
    assert await read_counters(uow, user_id - 1, user_id) == {}


async def test_pages_of_players_go_by_user_id(uow: UnitOfWork) -> None:
    ids = [await add_player(uow, f"{n}@example.org") for n in range(4)]
    first = await uow.players.list_page(ids[0] - 1, 2)
    rest = await uow.players.list_page(ids[1], 10)
    assert [player.user_id for player in [*first, *rest]] == ids


async def test_counters_of_a_range_of_players(uow: UnitOfWork) -> None:
    ids = [await add_player(uow, f"{n}@example.org") for n in range(3)]
    for user_id in ids:
        await uow.players.add_to_counters({user_id: {Metric.TASKS_COMPLETED: 1}})
    assert await read_counters(uow, ids[0], ids[1]) == {(ids[1], "tasks_completed"): 1}


@pytest.mark.parametrize("wrong", [{"xp": -1}, {"streak_freezes": -1}])
async def test_the_database_refuses_what_is_never_negative(
    uow: UnitOfWork, wrong: dict[str, int]
) -> None:
    player = await uow.players.lock(await add_player(uow))
    assert player is not None
    for name, value in wrong.items():
        setattr(player, name, value)
    with pytest.raises(IntegrityError):
        await uow.players.save(player)


async def test_gold_may_be_a_debt(uow: UnitOfWork) -> None:
    user_id = await add_player(uow)
    player = await uow.players.lock(user_id)
    assert player is not None
    player.gold = -80
    await uow.players.save(player)
    uow._session.expunge_all()
    fresh = await uow.players.lock(user_id)
    assert fresh is not None
    assert fresh.gold == -80
