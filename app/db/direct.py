"""Statements that are compiled once and run on the driver: the one way by which hot paths are made fast.

SQLAlchemy writes the SQL and converts the values; what it does anew for each execution (looking the
statement up by its parts, wrapping cursor and rows) is left out. See docs/decisions/0028.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import CompoundSelect, Delete, Dialect, Float, Insert, Select, Update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from app.db.driving import dialect_of, fetch_rows

T = TypeVar("T")

Statement = Select[Any] | CompoundSelect[Any] | Insert | Update | Delete
Parameters = Mapping[str, Any]
_Convert = Callable[[Any], Any]

_DOUBLE = 701
"""PostgreSQL's number for the type that each ``Float`` of ours has there; SQLAlchemy wants to be told."""


class Direct(Generic[T]):
    """A statement, and what is made of each row that it gives.

    Its parameters are ``bindparam``s. A list of any length is one of them only by ``functions.is_one_of``.
    """

    def __init__(
        self, statement: Statement | Callable[[str], Statement], make: Callable[..., T]
    ) -> None:
        """``make`` is called with the columns of a row, in their order.

        A statement that the databases word differently is made by a function of the dialect's name.
        """
        self._statement = statement
        self._make = make
        self._programs: dict[str, Program] = {}

    async def fetch(self, session: AsyncSession, parameters: Parameters) -> list[T]:
        """Run it in the session's transaction or, if it is in none and reads, alone; all rows.

        Raises:
            DBAPIError: as SQLAlchemy would.
        """
        program = self.compile(dialect_of(session))
        rows = await fetch_rows(session, program.text, program.bind(parameters))
        return self.read(program, rows)

    async def fetch_one(self, session: AsyncSession, parameters: Parameters) -> T | None:
        """Run it; the one row, or None. It must not give more."""
        rows = await self.fetch(session, parameters)
        return rows[0] if rows else None

    def compile(self, dialect: Dialect) -> "Program":
        """The statement in the words of a database."""
        program = self._programs.get(dialect.name)
        if program is None:
            given = self._statement
            statement = given(dialect.name) if callable(given) else given
            program = self._programs[dialect.name] = Program(statement, dialect)
        return program

    def read(self, program: "Program", rows: Sequence[Sequence[Any]]) -> list[T]:
        """What is made of the rows that the driver gave."""
        make = self._make
        return [make(*row) for row in program.convert(rows)]


def no_row(*_: Any) -> None:
    """For statements that give nothing."""


class Program:
    """A statement in the words of one database."""

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

    @property
    def width(self) -> int:
        """How many placeholders there are."""
        return len(self._parameters)

    def bind(self, parameters: Parameters) -> list[Any]:
        """The values in the order of the placeholders, as the driver wants them."""
        given = {**self._fixed, **parameters} if self._fixed else parameters
        return [
            given[name] if convert is None else convert(given[name])
            for name, convert in self._parameters
        ]

    def convert(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """What the driver gave, as the columns' types have it."""
        if not self._converters:
            return rows
        converted = []
        for row in rows:
            values = list(row)
            for index, convert in self._converters:
                values[index] = convert(values[index])
            converted.append(values)
        return converted


def _find_binder(column_type: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return column_type.dialect_impl(dialect).bind_processor(dialect)


def _find_reader(column_type: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    impl = column_type.dialect_impl(dialect)
    return impl.result_processor(dialect, _DOUBLE if isinstance(impl, Float) else None)
