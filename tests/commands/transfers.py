"""Databases to move, back up and restore, with rows in every table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, ColumnDefault, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.database_url import SQLITE_SCHEME
from app.db.base import Base
from app.db.session import Database
from app.worker.standings import refresh_histograms
from tests.support.adventures import take_part
from tests.support.databases import SQLITE, migrate_url, provide_server
from tests.support.learning import study
from tests.support.service import run_service

Rows = dict[str, list[tuple[Any, ...]]]

ODD = "Ünïcode \N{SNOWMAN} 'quotes' \\ \" and\nlines, 1e5 \\u0041"
"""What is easily spoilt on the way."""

_VALUES: dict[type, Any] = {
    int: 1, str: "x", bool: True, bytes: b"\x00\xff", float: 0.1, date: date(2026, 3, 2),
    datetime: datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC), time: time(7, 30), dict: {"a": [None, 1.5]},
}  # fmt: skip


class Places:
    """Addresses of databases that come and go."""

    def __init__(self, folder: Path, server: Any) -> None:
        self._folder, self._server, self._count = folder, server, 0

    def make(self, kind: str, *, migrated: bool = True) -> str:
        """The address of an empty database of its own."""
        self._count += 1
        name = f"place_{self._count}_{uuid4().hex[:8]}"
        if kind == SQLITE:
            url = f"{SQLITE_SCHEME}:///{self._folder / name}.sqlite3"
        else:
            self._server.create_database(name)
            url = self._server.url(name)
        if migrated:
            migrate_url(url)
        return url


@contextmanager
def provide_places(folder: Path) -> Iterator[Places]:
    """Both kinds of databases."""
    with provide_server() as server:
        yield Places(folder, server)


async def play_everything(url: str, folder: Path) -> None:
    """Leave rows in every table: by playing, and by hand where nothing that is played leaves any."""
    async with run_service(url, folder) as service:
        learner = await service.learner(display_name="Ada \N{SNOWMAN}")
        await learner.create_task(title="Ä \N{GRINNING FACE}", description=ODD, tags=["ä", "b"])
        gone = await learner.create_task(title="gone")
        task = await learner.create_task(recurrence="FREQ=DAILY", due_on="2026-03-01")
        occurrence = {"occurrence_on": "2026-03-01"}
        await learner.post(f"/tasks/{task['id']}/complete", occurrence, **{"Idempotency-Key": "k"})
        plain = await learner.create_task()
        await learner.post(f"/tasks/{plain['id']}/complete")
        await learner.post(
            f"/tasks/{plain['id']}/undo"
        )  # rows that refer to rows of their own table
        await study(service, learner)
        await take_part(service, learner)
        last = await learner.create_task(title="the last one, which is gone")
        for each in (gone, last):
            await learner.client.delete(f"/tasks/{each['id']}")
        await refresh_histograms(service.parts)
        async with service.parts.database.engines.writing.begin() as connection:
            await _fill_empty_tables(connection)


async def read_all(url: str) -> Rows:
    """Every row of every table, as the models see them."""
    database = Database.from_url(url, 1)
    try:
        async with database.engines.reading.connect() as connection:
            return {
                table.name: [
                    tuple(row)
                    for row in await connection.execute(
                        select(table).order_by(*table.primary_key.columns)
                    )
                ]
                for table in Base.metadata.sorted_tables
            }
    finally:
        await database.dispose()


async def execute(url: str, *statements: str) -> None:
    """Run statements behind everybody's back, without foreign keys on SQLite."""
    database = Database.from_url(url, 1)
    try:
        async with database.engines.writing.connect() as connection:
            if connection.dialect.name == SQLITE:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                await raw.execute("PRAGMA foreign_keys=OFF")
            for statement in statements:
                await connection.execute(text(statement))
            await connection.commit()
    finally:
        await database.dispose()


async def add_task(url: str) -> int:
    """The id that the next task gets: a copy of another."""
    database = Database.from_url(url, 1)
    tasks = Base.metadata.tables["tasks"]
    try:
        async with database.engines.writing.begin() as connection:
            row = (await connection.execute(select(tasks).limit(1))).one()
            values = {name: value for name, value in row._mapping.items() if name != "id"}
            done = await connection.execute(insert(tasks).values(values))
            assert done.inserted_primary_key is not None
            key: int = done.inserted_primary_key[0]
            return key
    finally:
        await database.dispose()


async def _fill_empty_tables(connection: AsyncConnection) -> None:
    for table in Base.metadata.sorted_tables:
        if (await connection.execute(select(table).limit(1))).first() is None:
            await connection.execute(insert(table).values(await _make_row(connection, table)))


async def _make_row(connection: AsyncConnection, table: Table) -> dict[str, Any]:
    """A row that refers to the first rows of other tables, and has something in every other column."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if column is not table.autoincrement_column:
            values[column.name] = await _make_value(connection, column)
    return values


async def _make_value(connection: AsyncConnection, column: Column[Any]) -> Any:
    for key in column.foreign_keys:
        return await connection.scalar(select(func.min(key.column)))
    if isinstance(column.default, ColumnDefault) and column.default.is_scalar:
        return column.default.arg
    kind = getattr(column.type, "impl_instance", column.type).python_type
    words = getattr(column.type, "enums", None)
    return words[0] if words else _VALUES.get(kind, uuid4() if kind.__name__ == "UUID" else None)
