"""Completed occurrences: kept once for a task and a date, listed newest first."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from app.db.conflicts import FOREIGN_KEY, constraint_of
from app.db.models import TaskOccurrence
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from tests.repositories.test_tasks import a_task
from tests.support.clock import START
from tests.support.game import add_player


def march(day: int) -> date:
    return date(2026, 3, day)


def an_occurrence(user_id: int, task_id: int, day: int) -> TaskOccurrence:
    return TaskOccurrence(
        user_id=user_id,
        task_id=task_id,
        occurrence_on=march(day),
        completed_at=START,
        checklist=[{"text": "A", "done": True}],
    )


async def add_task(uow: UnitOfWork, user_id: int, *days: int) -> int:
    """A task with completed occurrences."""
    task = a_task(user_id)
    await uow.tasks.add(task)
    for day in days:
        await uow.occurrences.add(an_occurrence(user_id, task.id, day))
    return task.id


async def test_a_completed_one_is_found_by_its_date(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task_id = await add_task(uow, user_id, 2)

    found = await uow.occurrences.get(user_id, task_id, march(2))

    assert found is not None
    assert (found.completed_at, found.checklist) == (START, [{"text": "A", "done": True}])
    assert await uow.occurrences.get(user_id, task_id, march(3)) is None


async def test_those_of_another_user_or_task_are_not_found(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    other_id = await add_player(uow, "eve@example.org")
    task_id = await add_task(uow, user_id, 2)
    bare_id = await add_task(uow, user_id)

    for owner, of_task in ((other_id, task_id), (user_id, bare_id)):
        assert await uow.occurrences.get(owner, of_task, march(2)) is None
        assert await uow.occurrences.latest_done_on(owner, of_task) is None
        assert await uow.occurrences.list_page(owner, of_task, march(31), 10) == []


async def test_a_page_goes_back_from_a_date(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task_id = await add_task(uow, user_id, 2, 9, 3, 5)

    page = await uow.occurrences.list_page(user_id, task_id, march(9), 2)

    assert [each.occurrence_on for each in page] == [march(5), march(3)]


async def test_the_latest_is_by_date_and_not_by_when_it_was_done(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task_id = await add_task(uow, user_id, 9, 2)

    assert await uow.occurrences.latest_done_on(user_id, task_id) == march(9)


async def test_a_deleted_one_is_gone(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task_id = await add_task(uow, user_id, 2, 3)
    latest = await uow.occurrences.get(user_id, task_id, march(3))
    assert latest is not None

    await uow.occurrences.delete(latest)

    assert await uow.occurrences.latest_done_on(user_id, task_id) == march(2)


async def test_one_date_can_not_be_completed_twice(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task_id = await add_task(uow, user_id, 2)
    transaction._session.expunge_all()

    with pytest.raises(IntegrityError):
        await uow.occurrences.add(an_occurrence(user_id, task_id, 2))


async def test_nobody_completes_the_task_of_another(transaction: Transaction) -> None:
    uow = transaction.uow
    task_id = await add_task(uow, await add_player(uow))
    other_id = await add_player(uow, "eve@example.org")

    with pytest.raises(IntegrityError) as refused:
        await uow.occurrences.add(an_occurrence(other_id, task_id, 2))

    assert constraint_of(refused.value) == FOREIGN_KEY
