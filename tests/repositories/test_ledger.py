"""What the database holds of the ledger: append-only, and no reward twice."""

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.conflicts import FOREIGN_KEY, constraint_of
from app.db.repositories.history_records import EntryRecord
from app.db.repositories.ledger import LedgerReader, LedgerRepository
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Source, SourceType
from tests.support.game import activity_row, add_player, entry_row, undo_row

NEWEST = 2**63 - 1


@pytest.fixture
async def uow(transaction: Transaction) -> UnitOfWork:
    return transaction.uow


@pytest.fixture
async def user_id(uow: UnitOfWork) -> int:
    """A player with a completion, its undo, and a second completion of the same task."""
    user_id = await add_player(uow)
    for row in (activity_row(user_id, 1), undo_row(user_id, 2, 1), activity_row(user_id, 3)):
        await uow.activities.add(row)
    return user_id


async def add(uow: UnitOfWork, *rows: EntryRecord) -> list[int]:
    await uow.ledger.add(rows)
    return [row.id for row in rows]


async def refuse(uow: UnitOfWork, row: EntryRecord) -> str | None:
    """The name of the constraint that forbids the row."""
    with pytest.raises(IntegrityError) as refusal:
        await uow.ledger.add([row])
    return constraint_of(refusal.value)


async def test_a_source_pays_once_in_a_round(uow: UnitOfWork, user_id: int) -> None:
    await add(uow, entry_row(user_id, 1, source_id="1"))
    again = entry_row(user_id, 3, source_id="1")
    assert await refuse(uow, again) == "uq_reward_entries_once"


@pytest.mark.parametrize(
    "other",
    [
        {"round": 1},
        {"reason": "quest_completed"},
        {"source_id": "2"},
        {"source_type": "task_occurrence"},
    ],
    ids=["next round", "other reason", "other source", "other type"],
)
async def test_what_differs_in_one_part_is_another_reward(
    uow: UnitOfWork, user_id: int, other: dict[str, object]
) -> None:
    rows = [entry_row(user_id, 1), entry_row(user_id, 1, **other)]
    assert len(set(await add(uow, *rows))) == 2


async def test_another_player_is_paid_for_a_source_of_the_same_name(
    uow: UnitOfWork, user_id: int
) -> None:
    other_id = await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(other_id, 1))
    assert len(await add(uow, entry_row(user_id, 1), entry_row(other_id, 1))) == 2


def reversal(user_id: int, of: int, sequence: int = 2) -> EntryRecord:
    values = {"source_id": "1", "reason": "undo", "xp": -10, "gold": -2, "reverses_id": of}
    return entry_row(user_id, sequence, **values)


async def test_a_reward_is_reversed_once(uow: UnitOfWork, user_id: int) -> None:
    (paid,) = await add(uow, entry_row(user_id, 1))
    await add(uow, reversal(user_id, paid))
    again = reversal(user_id, paid, sequence=3)
    assert await refuse(uow, again) == "uq_reward_entries_user_id_reverses_id"


async def test_reversals_of_several_rewards_of_one_source_go_together(
    uow: UnitOfWork, user_id: int
) -> None:
    paid = await add(uow, entry_row(user_id, 1), entry_row(user_id, 1, reason="quest_completed"))
    assert len(await add(uow, *(reversal(user_id, one) for one in paid))) == 2


async def test_another_players_reward_is_not_reversed(uow: UnitOfWork, user_id: int) -> None:
    (paid,) = await add(uow, entry_row(user_id, 1))
    other_id = await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(other_id, 2))
    assert await refuse(uow, reversal(other_id, paid)) == FOREIGN_KEY


async def test_an_entry_belongs_to_an_activity(uow: UnitOfWork, user_id: int) -> None:
    assert await refuse(uow, entry_row(user_id, 99)) == FOREIGN_KEY


async def test_a_page_is_newest_first_and_of_one_player(uow: UnitOfWork, user_id: int) -> None:
    other_id = await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(other_id, 1))
    first, _, third = await add(
        uow, entry_row(user_id, 1), entry_row(other_id, 1), entry_row(user_id, 3)
    )
    page = await uow.ledger.list_page(user_id, NEWEST, 10)
    assert [row.id for row in page] == [third, first]
    assert [row.id for row in await uow.ledger.list_page(user_id, third, 10)] == [first]


async def test_the_entries_of_an_activity_in_order(uow: UnitOfWork, user_id: int) -> None:
    ids = await add(
        uow,
        entry_row(user_id, 1),
        entry_row(user_id, 3),
        entry_row(user_id, 1, reason="quest_completed"),
    )
    rows = await uow.ledger.list_of_activity(user_id, 1)
    assert [row.id for row, *_ in rows] == [ids[0], ids[2]]


async def test_many_entries_of_several_players_get_ids_in_their_order(
    uow: UnitOfWork, user_id: int
) -> None:
    other_id = await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(other_id, 1))
    rows = [entry_row(owner, 1, round=n) for n in range(40) for owner in (other_id, user_id)]
    ids = await add(uow, *rows)
    assert ids == sorted(set(ids))
    for owner in (user_id, other_id):
        page = await uow.ledger.list_page(owner, NEWEST, 100)
        assert {row.id: row.round for row in page} == {
            row.id: row.round for row in rows if row.user_id == owner
        }


async def test_reversals_are_counted_by_player_and_source(uow: UnitOfWork, user_id: int) -> None:
    other_id = await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(other_id, 1))
    paid = await add(uow, entry_row(user_id, 1), entry_row(user_id, 1, round=1))
    await add(uow, entry_row(other_id, 1), *(reversal(user_id, one) for one in paid))
    sources = [Source(SourceType.TASK, number) for number in ("1", "2")]
    found = await uow.ledger.count_reversals([user_id, other_id], sources)
    assert [tuple(row) for row in found] == [(user_id, "task", "1", 2)]


def test_entries_are_only_added() -> None:
    methods = {name for name in dir(LedgerRepository) if not name.startswith("_")}
    reading = {name for name in dir(LedgerReader) if not name.startswith("_")}
    assert methods - reading == {"add", "number", "record"}
