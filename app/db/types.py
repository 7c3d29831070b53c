"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Integer, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from app.game.rules import Difficulty

Id = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere: SQLite's INTEGER is 64-bit, and only that word makes its row id the key."""

Json = JSON().with_variant(JSONB(), "postgresql")

JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""As ``Json``, where None is SQL's NULL and not JSON's null."""

_Convert = Callable[[Any], Any]


class Instant(TypeDecorator[datetime]):
    """An instant, aware and in UTC on both sides.

    PostgreSQL keeps ``timestamptz``; SQLite keeps naive text, which is UTC by this type alone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant: it would be taken for whatever zone the server runs in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> _Convert | None:
        """None on PostgreSQL: asyncpg gives every instant aware and in UTC."""
        if dialect.name == "postgresql":
            return None
        return super().result_processor(dialect, coltype)


class OpenEndedDate(TypeDecorator[date]):
    """A local date, where none means "some day" and sorts after every other.

    None is stored as the calendar's last day, so that the column is never NULL and one plain index
    serves sorting and keyset pages in both directions.
    """

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> date:
        """None becomes the last day."""
        return date.max if value is None else value

    def process_result_value(self, value: date | None, dialect: Dialect) -> date | None:
        """The last day becomes None."""
        return None if value == date.max else value

    def result_processor(self, dialect: Dialect, coltype: object) -> _Convert | None:
        """The same in one call a value, where the driver gives dates."""
        if dialect.name == "postgresql":
            return _close_end
        return super().result_processor(dialect, coltype)


def _close_end(value: date) -> date | None:
    return None if value == date.max else value


_DIFFICULTIES = tuple(Difficulty)
_BY_RANK = dict(enumerate(_DIFFICULTIES))


class DifficultyRank(TypeDecorator[Difficulty]):
    """A difficulty, stored as its rank (0 is the least) so that it sorts as people expect."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Difficulty | None, dialect: Dialect) -> int | None:
        """The rank of the difficulty."""
        return None if value is None else _DIFFICULTIES.index(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Difficulty | None:
        """The difficulty of the rank."""
        return None if value is None else _DIFFICULTIES[value]

    def result_processor(self, dialect: Dialect, coltype: object) -> _Convert:
        """The same in one call a value."""
        return _BY_RANK.get
