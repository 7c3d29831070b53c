"""Which migration the database is at."""

from sqlalchemy import Select, String, column, select, table
from sqlalchemy.exc import DBAPIError

from app.db.repositories.base import Repository

_REVISION: Select[tuple[str]] = select(column("version_num", String)).select_from(
    table("alembic_version")
)


class SchemaVersionReader(Repository):
    """Reads Alembic's own table."""

    async def get(self) -> str | None:
        """The revision, or None where nothing was ever migrated."""
        try:
            revision: str | None = (await self._session.execute(_REVISION)).scalar_one_or_none()
        except DBAPIError as error:
            if "alembic_version" in str(error.orig):
                return None
            raise
        return revision
