"""Broken constraints have the same names on both databases, and mean the same refusals."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound

from app.core.errors import ConflictError
from app.db.conflicts import FOREIGN_KEY, OwnerGoneError, constraint_of
from app.db.models import ActivityRow, Player, PlayerCounter, RewardEntry, User
from app.db.repositories.history_records import EntryRecord, describe
from app.db.session import Database, Transaction
from app.services.tasks import TaskService
from tests.support.clock import FakeClock
from tests.support.game import activity_row, add_player, entry_row, principal

TASK = {"title": "A task", "description": "", "tags": [], "checklist": [], "difficulty": "easy"}


def repeat_address(user_id: int) -> Any:
    return update(User).where(User.id != user_id).values(email="ada@example.org")


def repeat_activity(user_id: int) -> Any:
    return insert(ActivityRow).values(describe(activity_row(user_id, 1)))


def repeat_reward(user_id: int) -> Any:
    return insert(RewardEntry).values(of_entry(entry_row(user_id, 1)))


def count_for_nobody(user_id: int) -> Any:
    return insert(PlayerCounter).values(user_id=2**40, metric="reviews_done", value=1)


def reward_no_activity(user_id: int) -> Any:
    return insert(RewardEntry).values(of_entry(entry_row(user_id, 99)))


def take_too_much(user_id: int) -> Any:
    return update(Player).where(Player.user_id == user_id).values(xp=-1)


def forget_gold(user_id: int) -> Any:
    return update(Player).where(Player.user_id == user_id).values(gold=None)


def of_entry(entry: EntryRecord) -> Mapping[str, Any]:
    return {name: value for name, value in describe(entry).items() if name != "id"}


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (repeat_address, "uq_users_email"),
        (repeat_activity, "pk_activities"),
        (repeat_reward, "uq_reward_entries_once"),
        (count_for_nobody, FOREIGN_KEY),
        (reward_no_activity, FOREIGN_KEY),
        (take_too_much, None),
        (forget_gold, None),
    ],
)
async def test_the_broken_constraint_is_named(
    transaction: Transaction, spoil: Callable[[int], Any], name: str | None
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add_player(uow, "bob@example.org")
    await uow.activities.add(activity_row(user_id, 1))
    await uow.ledger.add([entry_row(user_id, 1)])
    with pytest.raises(IntegrityError) as refusal:
        await uow._session.execute(spoil(user_id))
    assert constraint_of(refusal.value) == name


async def test_a_typed_conflict_leaves_the_transaction_usable(transaction: Transaction) -> None:
    await add_player(transaction.uow)
    with pytest.raises(ConflictError) as refusal:
        await add_player(transaction.uow)
    assert refusal.value.code == "email_taken"
    assert await add_player(transaction.uow, "bob@example.org")


async def test_a_row_for_a_deleted_owner_is_refused_as_unknown(
    database: Database, clock: FakeClock
) -> None:
    with pytest.raises(OwnerGoneError) as refusal:
        async with database.writing() as transaction:
            await TaskService(transaction.uow, clock).create(principal(2**40), TASK)
    assert refusal.value.code == "unauthenticated"


async def test_a_defect_of_ours_is_not_disguised(database: Database) -> None:
    async def spoil() -> None:
        async with database.writing() as transaction:
            user_id = await add_player(transaction.uow)
            await transaction.uow._session.execute(take_too_much(user_id))

    with pytest.raises(IntegrityError):
        await spoil()


async def test_a_wrong_use_of_the_library_is_not_disguised(database: Database) -> None:
    async def ask_for_nothing() -> None:
        async with database.reading() as uow:
            (await uow._session.execute(select(User.id))).scalar_one()

    with pytest.raises(NoResultFound):
        await ask_for_nothing()
