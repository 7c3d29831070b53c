"""Logins and the refresh tokens that keep them going."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, delete, select, tuple_, update

from app.core.roles import Role
from app.db.direct import Direct
from app.db.models import User, UserSession
from app.db.repositories.base import Repository, rows_affected
from app.db.types import Instant


class CallerRow(NamedTuple):
    """An account and the session by which it calls."""

    user_id: int
    session_id: UUID
    role: Role
    is_superuser: bool
    is_verified: bool
    timezone: str
    day_starts_at: int
    registered_at: datetime


_CALLER = Direct(
    select(
        User.id,
        UserSession.id,
        User.role,
        User.is_superuser,
        User.is_verified,
        User.timezone,
        User.day_starts_at,
        User.created_at,
    )
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.id == bindparam("session_id"),
        User.id == bindparam("user_id"),
        User.is_active,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now"),
    ),
    CallerRow,
)
_LIVE = select(UserSession).where(
    UserSession.user_id == bindparam("user_id"),
    UserSession.revoked_at.is_(None),
    UserSession.expires_at > bindparam("now"),
)
_PAGE = (
    _LIVE.where(
        tuple_(UserSession.created_at, UserSession.id)
        < tuple_(bindparam("created_before", type_=Instant), bindparam("id_before", type_=Uuid))
    )
    .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    .limit(bindparam("count"))
)
_BY_FAMILY_LOCKED = (
    select(UserSession)
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.family_hash == bindparam("family_hash"), User.is_active)
    .with_for_update(of=UserSession)
)
_PURGE = (
    delete(UserSession)
    .where(
        UserSession.id.in_(
            select(UserSession.id)
            .where(UserSession.expires_at < bindparam("before"))
            .order_by(UserSession.expires_at)
            .limit(bindparam("count"))
        )
    )
    .execution_options(synchronize_session=False)
)


class SessionReader(Repository):
    """Looks sessions up."""

    async def get_caller(self, user_id: int, session_id: UUID, now: datetime) -> CallerRow | None:
        """Who calls, in one look-up; None if the session ended or the account is disabled or gone."""
        parameters = {"user_id": user_id, "session_id": session_id, "now": now}
        return await _CALLER.fetch_one(self._session, parameters)

    async def list_page(
        self, user_id: int, now: datetime, before: tuple[datetime, UUID], count: int
    ) -> Sequence[UserSession]:
        """At most ``count`` live sessions opened before another (its instant and id), newest first."""
        parameters = {
            "user_id": user_id,
            "now": now,
            "created_before": before[0],
            "id_before": before[1],
            "count": count,
        }
        return (await self._session.execute(_PAGE, parameters)).scalars().all()


class SessionRepository(SessionReader):
    """Opens, renews and ends sessions."""

    async def add(self, session: UserSession) -> None:
        """Keep a new session."""
        self._session.add(session)
        await self._session.flush()

    async def lock_family(self, family_hash: bytes) -> UserSession | None:
        """The session whose refresh tokens share this family, of an active account, locked."""
        found = await self._session.execute(_BY_FAMILY_LOCKED, {"family_hash": family_hash})
        return found.scalar_one_or_none()

    async def flush(self) -> None:
        """Send what was changed on loaded sessions."""
        await self._session.flush()

    async def revoke(self, user_id: int, session_id: UUID, now: datetime) -> bool:
        """End one session; False if the user has no such live session."""
        return await self._revoke(user_id, now, UserSession.id == session_id) > 0

    async def revoke_others(self, user_id: int, kept: UUID | None, now: datetime) -> int:
        """End all sessions of the user but ``kept``; how many there were."""
        return await self._revoke(user_id, now, *([UserSession.id != kept] if kept else []))

    async def purge(self, before: datetime, count: int) -> int:
        """Erase at most ``count`` sessions that expired before ``before``, the oldest first; how many."""
        parameters = {"before": before, "count": count}
        return rows_affected(await self._session.execute(_PURGE, parameters))

    async def _revoke(self, user_id: int, now: datetime, *conditions: ColumnElement[bool]) -> int:
        result = await self._session.execute(
            update(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > now,
                *conditions,
            )
            .values(revoked_at=now)
            .execution_options(synchronize_session=False)
        )
        return rows_affected(result)
