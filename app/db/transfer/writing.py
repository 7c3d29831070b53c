"""A database that is filled, table by table, in one transaction."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any

from asyncpg import PostgresError
from asyncpg.exceptions import InsufficientPrivilegeError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.conflicts import constraint_of
from app.db.session import Database
from app.db.transfer.counters import write_last_id
from app.db.transfer.errors import NotPermittedError, RowsRefusedError
from app.db.transfer.proofs import Batch, Proof
from app.db.transfer.reading import SnapshotReader
from app.db.transfer.tables import CarriedTable

_BROKEN_REFERENCES = text("PRAGMA foreign_key_check")


class TableWriter(SnapshotReader):
    """Writes tables, and reads them back, all in one transaction that its opener may commit."""

    def __init__(self, connection: AsyncConnection, database: Database) -> None:
        super().__init__(connection, database)
        self._is_postgresql = self.dialect == "postgresql"
        self._quote = connection.dialect.identifier_preparer.quote

    async def list_filled(self) -> Sequence[str]:
        """The tables that hold rows."""
        return [
            table.name
            for table in self.tables
            if await self._connection.scalar(table.statements.find_any) is not None
        ]

    async def empty(self) -> None:
        """Delete all rows of all tables. The numbers that they had are not given again."""
        if self._is_postgresql:
            names = ", ".join(self._quote(table.name) for table in self.tables)
            await self._connection.execute(text(f"TRUNCATE TABLE {names}"))
            return
        for table in reversed(self.tables):
            await self._connection.execute(table.statements.empty)

    async def write(self, table: CarriedTable, batches: AsyncIterable[Batch]) -> None:
        """Add rows to the table. References may go to rows that are written later.

        Raises:
            BadRowError: a value is not one of its column, or the database would not take it.
            RowsRefusedError: the database refuses a row.
        """
        with _explaining(table.name):
            if self._is_postgresql:
                await self._copy(table, batches)
                return
            async for batch in batches:
                rows = [
                    dict(zip(table.columns, table.decode(row), strict=True)) for row in batch.rows
                ]
                if rows:
                    await self._connection.execute(table.statements.write, rows)

    async def seal(self, table: CarriedTable, proof: Proof) -> None:
        """Once all rows of the table are written: go on numbering after the greatest number ever given."""
        if proof.last_id is not None:
            await write_last_id(self._connection, table, proof.last_id)

    async def finish(self) -> None:
        """Once all is written: see that references lead somewhere, and let the planner know the rows.

        Raises:
            RowsRefusedError: a row refers to one that is not there.
        """
        if self._is_postgresql:  # it looked at the end of each table
            await self._connection.execute(text("ANALYZE"))
            return
        broken = (await self._connection.execute(_BROKEN_REFERENCES)).first()
        if broken is not None:
            raise RowsRefusedError(
                f"{broken[0]}: a row refers to one of {broken[2]} that is not there"
            )

    async def _copy(self, table: CarriedTable, batches: AsyncIterable[Batch]) -> None:
        """By COPY: many times as fast as INSERT, and it looks at references once, at its end."""
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        async with aclosing(_decode_all(table, batches)) as rows:
            await driver.copy_records_to_table(
                table.name, records=rows, columns=list(table.columns)
            )


async def _decode_all(
    table: CarriedTable, batches: AsyncIterable[Batch]
) -> AsyncGenerator[Sequence[Any]]:
    async for batch in batches:
        for row in batch.rows:
            yield table.decode(row)


@contextmanager
def _explaining(table: str) -> Iterator[None]:
    """Say what the database refuses, without the row that it repeats. COPY's errors come unwrapped."""
    try:
        yield
    except InsufficientPrivilegeError:
        raise NotPermittedError(f"{table}: the database's user may not write to it") from None
    except PostgresError as error:
        constraint = getattr(error, "constraint_name", None)
        if constraint is None and not str(error.sqlstate).startswith("22"):
            raise
        raise RowsRefusedError(
            f"{table}: the database refuses a row ({constraint or type(error).__name__})"
        ) from None
    except IntegrityError as error:
        why = constraint_of(error) or "constraint"
        raise RowsRefusedError(f"{table}: the database refuses a row ({why})") from None
