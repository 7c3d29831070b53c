"""A database as at one moment, read table by table in parts."""

from collections.abc import AsyncGenerator, Sequence
from typing import Literal

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database
from app.db.transfer.counters import read_last_id
from app.db.transfer.errors import BadRowError
from app.db.transfer.proofs import Batch, Checksum, Proof
from app.db.transfer.tables import CarriedTable, list_tables

BATCH_ROWS = 500
"""Rows that are in memory at a time: lessons and kept answers are long."""


class SnapshotReader:
    """Reads all tables within one transaction."""

    def __init__(self, connection: AsyncConnection, database: Database) -> None:
        """``database`` opens units of work within the same transaction."""
        self._connection = connection
        self.database = database
        self.dialect: Literal["sqlite", "postgresql"] = (
            "postgresql" if connection.dialect.name == "postgresql" else "sqlite"
        )
        self.tables: Sequence[CarriedTable] = list_tables(self.dialect)

    async def has_tables(self) -> bool:
        """Whether the database has any table, ours or another's."""
        return bool(await self._connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    async def count_rows(self, table: CarriedTable) -> int:
        """How many rows the table has."""
        return await self._connection.scalar(table.statements.count) or 0

    async def read(self, table: CarriedTable) -> AsyncGenerator[Batch]:
        """All rows, in the order of the primary key, a part at a time.

        Raises:
            BadRowError: a value is not one of its column.
        """
        result = await self._connection.stream(table.statements.read)
        try:
            async for rows in result.partitions(BATCH_ROWS):
                yield Batch.of([table.encode(row) for row in rows])
        except (SQLAlchemyError, ValueError) as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            raise BadRowError(
                f"{table.name}: a row can't be read ({type(error).__name__})"
            ) from error
        finally:
            await result.close()

    async def read_last_id(self, table: CarriedTable) -> int | None:
        """See ``read_last_id``."""
        return await read_last_id(self._connection, table)


async def prove(reader: SnapshotReader, table: CarriedTable) -> Proof:
    """Read the whole table for its proof."""
    checksum = Checksum()
    async for batch in reader.read(table):
        checksum.add(batch)
    return checksum.prove(table.name, await reader.read_last_id(table))
