"""What a database server tells of itself, for whoever looks after it."""

from datetime import datetime

from sqlalchemy import Integer, cast, exists, func, select, text

from app.db.models import User
from app.db.repositories.base import Repository
from app.db.types import Instant

_HAS_SUPERUSER = select(exists().where(User.is_superuser, User.is_active))
_SQLITE_VERSION = select(func.sqlite_version())
_POSTGRESQL_VERSION = select(func.current_setting("server_version"))
_NOW = select(func.clock_timestamp(type_=Instant))
_FREE_FOR_US = select(
    cast(func.current_setting("max_connections"), Integer)
    - cast(func.current_setting("superuser_reserved_connections"), Integer)
)
_JOURNAL = text("PRAGMA journal_mode")
_DAMAGE = text("PRAGMA quick_check(1)")


class ServerFactsReader(Repository):
    """Reads facts about the server, and about who may run the service."""

    async def has_superuser(self) -> bool:
        """Whether anybody may do everything."""
        return bool(await self._session.scalar(_HAS_SUPERUSER))

    async def read_version(self) -> str:
        """The version of the server, or of SQLite's library."""
        is_postgresql = self._session.get_bind().dialect.name == "postgresql"
        statement = _POSTGRESQL_VERSION if is_postgresql else _SQLITE_VERSION
        return str(await self._session.scalar(statement))

    async def read_clock(self) -> datetime:
        """What the time is on the server (PostgreSQL)."""
        instant: datetime = (await self._session.execute(_NOW)).scalar_one()
        return instant

    async def count_connections(self) -> int:
        """How many connections the server has for all who are no superusers (PostgreSQL)."""
        return int((await self._session.execute(_FREE_FOR_US)).scalar_one())

    async def read_journal_mode(self) -> str:
        """How changes become durable (SQLite)."""
        return str(await self._session.scalar(_JOURNAL))

    async def find_damage(self) -> str | None:
        """The first thing that is wrong with the file, looking through all of it (SQLite)."""
        found = str(await self._session.scalar(_DAMAGE))
        return None if found == "ok" else found
