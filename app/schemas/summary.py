"""Bodies about start pages."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.core.battles import BattleKind
from app.game.league import Zone
from app.game.rules import Difficulty
from app.schemas.bosses import SpoilsRead
from app.schemas.challenges import ChallengeRead
from app.schemas.common import AnswerModel
from app.schemas.definitions import DefinitionKey
from app.schemas.game import ProfileRead
from app.schemas.learning import TakenCourseRead
from app.schemas.notifications import UnreadRead
from app.schemas.quests import QuestRead
from app.schemas.tasks import TaskRead


class RunningBattleRead(AnswerModel):
    """A battle of yours, or of a party that you are in."""

    id: int | None = Field(
        description="Among the battles of its kind; null for the boss of a week that nothing has "
        "hurt yet."
    )
    kind: BattleKind
    boss_key: DefinitionKey | None = Field(description="Null for the boss of a week.")
    course: str | None = Field(description="The slug of the course whose week's boss it is.")
    week_id: int | None
    party_id: int | None
    party: str | None = Field(description="The name of the party whose battle it is.")
    title: str
    hp: int
    hp_left: int
    damage: int = Field(description="What you dealt.")
    reward: SpoilsRead
    strikes_back: bool = Field(
        description="Whether you lose a heart at the end of each day without activity."
    )
    started_at: datetime | None = Field(
        description="Null for the boss of a week that nothing has hurt yet."
    )


class LeagueStandingRead(AnswerModel):
    """You in the league of the present ISO week in UTC."""

    week_on: date = Field(description="The week's Monday.")
    ends_at: datetime = Field(description="The instant from which on XP counts for the next week.")
    tier: int = Field(ge=1, le=5, description="5 is the highest.")
    rank: int | None = Field(description="Null until your first XP of the week, as is the zone.")
    members: int = Field(description="How many are in your group; 0 until then.")
    score: int = Field(description="Your XP of the week.")
    zone: Zone | None = Field(description="Which way you would go if the week ended now.")


class NextDayRead(AnswerModel):
    """The first day of a course that you have not completed."""

    id: int = Field(description="The course task's id.")
    week_id: int
    week_title: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    state: Literal["locked", "open"]
    opens_on: date | None = Field(
        description="With daily pacing: your local date on which it opens."
    )


class CourseSummaryRead(TakenCourseRead):
    """A course that you take, how far you are, and what comes next."""

    next_day: NextDayRead | None = Field(description="Null once all its days are completed.")


class TasksSummaryRead(AnswerModel):
    """Your open tasks."""

    due: int = Field(description="How many are due today or overdue, counted up to 1000.")
    next: list[TaskRead] = Field(
        description="Those that are due first, overdue ones among them, then those without a due "
        "date: at most 5."
    )


class ReviewsSummaryRead(AnswerModel):
    """Your cards."""

    due: int = Field(description="How many are due now, counted up to 1000.")


class AwardRead(AnswerModel):
    """A badge that you have."""

    key: str
    family: str = Field(description="Badges for the same thing have the same family.")
    tier: int = Field(description="The badge's place in its family.")
    title: str
    description: str
    awarded_at: datetime


class SummaryRead(AnswerModel):
    """What is under way, as the single routes tell it."""

    profile: ProfileRead
    quests: list[QuestRead] = Field(
        description="Your three of today, then at most 20 weekly and once-quests that are active."
    )
    battles: list[RunningBattleRead] = Field(
        description="At most 15: with bosses that you chose, of your parties, with hurt bosses of "
        "weeks (of these three at most 10), and those that wait in the weeks of `courses`."
    )
    challenges: list[ChallengeRead] = Field(
        description="Those that you are in and that run, at most 20; which end first come first."
    )
    league: LeagueStandingRead
    tasks: TasksSummaryRead
    courses: list[CourseSummaryRead] = Field(
        description="At most 5 of the 10 newest courses that you take, the completed ones last."
    )
    reviews: ReviewsSummaryRead
    notifications: UnreadRead
    badges: list[AwardRead] = Field(description="The last 3, newest first.")
