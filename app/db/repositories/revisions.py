"""How often things were changed that processes keep in memory."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError

from app.db.models import Revision
from app.db.repositories.base import Repository

_NUMBER = select(Revision.number).where(Revision.name == bindparam("of_name"))
_LOCKED = _NUMBER.with_for_update()
_RAISE = (
    update(Revision)
    .where(Revision.name == bindparam("of_name"))
    .values(number=Revision.number + 1)
    .execution_options(synchronize_session=False)
)
_NO_TABLE = ("no such table: revisions", 'relation "revisions" does not exist')
"""What SQLite and PostgreSQL say of a table that is not there."""


class RevisionReader(Repository):
    """Reads revisions."""

    async def get(self, name: str) -> int | None:
        """The number, 0 before the first change; None where the database is not migrated yet."""
        try:
            number = (await self._session.scalars(_NUMBER, {"of_name": name})).one_or_none()
        except DBAPIError as error:
            if any(words in str(error.orig) for words in _NO_TABLE):
                return None
            raise
        return number or 0


class RevisionRepository(RevisionReader):
    """Raises them."""

    async def lock(self, name: str) -> int:
        """The number, which nobody else raises until the transaction ends."""
        row = {"name": name, "number": 0}
        await self._session.execute(
            self._insert_into(Revision).values(row).on_conflict_do_nothing()
        )
        return (await self._session.scalars(_LOCKED, {"of_name": name})).one()

    async def advance(self, name: str) -> None:
        """Raise the number of a locked revision by one."""
        await self._session.execute(_RAISE, {"of_name": name})
