"""Answers that are kept so that a retry gets the same one."""

from sqlalchemy import Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Created
from app.db.types import Id


class IdempotencyKey(Created, Base):
    """A key that a client gave with a request, and the answer that the request got.

    Written in the request's own transaction: the answer is there exactly when its effect is. Without a
    foreign key: it is written before the player is locked, and a lock on the account taken that early
    would turn the order of locks round. Erasing an account erases its keys by hand.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[str | None] = mapped_column(String(2000))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
