"""Who a token of another issuer is about."""

from datetime import datetime

from sqlalchemy import Row, bindparam, select

from app.core.errors import ConflictError
from app.core.roles import Role
from app.db.models import ExternalIdentity, User
from app.db.repositories.base import Repository

ExternalCallerRow = Row[tuple[int, bool, Role, bool, bool, str, int, datetime]]
"""user id, is_active, role, is_superuser, is_verified, timezone, day_starts_at"""

_CALLER = (
    select(
        User.id,
        User.is_active,
        User.role,
        User.is_superuser,
        User.is_verified,
        User.timezone,
        User.day_starts_at,
        User.created_at,
    )
    .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
    .where(
        ExternalIdentity.issuer == bindparam("issuer"),
        ExternalIdentity.subject == bindparam("subject"),
    )
)


class IdentityKnownError(ConflictError):
    """Another request was first to see this subject."""

    code = "identity_known"
    detail = "This subject of the issuer has an account already."


class ExternalIdentityReader(Repository):
    """Looks subjects up."""

    async def get_caller(self, issuer: str, subject: str) -> ExternalCallerRow | None:
        """Who calls, in one look-up; None if the issuer's subject was never seen, or is erased."""
        parameters = {"issuer": issuer, "subject": subject}
        return (await self._session.execute(_CALLER, parameters)).one_or_none()


class ExternalIdentityRepository(ExternalIdentityReader):
    """Ties subjects to accounts."""

    async def add(self, issuer: str, subject: str, user_id: int, now: datetime) -> None:
        """Let the issuer's subject be this user from now on.

        Raises:
            IdentityKnownError: it is somebody already.
        """
        async with self._refusing({"pk_external_identities": IdentityKnownError}):
            self._session.add(
                ExternalIdentity(issuer=issuer, subject=subject, user_id=user_id, created_at=now)
            )
