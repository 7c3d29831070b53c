"""Answers kept for retries."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from app.core.errors import ConflictError
from app.db.conflicts import is_lock_timeout, sqlstate_of
from app.db.models import IdempotencyKey
from app.db.repositories.base import Repository, rows_affected

_GET = select(IdempotencyKey).where(
    IdempotencyKey.user_id == bindparam("of_user"), IdempotencyKey.key == bindparam("of_key")
)
_OWNER_AND_KEY = (IdempotencyKey.user_id, IdempotencyKey.key)
_PURGE = (
    delete(IdempotencyKey)
    .where(
        tuple_(*_OWNER_AND_KEY).in_(
            select(*_OWNER_AND_KEY)
            .where(IdempotencyKey.created_at < bindparam("before"))
            .order_by(IdempotencyKey.created_at)
            .limit(bindparam("count"))
        )
    )
    .execution_options(synchronize_session=False)
)


class RequestInFlightError(ConflictError):
    """The first request with this key has not been answered yet."""

    code = "request_in_flight"
    detail = "A request with this Idempotency-Key is still under way. Try again."


class IdempotencyRepository(Repository):
    """Claims keys and keeps answers, in the transaction of the request that they belong to."""

    async def claim(
        self, user_id: int, key: str, fingerprint: bytes, now: datetime, expired_before: datetime
    ) -> IdempotencyKey | None:
        """Take the key for this request; None if it is now ours, else the row of who had it before.

        A row from before ``expired_before`` counts as none. While another request with the key is
        under way this waits for it, as long as the database's lock timeout.

        Raises:
            RequestInFlightError: it was not answered in time (PostgreSQL; on SQLite the error is
                that of a busy database).
        """
        fresh = {
            "fingerprint": fingerprint,
            "created_at": now,
            "status": None,
            "headers": None,
            "body": None,
        }
        statement = (
            self._insert_into(IdempotencyKey)
            .values(user_id=user_id, key=key, **fresh)
            .on_conflict_do_update(
                index_elements=["user_id", "key"],
                set_=fresh,
                where=IdempotencyKey.created_at < expired_before,
            )
        )
        try:
            result = await self._session.execute(statement)
        except DBAPIError as error:
            # SQLite's one writer may be at work on anything: there the database is busy, not the key.
            if is_lock_timeout(error) and sqlstate_of(error) is not None:
                raise RequestInFlightError(retry_after=1) from error
            raise
        if rows_affected(result):
            return None
        return (await self._session.execute(_GET, {"of_user": user_id, "of_key": key})).scalar_one()

    async def keep_answer(
        self, user_id: int, key: str, status: int, headers: str, body: bytes
    ) -> None:
        """Keep the answer of the request that claimed the key."""
        await self._session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
            .values(status=status, headers=headers, body=body)
            .execution_options(synchronize_session=False)
        )

    async def erase(self, user_id: int) -> None:
        """Erase all answers of a user."""
        await self._session.execute(delete(IdempotencyKey).where(IdempotencyKey.user_id == user_id))

    async def purge(self, before: datetime, count: int) -> int:
        """Erase at most ``count`` answers kept since before ``before``, the oldest first; how many."""
        parameters = {"before": before, "count": count}
        return rows_affected(await self._session.execute(_PURGE, parameters))
