"""The units of work of one request: opened when first asked for, ended before the answer is sent.

A dependency that yields would do the same at three times the cost: FastAPI wraps each in several
context managers.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack

from starlette.requests import Request

from app.db.session import Database, Transaction
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork

_KEY = "questboard.work"


class RequestWork:
    """What one request reads and writes with; of each kind there is one at most."""

    def __init__(self, find_database: Callable[[], Database], stack: AsyncExitStack) -> None:
        """Whatever is opened ends with the stack. The database is looked for when any is asked for."""
        self._find_database = find_database
        self._stack = stack
        self._reading: ReadUnitOfWork | None = None
        self._transaction: Transaction | None = None

    async def read(self) -> ReadUnitOfWork:
        """The unit of work that can't write.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        if self._reading is None:
            self._reading = await self._stack.enter_async_context(self._find_database().reading())
        return self._reading

    async def write(self) -> UnitOfWork:
        """The request's one transaction.

        Raises:
            UnavailableError: the database is out of reach or busy.
        """
        if self._transaction is None:
            self._transaction = await self._stack.enter_async_context(
                self._find_database().writing()
            )
        return self._transaction.uow

    async def commit(self) -> None:
        """Make what was written durable, if anything was."""
        if self._transaction is not None:
            await self._transaction.commit()


def begin_work(request: Request, stack: AsyncExitStack) -> RequestWork:
    """Give the request its units of work, which end with the stack.

    What was written is taken back unless ``commit`` is called before.
    """
    work = RequestWork(lambda: request.app.state.parts.database, stack)
    request.scope[_KEY] = work
    return work


def work_of(request: Request) -> RequestWork:
    """The units of work that the request was given."""
    work: RequestWork = request.scope[_KEY]
    return work
