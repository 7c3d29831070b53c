"""Parties: learners who fight together."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, OwnerKey, PrimaryKey
from app.db.types import Id


class Party(Created, Base):
    """A party. Its leader is one of its members."""

    __tablename__ = "parties"
    __table_args__ = (Index("ix_parties_leader_id", "leader_id"), NEVER_REUSE_IDS)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(50))
    leader_id: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="SET NULL"))


class PartyMember(Base):
    """Somebody in a party."""

    __tablename__ = "party_members"
    __table_args__ = (Index("ix_party_members_party_id", "party_id", "joined_at", "user_id"),)

    user_id: Mapped[OwnerKey]
    party_id: Mapped[int] = mapped_column(
        Id, ForeignKey("parties.id", ondelete="CASCADE"), primary_key=True
    )
    joined_at: Mapped[datetime]


class PartyInvitation(Created, Base):
    """A link into a party. Of its token only the SHA-256 hash is kept."""

    __tablename__ = "party_invitations"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_party_invitations_party_id", "party_id"),
        Index("ix_party_invitations_created_by", "created_by"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    party_id: Mapped[int] = mapped_column(Id, ForeignKey("parties.id", ondelete="CASCADE"))
    created_by: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    expires_at: Mapped[datetime]
    uses_left: Mapped[int] = mapped_column(Integer)
