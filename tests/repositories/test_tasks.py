"""What the task repository reads and writes, and that every statement begins with the owner."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select

from app.core.listing import TaskSort, TaskStatus
from app.db.models import Task, TaskOccurrence, User
from app.db.repositories.task_queries import TaskFilter, TaskRecord
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from app.game.rules import Difficulty
from tests.support.clock import START
from tests.support.game import add_player

ALL = TaskFilter()


def a_task(user_id: int, **fields: Any) -> TaskRecord:
    given: dict[str, Any] = {
        "title": "A task", "description": "", "difficulty": Difficulty.EASY, "due_on": None, "due_time": None,
        "tags": [], "checklist": [], "checklist_on": None, "recurrence": None, "starts_on": None,
        "last_done_on": None, "completed_at": None, "created_at": START, "updated_at": START,
    }  # fmt: skip
    return TaskRecord(id=0, user_id=user_id, **given | fields)


async def add(uow: UnitOfWork, user_id: int, **fields: Any) -> TaskRecord:
    task = a_task(user_id, **fields)
    await uow.tasks.add(task)
    return task


async def list_ids(
    uow: UnitOfWork,
    user_id: int,
    wanted: TaskFilter = ALL,
    sort: TaskSort = TaskSort.CREATED,
    **after: Any,
) -> list[int]:
    rows = await uow.tasks.list_page(user_id, wanted, sort, after.get("after"), 100)
    return [row.id for row in rows]


async def test_a_saved_task_is_read_as_it_was_given(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task = await add(uow, user_id, due_on=date(2026, 3, 2), tags=["a"], difficulty=Difficulty.HARD)

    found = await uow.tasks.get(user_id, task.id)

    assert found is not None
    for name in ("title", "due_on", "tags", "difficulty", "completed_at", "created_at"):
        assert getattr(found, name) == getattr(task, name)


async def read_folded(uow: UnitOfWork, task_id: int) -> str:
    found = await uow._session.execute(select(Task.search_text).where(Task.id == task_id))
    return found.scalar_one()


async def test_saving_keeps_the_folded_text_up_to_date(transaction: Transaction) -> None:
    uow = transaction.uow
    task = await add(uow, await add_player(uow), title="STRASSE", description="Étude")
    assert await read_folded(uow, task.id) == "strasse\nétude"

    task.title = "\uff2e\uff45\uff57"  # full-width letters
    await uow.tasks.save(task)

    assert await read_folded(uow, task.id) == "new\nétude"


@pytest.mark.parametrize("locked", [False, True])
async def test_the_task_of_another_is_not_found(transaction: Transaction, locked: bool) -> None:
    uow = transaction.uow
    task = await add(uow, await add_player(uow))
    other_id = await add_player(uow, "eve@example.org")

    look_up = uow.tasks.lock if locked else uow.tasks.get
    assert await look_up(other_id, task.id) is None


async def test_the_tasks_of_another_are_not_listed(transaction: Transaction) -> None:
    uow = transaction.uow
    await add(uow, await add_player(uow), tags=["home"])
    other_id = await add_player(uow, "eve@example.org")

    for wanted in (ALL, TaskFilter(tag="home"), TaskFilter(search="task")):
        assert await list_ids(uow, other_id, wanted) == []


async def test_no_more_than_the_count_are_listed(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    for _ in range(3):
        await add(uow, user_id)

    assert len(await uow.tasks.list_page(user_id, ALL, TaskSort.NEWEST, None, 2)) == 2


async def test_an_undated_task_comes_last_and_is_read_as_undated(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    undated = await add(uow, user_id)
    dated = await add(uow, user_id, due_on=date(9000, 12, 31))

    assert await list_ids(uow, user_id, sort=TaskSort.DUE) == [dated.id, undated.id]
    found = await uow.tasks.get(user_id, undated.id)
    assert found is not None
    assert found.due_on is None


@pytest.mark.parametrize(
    ("sort", "value", "expected"),
    [
        (TaskSort.DUE, date(2026, 3, 2), [2, 0]),
        (TaskSort.DUE, None, []),
        (TaskSort.DUE_LAST, None, [2, 1]),
        (TaskSort.EASIEST, Difficulty.EASY, [2, 0]),
        (TaskSort.HARDEST, Difficulty.HARD, [2, 1]),
    ],
)
async def test_a_page_begins_beyond_the_position(
    transaction: Transaction, sort: TaskSort, value: Any, expected: list[int]
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    ids = [
        (await add(uow, user_id, due_on=due_on, difficulty=difficulty)).id
        for due_on, difficulty in [
            (None, Difficulty.HARD),
            (date(2026, 3, 2), Difficulty.EASY),
            (date(2026, 3, 2), Difficulty.EASY),
        ]
    ]
    last_id = ids[0] if value in (None, Difficulty.HARD) else ids[1]

    found = await list_ids(uow, user_id, sort=sort, after=(value, last_id))

    assert found == [ids[index] for index in expected]


async def test_a_filter_for_the_open_ones_leaves_the_completed_out(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    opened = await add(uow, user_id)
    completed = await add(uow, user_id, completed_at=START)

    assert await list_ids(uow, user_id, TaskFilter(status=TaskStatus.OPEN)) == [opened.id]
    assert await list_ids(uow, user_id, TaskFilter(status=TaskStatus.COMPLETED)) == [completed.id]


async def add_with_occurrence(uow: UnitOfWork, user_id: int) -> TaskRecord:
    task = await add(uow, user_id)
    await uow.occurrences.add(
        TaskOccurrence(
            user_id=user_id, task_id=task.id, occurrence_on=date(2026, 3, 2), completed_at=START,
            checklist=[],
        )
    )  # fmt: skip
    return task


async def test_deleting_a_task_erases_its_occurrences(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task = await add_with_occurrence(uow, user_id)

    await uow.tasks.delete(task)

    assert await uow.tasks.get(user_id, task.id) is None
    assert await uow.occurrences.latest_done_on(user_id, task.id) is None


async def test_erasing_the_account_erases_its_tasks(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task = await add_with_occurrence(uow, user_id)

    session = transaction._session
    await session.execute(delete(User).where(User.id == user_id))

    left = await session.execute(select(Task.id).where(Task.id == task.id))
    assert left.all() == []


async def test_an_id_is_never_given_twice(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    task = await add(uow, user_id)
    deleted_id = task.id
    await uow.tasks.delete(task)

    assert (await add(uow, user_id)).id > deleted_id
