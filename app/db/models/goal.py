"""Quests, challenges and badges: what is measured, and how far learners are.

Definitions are versioned, not edited in place: a change is a new row of the same key with the next
revision, and the old one is retired. Learners' rows keep the key, so that no revision pays again.
"""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, Created, OwnerKey, PrimaryKey
from app.db.types import Id

DefinitionKey = Annotated[str, mapped_column(String(64))]
"""What admins call a definition, for good."""
CourseScope = Annotated[
    int | None, mapped_column(Id, ForeignKey("courses.id", ondelete="CASCADE"), index=True)
]
"""The course whose activities alone count; None: all do."""
BadgePrize = Annotated[str | None, mapped_column(String(64))]
"""The key of a badge that comes with the reward."""
ActivitySequence = Annotated[int, mapped_column(Id)]
"""The number of an activity among its player's own."""


class Reward:
    """What a goal pays: XP, gold and streak freezes."""

    xp: Mapped[int] = mapped_column(Integer)
    gold: Mapped[int] = mapped_column(Integer)
    freezes: Mapped[int] = mapped_column(SmallInteger)


class Quest(Created, Reward, Base):
    """A revision of a quest. ``requires_quest``: the key of one to be completed before it is accepted.

    A daily quest is in the pool of the dates in ``[pool_from, pool_until)``; the others have neither.
    """

    __tablename__ = "quests"
    __table_args__ = (
        UniqueConstraint("key", "revision"),
        Index(
            "uq_quests_in_force",
            "key",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
            sqlite_where=text("retired_at IS NULL"),
        ),
        Index(None, "cadence", "pool_from"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    key: Mapped[DefinitionKey]
    revision: Mapped[int]
    cadence: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500))
    metric: Mapped[str] = mapped_column(String(32))
    target: Mapped[int] = mapped_column(Integer)
    course_id: Mapped[CourseScope]
    min_level: Mapped[int] = mapped_column(SmallInteger)
    badge_key: Mapped[BadgePrize]
    requires_quest: Mapped[str | None] = mapped_column(String(64))
    pool_from: Mapped[date | None]
    pool_until: Mapped[date | None]
    retired_at: Mapped[datetime | None]


class QuestProgress(Base):
    """A quest of a learner in one of its periods.

    ``period_on``: the local date of a daily quest, the Monday of a weekly one, 0001-01-01 of a once-quest.
    A daily quest without a row is active and at 0. Counted are standing activities with a number above
    ``accepted_sequence`` and a local date from ``period_on`` to ``last_on``.
    """

    __tablename__ = "quest_progress"
    __table_args__ = (
        Index(None, "user_id", "status", "last_on"),
        Index("ix_quest_progress_quest_id", "quest_id"),
    )

    user_id: Mapped[OwnerKey]
    quest_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    period_on: Mapped[date] = mapped_column(primary_key=True)
    last_on: Mapped[date]
    quest_id: Mapped[int] = mapped_column(Id, ForeignKey("quests.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(16))
    progress: Mapped[int] = mapped_column(Integer)
    accepted_at: Mapped[datetime | None]
    accepted_sequence: Mapped[ActivitySequence]
    finished_at: Mapped[datetime | None]
    finished_sequence: Mapped[int | None] = mapped_column(Id)


class Badge(Created, Reward, Base):
    """A revision of a badge. Without a metric it is a prize, given by quests and challenges only.

    ``family`` and ``tier`` put badges for the same thing in a row.
    """

    __tablename__ = "badges"
    __table_args__ = (
        UniqueConstraint("key", "revision"),
        Index(
            "uq_badges_in_force",
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
    family: Mapped[str] = mapped_column(String(64))
    tier: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500))
    metric: Mapped[str | None] = mapped_column(String(32))
    target: Mapped[int | None] = mapped_column(Integer)
    course_id: Mapped[CourseScope]
    retired_at: Mapped[datetime | None]


class BadgeAward(Base):
    """A badge that a learner has, in the revision that was in force then."""

    __tablename__ = "badge_awards"
    __table_args__ = (Index("ix_badge_awards_badge_id", "badge_id"),)

    user_id: Mapped[OwnerKey]
    badge_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    badge_id: Mapped[int] = mapped_column(Id, ForeignKey("badges.id", ondelete="CASCADE"))
    awarded_at: Mapped[datetime]
    activity_sequence: Mapped[ActivitySequence]


class Challenge(Created, Reward, Base):
    """A race from one instant to another (UTC), for all or for a party.

    What is done at ``starts_at <= instant < ends_at`` counts. Its table is closed once, at the end.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        Index(
            "ix_challenges_closing",
            "ends_at",
            "id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_challenges_telling",
            "id",
            postgresql_where=text("told_up_to < 9223372036854775807"),
            sqlite_where=text("told_up_to < 9223372036854775807"),
        ),
        Index(None, "party_id", "ends_at"),
        Index("ix_challenges_created_by", "created_by"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    revision: Mapped[int]
    party_id: Mapped[int | None] = mapped_column(Id, ForeignKey("parties.id", ondelete="CASCADE"))
    created_by: Mapped[int | None] = mapped_column(Id, ForeignKey("users.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500))
    metric: Mapped[str] = mapped_column(String(32))
    target: Mapped[int] = mapped_column(Integer)
    course_id: Mapped[CourseScope]
    badge_key: Mapped[BadgePrize]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    told_up_to: Mapped[int | None] = mapped_column(Id)
    """Members with user ids up to this were told how it ended; None before it is closed, and the
    greatest of all ids when nobody is left to be told.
    """


class ChallengeMember(Base):
    """A learner in a challenge. Counted are standing activities numbered above ``joined_sequence``.

    ``left_at``: whoever left after finishing keeps the row, and with it the reward.
    ``final_rank`` is given when the challenge closes.
    """

    __tablename__ = "challenge_members"
    __table_args__ = (Index("ix_challenge_members_table", "challenge_id", "progress", "user_id"),)

    user_id: Mapped[OwnerKey]
    challenge_id: Mapped[int] = mapped_column(
        Id, ForeignKey("challenges.id", ondelete="CASCADE"), primary_key=True
    )
    joined_at: Mapped[datetime]
    joined_sequence: Mapped[ActivitySequence]
    progress: Mapped[int] = mapped_column(Integer)
    finished_at: Mapped[datetime | None]
    finished_sequence: Mapped[int | None] = mapped_column(Id)
    left_at: Mapped[datetime | None]
    final_rank: Mapped[int | None] = mapped_column(Integer)
