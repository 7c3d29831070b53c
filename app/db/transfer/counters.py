"""The numbers that a database gives to rows, and the greatest that it gave so far."""

from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.transfer.tables import CarriedTable

_SEQUENCES = Table("sqlite_sequence", MetaData(), Column("name", String), Column("seq", Integer))
"""SQLite's own, for tables that never give a number twice. It has a row once a number was given."""

_KEPT_BY_SQLITE = select(_SEQUENCES.c.seq).where(_SEQUENCES.c.name == bindparam("table_name"))
_FORGET = delete(_SEQUENCES).where(_SEQUENCES.c.name == bindparam("table_name"))
_KEEP = insert(_SEQUENCES).values(name=bindparam("table_name"), seq=bindparam("last_id"))
_NAME_OF_SEQUENCE = select(
    func.pg_get_serial_sequence(bindparam("table_name"), bindparam("counter"))
)

_STATE_OF_SEQUENCE: Select[Any] = select(column("last_value"), column("is_called"))


async def read_last_id(connection: AsyncConnection, table: CarriedTable) -> int | None:
    """The greatest number that the table ever gave to a row, 0 for none yet; None if it numbers none.

    PostgreSQL tells of its sequences as they are now, whatever the transaction sees: later than the rows,
    which does no harm.
    """
    if table.statements.find_last_id is None:
        return None
    greatest = await connection.scalar(table.statements.find_last_id)
    given = (
        await _read_sequence(connection, table)
        if connection.dialect.name == "postgresql"
        else await connection.scalar(_KEPT_BY_SQLITE, {"table_name": table.name})
    )
    return max(greatest or 0, given or 0)


async def write_last_id(connection: AsyncConnection, table: CarriedTable, last_id: int) -> None:
    """Let the next number be greater than this one, and than all that the table gave before.

    A part of the transaction: ``setval`` would not be taken back with it.
    """
    known = await read_last_id(connection, table)
    if known is None:
        return
    last_id = max(last_id, known)
    if connection.dialect.name != "postgresql":
        await connection.execute(_FORGET, {"table_name": table.name})
        await connection.execute(_KEEP, {"table_name": table.name, "last_id": last_id})
    elif name := await _find_sequence(connection, table):
        await connection.execute(text(f"ALTER SEQUENCE {name} RESTART WITH {last_id + 1:d}"))


async def _read_sequence(connection: AsyncConnection, table: CarriedTable) -> int:
    name = await _find_sequence(connection, table)
    if name is None:
        return 0
    found = (await connection.execute(_STATE_OF_SEQUENCE.select_from(text(name)))).one()
    return int(found.last_value) - (0 if found.is_called else 1)


async def _find_sequence(connection: AsyncConnection, table: CarriedTable) -> str | None:
    """The sequence's name as SQL writes it: the server quotes it where that is needed."""
    quoted = connection.dialect.identifier_preparer.quote(table.name)
    names: dict[str, Any] = {"table_name": quoted, "counter": table.counter}
    name: str | None = await connection.scalar(_NAME_OF_SEQUENCE, names)
    return name
