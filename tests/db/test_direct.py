"""Statements that run on the driver give what SQLAlchemy gives, and are in the transaction where one is."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from app.core.roles import Role
from app.db.base import Base
from app.db.direct import Direct
from app.db.functions import IsOneOf, list_of
from app.db.models import AppSetting, PlayerCounter, Task
from app.db.session import Database, Transaction
from app.db.types import Instant
from app.game.rules import Difficulty
from tests.support.clock import START
from tests.support.databases import delete_all_rows
from tests.support.game import add_player

EAST = timezone(timedelta(hours=5, minutes=30))
SAMPLES: Mapping[str, Sequence[Any]] = {
    "BigInteger": [0, 2**63 - 1, -(2**63), None],
    "Boolean": [True, False, None],
    "Date": [date(2024, 2, 29), date.min, date.max, None],
    "DifficultyRank": [*Difficulty, None],
    "Enum": [*Role, None],
    "Float": [0.1, -2.5e300, None],
    "Instant": [START, datetime(2026, 3, 1, 2, 3, 4, 567, EAST), datetime(1, 1, 2, tzinfo=UTC), None],
    "Integer": [0, 2**31 - 1, None],
    "JSON": [{"ü": [1, 2.5, None, True]}, [], "text", 0, None],
    "LargeBinary": [b"", b"\x00\xff", None],
    "OpenEndedDate": [date(2024, 2, 29), None],
    "SmallInteger": [0, 2**15 - 1, None],
    "String": ["", "an ünicode ✓ 'text'", None],
    "Text": ["", "a\nb", None],
    "Time": [time(23, 59, 59, 999999), time(0, 0), None],
    "Uuid": [UUID(int=2**127 + 5), None],
}  # fmt: skip
"""For each type of a column values of it; None of each."""


class Counter(NamedTuple):
    metric: str
    value: int


_COUNTERS = Direct(
    select(PlayerCounter.metric, PlayerCounter.value)
    .where(PlayerCounter.user_id == bindparam("owner"))
    .order_by(PlayerCounter.metric),
    Counter,
)
_ADD = Direct(
    insert(PlayerCounter)
    .values({name: bindparam(f"new_{name}") for name in ("user_id", "metric", "value")})
    .returning(PlayerCounter.metric, PlayerCounter.value),
    Counter,
)


def list_types() -> Sequence[TypeEngine[Any]]:
    """Each type of a column of ours once."""
    found = {
        repr(column.type): column.type
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    return [found[name] for name in sorted(found)]


def sample(column_type: TypeEngine[Any]) -> Sequence[Any]:
    """Values of the type; fails for a type that nobody thought of."""
    values = SAMPLES[type(column_type).__name__]
    if repr(column_type) == "Uuid(as_uuid=False)":
        return [value and str(value) for value in values]
    return values


@pytest.fixture
async def real(database_url: str) -> AsyncIterator[Database]:
    """A database of its own engines, to which the test commits."""
    database = Database.from_url(database_url, 2)
    yield database
    await delete_all_rows(database)
    await database.dispose()


@asynccontextmanager
async def opened(database: Database, way: str) -> AsyncIterator[AsyncSession]:
    """A session of the way in which it is asked."""
    if way == "writing":
        async with database.writing() as transaction:
            yield transaction.uow._session
        return
    async with database.snapshot() if way == "snapshot" else database.reading() as uow:
        yield uow._session


@pytest.mark.parametrize("way", ["alone", "snapshot", "writing"])
@pytest.mark.parametrize("column_type", list_types(), ids=repr)
async def test_a_value_of_each_type_goes_in_and_comes_back_as_with_sqlalchemy(
    real: Database, column_type: TypeEngine[Any], way: str
) -> None:
    statement = select(bindparam("value", type_=column_type))
    direct = Direct(statement, lambda value: value)
    for value in sample(column_type):
        async with opened(real, way) as session:
            await direct.fetch(
                session, {"value": value}
            )  # in a transaction the next goes another way
            (read,) = await direct.fetch(session, {"value": value})
        async with real.reading() as uow:
            expected = (await uow._session.execute(statement, {"value": value})).scalar_one()
        assert read == value
        assert (repr(read), type(read)) == (repr(expected), type(expected))


async def test_a_whole_row_is_read_as_the_model_has_it(transaction: Transaction) -> None:
    user_id = await add_player(transaction.uow)
    session = transaction.uow._session
    task = Task(
        user_id=user_id, title="A task", description="", search_text="a task", difficulty=Difficulty.HARD,
        due_on=None, due_time=time(8, 30), tags=["a", "ü"], checklist=[], created_at=START, updated_at=START,
        starts_on=None, completed_at=START,
    )  # fmt: skip
    session.add(task)
    await session.flush()
    session.expunge(task)
    names = [column.key for column in Task.__table__.columns]
    whole = Direct(select(*(getattr(Task, name) for name in names)), lambda *row: row)
    (row,) = await whole.fetch(session, {})
    loaded = (await session.execute(select(Task))).scalar_one()
    assert row == tuple(getattr(loaded, name) for name in names)
    assert row[names.index("difficulty")] is Difficulty.HARD


@pytest.mark.parametrize("way", ["alone", "snapshot"])
async def test_an_instant_without_a_zone_is_refused_before_anything_is_asked(
    real: Database, way: str
) -> None:
    statement = Direct(select(bindparam("value", type_=Instant)), lambda value: value)
    async with opened(real, way) as session:
        with pytest.raises(ValueError, match="aware"):
            await statement.fetch(session, {"value": START.replace(tzinfo=None)})


async def test_what_the_statement_fixes_need_not_be_given(real: Database) -> None:
    numbers = select((literal(20, Integer) + bindparam("more", type_=Integer)).label("sum")).limit(
        literal(1, Integer)
    )
    fixed = bindparam("fixed", 5, type_=Integer)
    async with real.reading() as uow:
        assert await Direct(numbers, int).fetch(uow._session, {"more": 3}) == [23]
        assert await Direct(select(fixed), int).fetch(uow._session, {}) == [5]
        assert await Direct(select(fixed), int).fetch(uow._session, {"fixed": 6}) == [6]


async def test_a_parameter_may_stand_in_several_places(real: Database) -> None:
    number, other = (bindparam(name, type_=Integer) for name in ("number", "other"))
    statement = Direct(select(number, other, number + other), lambda *row: row)
    async with real.reading() as uow:
        assert await statement.fetch(uow._session, {"other": 2, "number": 1}) == [(1, 2, 3)]


async def test_a_parameter_that_is_missing_is_a_mistake(real: Database) -> None:
    statement = Direct(select(bindparam("number", type_=Integer)), int)
    async with real.reading() as uow:
        with pytest.raises(KeyError, match="number"):
            await statement.fetch(uow._session, {"numbers": 1})


@pytest.mark.parametrize("ids", [bindparam("ids", expanding=True), [1, 2]], ids=["given", "fixed"])
async def test_a_list_of_any_length_is_refused(real: Database, ids: Any) -> None:
    statement = Direct(select(PlayerCounter.value).where(PlayerCounter.user_id.in_(ids)), int)
    async with real.reading() as uow:
        with pytest.raises(ValueError, match="list"):
            await statement.fetch(uow._session, {"ids": [1, 2]})


@pytest.mark.parametrize("way", ["alone", "snapshot", "writing"])
async def test_a_list_of_any_length_is_taken_by_a_function_of_ours(
    real: Database, way: str
) -> None:
    number, name = bindparam("number", type_=BigInteger), bindparam("name", type_=String)
    are_in = Direct(
        select(
            IsOneOf(number, list_of("numbers", BigInteger())),
            IsOneOf(name, list_of("names", String())),
        ),
        lambda *row: row,
    )
    for numbers, names, expected in (
        ([1, 2**62, 3], ["ü", 'a"b'], (True, True)),
        ([1], ["other"], (False, False)),
        ([], [], (False, False)),
    ):
        given = {"number": 2**62, "name": 'a"b', "numbers": numbers, "names": names}
        async with opened(real, way) as session:
            assert await are_in.fetch(session, given) == [expected]
            assert await are_in.fetch(session, given) == [expected]


async def test_one_row_or_none(real: Database) -> None:
    statement = Direct(
        select(literal(7)).where(bindparam("wanted", type_=Integer) == literal(1)), int
    )
    async with real.reading() as uow:
        assert await statement.fetch_one(uow._session, {"wanted": 1}) == 7
        assert await statement.fetch_one(uow._session, {"wanted": 0}) is None


async def add_counter(session: AsyncSession, user_id: int, value: int) -> Sequence[Counter]:
    new = {"new_user_id": user_id, "new_metric": "tasks_completed", "new_value": value}
    return await _ADD.fetch(session, new)


async def test_writes_are_seen_in_their_transaction_and_gone_with_it(real: Database) -> None:
    async with real.writing() as transaction:
        user_id = await add_player(transaction.uow)
        await transaction.commit()
    await add_and_forget(real, user_id)


async def test_so_it_is_on_a_connection_that_is_shared(database: Database) -> None:
    """As in most of these tests: each unit of work is a savepoint."""
    async with database.writing() as transaction:
        user_id = await add_player(transaction.uow)
        await transaction.commit()
    await add_and_forget(database, user_id)


async def add_and_forget(database: Database, user_id: int) -> None:
    counter = Counter("tasks_completed", 4)
    async with database.writing() as transaction:
        session = transaction.uow._session
        assert await add_counter(session, user_id, counter.value) == [counter]
        assert await _COUNTERS.fetch(session, {"owner": user_id}) == [counter]
    async with database.reading() as uow:
        assert await _COUNTERS.fetch(uow._session, {"owner": user_id}) == []


async def test_what_was_flushed_by_others_of_the_session_is_seen(transaction: Transaction) -> None:
    user_id = await add_player(transaction.uow)
    session = transaction.uow._session
    session.add(PlayerCounter(user_id=user_id, metric="reviews_done", value=2))
    await session.flush()
    assert await _COUNTERS.fetch(session, {"owner": user_id}) == [Counter("reviews_done", 2)]


async def test_what_is_committed_is_kept(real: Database) -> None:
    async with real.writing() as transaction:
        user_id = await add_player(transaction.uow)
        await add_counter(transaction.uow._session, user_id, 4)
        await transaction.commit()
    async with real.reading() as uow:
        assert await _COUNTERS.fetch(uow._session, {"owner": user_id}) == [
            Counter("tasks_completed", 4)
        ]


async def test_writes_give_what_they_return_and_else_nothing(transaction: Transaction) -> None:
    user_id = await add_player(transaction.uow)
    session = transaction.uow._session
    await add_counter(session, user_id, 4)
    mine = PlayerCounter.user_id == bindparam("owner")
    more = update(PlayerCounter).where(mine).values(value=PlayerCounter.value + 1)
    given = {"owner": user_id}
    assert await Direct(more, int).fetch(session, given) == []
    assert await Direct(more.returning(PlayerCounter.value), int).fetch(session, given) == [6]
    gone = delete(PlayerCounter).where(mine).returning(PlayerCounter.metric, PlayerCounter.value)
    assert await Direct(gone, Counter).fetch(session, given) == [Counter("tasks_completed", 6)]
    assert await Direct(gone, Counter).fetch(session, given) == []
    await Direct(
        insert(PlayerCounter).values(user_id=bindparam("owner"), metric="x", value=1), int
    ).fetch(session, given)
    assert await _COUNTERS.fetch(session, given) == [Counter("x", 1)]


async def test_what_a_column_is_given_by_itself_is_written(transaction: Transaction) -> None:
    """Typed values, of which some are None, by INSERT."""
    names = ("name", "value", "updated_at", "updated_by")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    add = Direct(insert(AppSetting).values(values), int)
    session = transaction.uow._session
    row = {
        "new_name": "k",
        "new_value": {"a": [1]},
        "new_updated_at": START,
        "new_updated_by": None,
    }
    await add.fetch(session, row)
    kept = (await session.execute(select(AppSetting))).scalar_one()
    assert (kept.name, kept.value, kept.updated_at, kept.updated_by) == tuple(row.values())


async def test_databases_of_both_kinds_may_share_a_statement(
    real: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("beside")
    beside = Database.from_url(f"sqlite+aiosqlite:///{folder / 'file.sqlite3'}", 1)
    statement = Direct(select(func.abs(bindparam("number", type_=Integer))), int)
    for database in (real, beside, real):
        async with database.reading() as uow:
            assert await statement.fetch(uow._session, {"number": -3}) == [3]
    await beside.dispose()
