"""Tables and leagues: where learners stand among others. Weeks are ISO weeks in UTC, by their Monday."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import NEVER_REUSE_IDS, Base, OwnerKey, PrimaryKey
from app.db.types import Id


class WeeklyScore(Base):
    """The XP of a learner's week. No row means 0. The score of a week that is over stays.

    ``shown`` follows the learner's wish (``players.visibility``), so that one index serves the table.
    ``awaits_group`` until the learner was put into a group of the league of that week.
    """

    __tablename__ = "weekly_scores"
    __table_args__ = (
        Index(
            "ix_weekly_scores_table",
            "week_on",
            "xp",
            "user_id",
            postgresql_where=text("shown"),
            sqlite_where=text("shown"),
        ),
        Index(
            "ix_weekly_scores_awaiting",
            "week_on",
            "user_id",
            postgresql_where=text("awaits_group"),
            sqlite_where=text("awaits_group"),
        ),
    )

    user_id: Mapped[OwnerKey]
    week_on: Mapped[date] = mapped_column(primary_key=True)
    xp: Mapped[int]
    shown: Mapped[bool]
    awaits_group: Mapped[bool] = mapped_column(server_default=false())


class LeagueGroup(Base):
    """Up to 30 learners of one tier (1-5, 5 is the highest) in one week. Closed once, after it."""

    __tablename__ = "league_groups"
    __table_args__ = (
        Index(None, "week_on", "tier", "size"),
        Index("ix_league_groups_closing", "closed_at", "week_on"),
        NEVER_REUSE_IDS,
    )

    id: Mapped[PrimaryKey]
    week_on: Mapped[date]
    tier: Mapped[int] = mapped_column(SmallInteger)
    size: Mapped[int] = mapped_column(SmallInteger)
    closed_at: Mapped[datetime | None]


class LeagueMember(Base):
    """A learner in the league of a week. ``move``: -1, 0 or 1 tiers, given when the week is closed."""

    __tablename__ = "league_members"
    __table_args__ = (Index("ix_league_members_group_id", "group_id"),)

    user_id: Mapped[OwnerKey]
    week_on: Mapped[date] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(Id, ForeignKey("league_groups.id", ondelete="CASCADE"))
    tier: Mapped[int] = mapped_column(SmallInteger)
    final_rank: Mapped[int | None] = mapped_column(SmallInteger)
    move: Mapped[int | None] = mapped_column(SmallInteger)


class ScoreBucket(Base):
    """How many shown learners of a table have a score in ``[floor, floor of the next bucket)``.

    Refreshed by a job; ranks beyond the first thousand are read from it.
    """

    __tablename__ = "score_buckets"

    table_key: Mapped[str] = mapped_column(String(32), primary_key=True)
    floor: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    learners: Mapped[int] = mapped_column(Integer)
