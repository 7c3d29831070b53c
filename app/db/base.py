"""The metadata that every table belongs to, and what tables have in common."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.types import Id, Instant

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant, int: Id}


PrimaryKey = Annotated[int, mapped_column(Id, primary_key=True)]
"""A number made by the database, never given twice, not even after a deletion (see ``NEVER_REUSE_IDS``)."""

NEVER_REUSE_IDS = {"sqlite_autoincrement": True}
"""SQLite hands the id of a deleted last row to the next one unless told otherwise. The ledger refers to
sources by id for good, so a new task must never look like one that was already paid."""

OwnerKey = Annotated[
    int, mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
]
"""The owner, as the first part of the primary key."""

Owner = Annotated[int, mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"))]
"""The owner; every index and unique constraint of such a table begins with it."""


class Created:
    """When the row was made."""

    created_at: Mapped[datetime]


class Timestamped(Created):
    """When the row was made, and when its owner last edited it."""

    updated_at: Mapped[datetime]
