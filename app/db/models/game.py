"""The player, what was done, and the ledger that says what it gave."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, Owner, OwnerKey, PrimaryKey
from app.db.types import Id, Json, JsonOrNull


class Player(Base):
    """The running balances of a user, and the row that every reward locks."""

    __tablename__ = "players"
    __table_args__ = (
        CheckConstraint("xp >= 0", name="xp_not_negative"),
        CheckConstraint("streak_freezes >= 0", name="freezes_not_negative"),
        Index(
            "ix_players_table",
            "xp",
            "user_id",
            postgresql_where=text("visibility <> 'hidden'"),
            sqlite_where=text("visibility <> 'hidden'"),
        ),
    )

    user_id: Mapped[OwnerKey]
    xp: Mapped[int]
    gold: Mapped[int]
    streak: Mapped[int]
    longest_streak: Mapped[int]
    last_at: Mapped[datetime | None]
    last_on: Mapped[date | None]
    streak_freezes: Mapped[int] = mapped_column(SmallInteger)
    hearts: Mapped[int] = mapped_column(SmallInteger)
    hearts_since: Mapped[datetime | None]
    pauses: Mapped[list[list[str]] | None] = mapped_column(JsonOrNull)
    """Local dates from and to which the player rested, as ISO pairs; None without any."""
    visibility: Mapped[str] = mapped_column(String(16), server_default="shown")
    """How the learner appears in tables: shown, anonymous or hidden."""
    last_notification: Mapped[int] = mapped_column(Id, server_default="0")


class ActivityRow(Base):
    """Something that moved a player. Rows are only added; an undo is a row of its own."""

    __tablename__ = "activities"
    __table_args__ = (
        ForeignKeyConstraint(["user_id", "undoes"], ["activities.user_id", "activities.sequence"]),
        UniqueConstraint("user_id", "undoes"),
        Index(None, "user_id", "source_type", "source_id"),
        Index(None, "user_id", "local_on", "kind"),
    )

    user_id: Mapped[OwnerKey]
    sequence: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[str] = mapped_column(String(64))
    undoes: Mapped[int | None] = mapped_column(Id)
    paid: Mapped[bool]
    freezes_gained: Mapped[int] = mapped_column(SmallInteger)
    occurred_at: Mapped[datetime]
    local_on: Mapped[date]
    zone: Mapped[str] = mapped_column(String(64))
    day_starts_at: Mapped[int] = mapped_column(SmallInteger)
    rules_version: Mapped[int] = mapped_column(SmallInteger)
    course_id: Mapped[int | None] = mapped_column(Id)
    """The course that it was done in, if any. No foreign key: history outlives what it is about."""
    week_id: Mapped[int | None] = mapped_column(Id)
    battle_id: Mapped[int | None] = mapped_column(Id)
    """The battle with a boss of one's own choice that it hit, if any."""
    damage: Mapped[int] = mapped_column(Integer, server_default="0")
    """What it deals to each boss that it hits, before that is cut at the hit points left."""
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class RewardEntry(Created, Base):
    """A movement of XP and gold, and why. Rows are only added; the balances are their sums.

    The two unique constraints are what makes a double reward impossible: a source pays once for a
    reason in a round (``round`` counts how often it was undone), and a payment is reversed once.
    """

    __tablename__ = "reward_entries"
    __table_args__ = (
        UniqueConstraint("user_id", "id"),
        UniqueConstraint("user_id", "reverses_id"),
        Index(
            "uq_reward_entries_once",
            "user_id",
            "source_type",
            "source_id",
            "reason",
            "round",
            unique=True,
            postgresql_where=text("reverses_id IS NULL"),
            sqlite_where=text("reverses_id IS NULL"),
        ),
        Index(None, "user_id", "activity_sequence"),
        ForeignKeyConstraint(
            ["user_id", "activity_sequence"], ["activities.user_id", "activities.sequence"]
        ),
        ForeignKeyConstraint(
            ["user_id", "reverses_id"], ["reward_entries.user_id", "reward_entries.id"]
        ),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[Owner]
    activity_sequence: Mapped[int] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(32))
    source_type: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[str] = mapped_column(String(64))
    round: Mapped[int]
    xp: Mapped[int]
    gold: Mapped[int]
    reverses_id: Mapped[int | None] = mapped_column(Id)


class PlayerCounter(Base):
    """How much of a metric the player's standing activities make up. No row means 0."""

    __tablename__ = "player_counters"

    user_id: Mapped[OwnerKey]
    metric: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int]
