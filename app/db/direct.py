"""Statements that are compiled once and run on the driver: the one way by which hot paths are made fast.

SQLAlchemy writes the SQL and converts the values; what it does anew for each execution (looking the
statement up by its parts, wrapping cursor and rows) is left out. Where the session has no connection
yet, a read takes one for the single statement and brings it back at once (``app.db.lone_reads``). See
docs/decisions/0028.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Delete, Dialect, Insert, Select, Update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.types import TypeEngine

from app.db.lone_reads import LoneReads

T = TypeVar("T")

Statement = Select[Any] | Insert | Update | Delete
_Convert = Callable[[Any], Any]


class Direct(Generic[T]):
    """A statement, and what is made of each row that it gives.

    Its parameters are ``bindparam``s; lists of any length (``IN``) can't be among them.
    """

    def __init__(self, statement: Statement, make: Callable[..., T]) -> None:
        """``make`` is called with the columns of a row, in their order."""
        self._statement = statement
        self._make = make
        self._programs: dict[str, _Program] = {}

    async def fetch(self, session: AsyncSession, parameters: Mapping[str, Any]) -> list[T]:
        """Run it in the session's transaction, if it is in one; all rows.

        Raises:
            DBAPIError: as SQLAlchemy would.
        """
        bind = session.bind
        if isinstance(bind, AsyncEngine) and not session.in_transaction():
            lone_reads = LoneReads.of(bind)
            if lone_reads is not None:
                program = self._compile(bind.dialect)
                rows = await lone_reads.fetch(program.text, program.bind(parameters))
                return program.read(rows, self._make)
        connection = await session.connection()
        program = self._compile(connection.dialect)
        result = await connection.exec_driver_sql(program.text, tuple(program.bind(parameters)))
        return program.read(result.fetchall(), self._make) if result.returns_rows else []

    async def fetch_one(self, session: AsyncSession, parameters: Mapping[str, Any]) -> T | None:
        """Run it; the one row, or None. It must not give more."""
        rows = await self.fetch(session, parameters)
        return rows[0] if rows else None

    def _compile(self, dialect: Dialect) -> "_Program":
        program = self._programs.get(dialect.name)
        if program is None:
            program = self._programs[dialect.name] = _Program(self._statement, dialect)
        return program


class _Program:
    """The statement in the words of one database."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = compiled.string
        if "POSTCOMPILE" in self.text:
            raise ValueError("a list of any length can't be a parameter")
        self._parameters = [
            (name, _find_binder(compiled.binds[name].type, dialect))
            for name in compiled.positiontup or ()
        ]
        self._fixed = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        types = [column.type for column in statement.exported_columns]
        converters = [_find_reader(column_type, dialect) for column_type in types]
        self._converters = [
            (index, convert) for index, convert in enumerate(converters) if convert is not None
        ]

    def bind(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of the placeholders, as the driver wants them."""
        given = {**self._fixed, **parameters} if self._fixed else parameters
        return [
            given[name] if convert is None else convert(given[name])
            for name, convert in self._parameters
        ]

    def read(self, rows: Sequence[Sequence[Any]], make: Callable[..., T]) -> list[T]:
        """What the driver gave, as the columns' types have it."""
        if not self._converters:
            return [make(*row) for row in rows]
        made = []
        for row in rows:
            values = list(row)
            for index, convert in self._converters:
                values[index] = convert(values[index])
            made.append(make(*values))
        return made


def _find_binder(column_type: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return column_type.dialect_impl(dialect).bind_processor(dialect)


def _find_reader(column_type: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return column_type.dialect_impl(dialect).result_processor(dialect, None)
