"""Whether the service can serve."""

from app.core.departure import THIS_PROCESS
from app.core.errors import UnavailableError
from app.db.schema_version import is_newer, read_expected_revision
from app.db.session import Database


class NotReadyError(UnavailableError):
    """The database is not migrated as this version wants it."""

    code = "not_migrated"
    detail = "The database is not at the revision that this version wants. Run the migrations."


class LeavingError(UnavailableError):
    """The process was told to leave: what is under way is finished, new work belongs elsewhere."""

    code = "leaving"
    detail = "This server is leaving. Ask another one."


class SystemService:
    """Readiness."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def check_ready(self) -> None:
        """Look whether the database is exactly as this version wants it.

        Raises:
            UnavailableError: it is out of reach, busy, or not migrated.
        """
        if await self._read_revision() != await read_expected_revision():
            raise NotReadyError(retry_after=5)

    def check_staying(self) -> None:
        """Look whether the process stays.

        Raises:
            LeavingError: it was told to leave.
        """
        if THIS_PROCESS.is_leaving:
            raise LeavingError(retry_after=5)

    async def check_serving(self) -> None:
        """Look whether requests can be served.

        A database that a later version has migrated is served on: during an update all servers would be
        out of service at once otherwise. So a migration must leave what the version before it needs.

        Raises:
            UnavailableError: the database is out of reach, busy, or not migrated.
        """
        present = await self._read_revision()
        if present != await read_expected_revision() and not await is_newer(present):
            raise NotReadyError(retry_after=5)

    async def _read_revision(self) -> str | None:
        async with self._database.reading() as uow:
            return await uow.schema_version.get()
