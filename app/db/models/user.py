"""Who may come in, and the sessions by which they do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Enum, Index, LargeBinary, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.roles import Role
from app.db.base import NEVER_REUSE_IDS, Base, Created, Owner, PrimaryKey, Timestamped


def _values_of(roles: type[Role]) -> list[str]:
    return [role.value for role in roles]


class User(Timestamped, Base):
    """An account. ``email`` is kept in its normal form (see ``app.core.text.normalize_email``)."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"), NEVER_REUSE_IDS)

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(320))
    hashed_password: Mapped[str] = mapped_column(String(1024))
    is_active: Mapped[bool]
    is_superuser: Mapped[bool]
    is_verified: Mapped[bool]
    role: Mapped[Role] = mapped_column(
        Enum(
            Role,
            native_enum=False,
            create_constraint=False,
            length=16,
            values_callable=_values_of,
        )
    )
    display_name: Mapped[str] = mapped_column(String(50))
    timezone: Mapped[str] = mapped_column(String(64))
    day_starts_at: Mapped[int] = mapped_column(SmallInteger)


class UserSession(Created, Base):
    """One login on one device, and the refresh tokens that follow one another in it (their family).

    Of the tokens only SHA-256 hashes are kept: of the part that all of the family share, of the
    newest one, and of its parent, which a retry may still show for a few seconds.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (Index(None, "user_id", "created_at"), Index(None, "expires_at"))

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[Owner]
    family_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    parent_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    rotated_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(45))
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ExternalIdentity(Created, Base):
    """Whom another issuer calls so. Its tokens tell only that, so the key does not begin with the user."""

    __tablename__ = "external_identities"
    __table_args__ = (Index(None, "user_id"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    user_id: Mapped[Owner]
