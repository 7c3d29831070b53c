"""Bodies about tables, leagues, and how learners appear in them."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.core.tables import TablePeriod, TableScope, Visibility
from app.game.league import Zone
from app.schemas.common import AnswerModel, Cursor, EntityId, PageLimit, RequestModel


class ChallengeTableQuery(RequestModel):
    """Which part of a table to show."""

    around: Literal["me"] | None = Field(
        default=None, description="The rows around yours; none at all if you are not in the table."
    )
    limit: PageLimit = 20
    cursor: Cursor | None = None


class TableQuery(ChallengeTableQuery):
    """Which table, and which part of it."""

    scope: TableScope = Field(default=TableScope.ALL, description="Among whom.")
    period: TablePeriod | None = Field(
        default=None,
        description="XP of the present ISO week in UTC (if left out) or of all time. "
        "Not for a challenge, whose table goes by its own progress.",
    )
    party_id: EntityId | None = Field(default=None, description="With `scope=party`: which.")
    challenge_id: EntityId | None = Field(
        default=None, description="With `scope=challenge`: which."
    )


class TableRowRead(AnswerModel):
    """Somebody in a table."""

    rank: int = Field(ge=1, description="Ties share one.")
    about: bool = Field(
        description="Whether the rank is an estimate, as it is beyond the first 1,000."
    )
    name: str | None = Field(description="Null for somebody who appears without a name.")
    score: int
    is_me: bool


class LeagueMemberRead(AnswerModel):
    """Somebody in your group."""

    rank: int = Field(ge=1, description="Ties share one.")
    name: str | None = Field(description="Null for somebody who does not appear by name.")
    score: int = Field(description="The XP of the week.")
    zone: Zone = Field(description="Which way they would go if the week ended now.")
    is_me: bool


class LeagueResultRead(AnswerModel):
    """How the last week ended in which you played."""

    week_on: date = Field(description="Its Monday.")
    tier: int = Field(ge=1, le=5)
    rank: int = Field(ge=1)
    members: int = Field(ge=1, description="How many were in the group.")
    zone: Zone = Field(description="Which way you went.")
    next_tier: int = Field(ge=1, le=5, description="Where that led.")


class LeagueRead(AnswerModel):
    """Your league in the present ISO week in UTC."""

    week_on: date = Field(description="The week's Monday.")
    ends_at: datetime = Field(description="The instant from which on XP counts for the next week.")
    tier: int = Field(ge=1, le=5, description="Yours in this week; 5 is the highest.")
    members: list[LeagueMemberRead] = Field(
        description="Your group, the first first; empty until your first XP of the week."
    )
    last_result: LeagueResultRead | None = Field(description="Null before your first week is over.")


class PrivacyRead(AnswerModel):
    """How you appear to others."""

    visibility: Visibility


class PrivacyUpdate(RequestModel):
    """How to appear to others."""

    visibility: Visibility = Field(
        description="In tables: by name (`shown`), without a name (`anonymous`), or not at all and "
        "without a rank (`hidden`). In leagues everybody takes part, by name only if `shown`. "
        "Your parties know your name; in their tables you are unless `hidden`."
    )
