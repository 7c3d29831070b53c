"""Notifications in the database: ids in order, pages, reading."""

from collections.abc import Sequence

import pytest

from app.core.notices import Notice, NoticeKind
from app.db.models import Notification
from app.db.repositories.notifications import MAX_UNREAD
from app.db.repositories.player_rows import PlayerRecord
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from tests.support.clock import START
from tests.support.game import add_player
from tests.support.streams import notices

NEWEST = 2**63 - 1


@pytest.fixture
async def uow(transaction: Transaction) -> UnitOfWork:
    return transaction.uow


async def lock_new_player(uow: UnitOfWork, email: str = "ada@example.org") -> PlayerRecord:
    player = await uow.players.lock(await add_player(uow, email))
    assert player is not None
    return player


async def tell(uow: UnitOfWork, player: PlayerRecord, count: int) -> None:
    await uow.notifications.add(player, notices(count), START)
    await uow.players.save(player)


def ids(rows: Sequence[Notification]) -> list[int]:
    return [row.id for row in rows]


async def test_the_player_gives_the_ids(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, 2)
    await tell(uow, player, 1)

    assert player.last_notification == 3
    assert ids(await uow.notifications.list_after(player.user_id, 0, 10)) == [1, 2, 3]


async def test_what_is_told_is_kept(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    told = Notice(NoticeKind.BADGE_AWARDED, {"key": "first-steps", "tiers": [1, 2], "next": None})
    await uow.notifications.add(player, [told], START)

    (row,) = await uow.notifications.list_after(player.user_id, 0, 10)
    assert (row.kind, row.data, row.created_at, row.read_at) == (
        "badge_awarded",
        told.data,
        START,
        None,
    )


async def test_nothing_told_is_no_statement_and_wakes_nobody(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await uow.notifications.add(player, [], START)

    assert player.last_notification == 0
    assert uow.told == set()


async def test_several_players_are_told_at_once(uow: UnitOfWork) -> None:
    ada = await lock_new_player(uow)
    eve = await lock_new_player(uow, "eve@example.org")
    await tell(uow, eve, 3)
    await uow.notifications.add_all([(ada, notices(2)), (eve, notices(1))], START)
    await uow.players.save(ada)
    await uow.players.save(eve)

    newest = await uow.notifications.newest_ids([ada.user_id, eve.user_id, 4711])
    assert newest == {ada.user_id: 2, eve.user_id: 4}
    assert uow.told == {ada.user_id, eve.user_id}


async def test_pages_go_back_from_the_newest(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, 5)

    assert ids(await uow.notifications.list_page(player.user_id, NEWEST, 2)) == [5, 4]
    assert ids(await uow.notifications.list_page(player.user_id, 4, 10)) == [3, 2, 1]


async def test_a_list_from_an_id_on_is_cut_at_the_count(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, 5)

    assert ids(await uow.notifications.list_after(player.user_id, 1, 2)) == [2, 3]
    assert ids(await uow.notifications.list_after(player.user_id, 5, 2)) == []


async def test_each_has_only_their_own(uow: UnitOfWork) -> None:
    ada = await lock_new_player(uow)
    eve = await lock_new_player(uow, "eve@example.org")
    await tell(uow, ada, 2)

    assert await uow.notifications.list_after(eve.user_id, 0, 10) == []
    assert await uow.notifications.list_page(eve.user_id, NEWEST, 10) == []
    assert await uow.notifications.count_unread(eve.user_id) == 0


async def test_reading_marks_up_to_an_id(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, 5)
    await uow.notifications.mark_read(player.user_id, 3, START)

    assert await uow.notifications.count_unread(player.user_id) == 2
    rows = await uow.notifications.list_after(player.user_id, 0, 10)
    assert [row.read_at for row in rows] == [START] * 3 + [None] * 2


async def test_unread_ones_are_counted_up_to_a_limit(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, MAX_UNREAD + 1)

    assert await uow.notifications.count_unread(player.user_id) == MAX_UNREAD
    await uow.notifications.mark_read(player.user_id, 2, START)
    assert await uow.notifications.count_unread(player.user_id) == MAX_UNREAD - 1


async def test_ids_are_not_given_again(uow: UnitOfWork) -> None:
    player = await lock_new_player(uow)
    await tell(uow, player, 2)
    assert await uow.notifications.purge(START, 9) == 0
    assert await uow.notifications.purge(START.replace(year=2027), 9) == 2
    await tell(uow, player, 1)

    assert ids(await uow.notifications.list_after(player.user_id, 0, 10)) == [3]
