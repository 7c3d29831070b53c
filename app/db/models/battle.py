"""Bosses, one's own battles with them, and those of a party."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, Owner, OwnerKey, PrimaryKey
from app.db.models.goal import ActivitySequence, DefinitionKey
from app.db.types import Id


class Boss(Created, Base):
    """A revision of a boss to choose; ``kind`` says whether a learner or a party does.

    The bosses of weeks are not among them: they come with the week, by the numbers of the rules.
    """

    __tablename__ = "bosses"
    __table_args__ = (
        UniqueConstraint("key", "revision"),
        Index(
            "uq_bosses_in_force",
            "key",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
            sqlite_where=text("retired_at IS NULL"),
        ),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    key: Mapped[DefinitionKey]
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500))
    hp: Mapped[int] = mapped_column(Integer)
    xp: Mapped[int] = mapped_column(Integer)
    gold: Mapped[int] = mapped_column(Integer)
    strikes_back: Mapped[bool]
    min_level: Mapped[int] = mapped_column(SmallInteger)
    retired_at: Mapped[datetime | None]


class Fight:
    """The numbers of a battle, as they were when it began. ``damage`` is cut at ``hp``."""

    title: Mapped[str] = mapped_column(String(100))
    hp: Mapped[int] = mapped_column(Integer)
    damage: Mapped[int] = mapped_column(Integer)
    xp: Mapped[int] = mapped_column(Integer)
    gold: Mapped[int] = mapped_column(Integer)
    strikes_back: Mapped[bool]
    started_at: Mapped[datetime]
    won_at: Mapped[datetime | None]


class BossBattle(Fight, Base):
    """A learner's own battle: with a boss of the learner's choice, or with the boss of a week.

    Invariant: as long as it runs, ``damage`` is the sum of what the standing activities since
    ``started_sequence`` (of the week, for its boss) dealt. The battle with a week's boss has a row
    only when it was hurt.
    """

    __tablename__ = "boss_battles"
    __table_args__ = (
        UniqueConstraint("user_id", "week_id"),
        Index(None, "user_id", "won_at"),
        Index("ix_boss_battles_week_id", "week_id"),
        Index("ix_boss_battles_boss_id", "boss_id"),
        CheckConstraint("damage >= 0 AND damage <= hp", name="damage_within"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[Owner]
    boss_id: Mapped[int | None] = mapped_column(Id, ForeignKey("bosses.id", ondelete="CASCADE"))
    week_id: Mapped[int | None] = mapped_column(Id, ForeignKey("weeks.id", ondelete="CASCADE"))
    started_sequence: Mapped[ActivitySequence]
    won_sequence: Mapped[int | None] = mapped_column(Id)


class PartyBattle(Fight, Base):
    """A battle that all members of a party fight. Locked before any player (the order of locks)."""

    __tablename__ = "party_battles"
    __table_args__ = (
        Index(
            "uq_party_battles_running",
            "party_id",
            unique=True,
            postgresql_where=text("won_at IS NULL"),
            sqlite_where=text("won_at IS NULL"),
        ),
        Index(None, "party_id", "id"),
        Index("ix_party_battles_boss_id", "boss_id"),
        CheckConstraint("damage >= 0 AND damage <= hp", name="damage_within"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    party_id: Mapped[int] = mapped_column(Id, ForeignKey("parties.id", ondelete="CASCADE"))
    boss_id: Mapped[int | None] = mapped_column(Id, ForeignKey("bosses.id", ondelete="SET NULL"))


class BattleFighter(Base):
    """What a learner dealt in a party's battle. When an account goes, the battle keeps the sum."""

    __tablename__ = "battle_fighters"
    __table_args__ = (Index("ix_battle_fighters_battle_id", "battle_id", "user_id"),)

    user_id: Mapped[OwnerKey]
    battle_id: Mapped[int] = mapped_column(
        Id, ForeignKey("party_battles.id", ondelete="CASCADE"), primary_key=True
    )
    damage: Mapped[int] = mapped_column(Integer)
