"""Activities: what a learner did, on what, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.game.calendar import Calendar
from app.game.rules import Difficulty, Price, ShopItem


class ActivityKind(StrEnum):
    """What was done."""

    TASK_COMPLETED = "task_completed"
    COURSE_TASK_COMPLETED = "course_task_completed"
    QUIZ_ATTEMPTED = "quiz_attempted"
    REVIEWED = "reviewed"
    PURCHASED = "purchased"
    BOSS_DEFEATED = "boss_defeated"
    """The share in a party's victory; the victory over one's own boss belongs to the last blow."""
    FIGHT_STARTED = "fight_started"
    QUEST_ACCEPTED = "quest_accepted"
    QUEST_ABANDONED = "quest_abandoned"
    CHALLENGE_JOINED = "challenge_joined"
    CHALLENGE_LEFT = "challenge_left"
    PAUSED = "paused"
    RESUMED = "resumed"
    STRUCK = "struck"
    """A boss struck back, at the end of a local day without activity."""
    UNDONE = "undone"


class SourceType(StrEnum):
    """What kind of thing can pay, or cost."""

    TASK = "task"
    TASK_OCCURRENCE = "task_occurrence"
    COURSE_TASK = "course_task"
    QUIZ = "quiz"
    CARD_DAY = "card_day"
    WEEK = "week"
    COURSE = "course"
    PURCHASE = "purchase"
    BOSS_BATTLE = "boss_battle"
    PARTY_BATTLE = "party_battle"
    QUEST = "quest"
    CHALLENGE = "challenge"
    BADGE = "badge"
    PAUSE = "pause"
    STRIKE = "strike"


@dataclass(frozen=True, slots=True)
class Source:
    """A thing that pays (or costs) at most once at a time. The id is unique for one learner and type.

    Purchases, and setting or ending a pause, are their own sources: the id is the number of the
    activity. A boss's strike has the day (ISO) as its id, so that it is one a day.
    """

    type: SourceType
    id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt at a quiz went.

    ``graded``: the quiz was not passed before. ``first``: it was never attempted before.
    ``pass_percent``: how much has to be right, 1-100.
    """

    questions: int
    wrong: int
    graded: bool
    first: bool
    pass_percent: int

    @property
    def right(self) -> int:
        """How many answers were right."""
        return self.questions - self.wrong

    @property
    def is_passed(self) -> bool:
        """Whether enough was right."""
        return self.right * 100 >= self.pass_percent * self.questions


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing done, at an aware instant, with the learner's calendar of that time.

    ``difficulty`` is that of a completed task (personal or of a course), ``attempt`` says how a quiz
    went, ``item`` what was bought, ``pause_until`` the last date of a pause, ``spoils`` what a fallen
    boss pays; each is None for the other kinds. ``course`` and ``week`` are the ids of those that it
    was done in, if any. An undo names the source that it takes back.
    """

    kind: ActivityKind
    source: Source
    occurred_at: datetime
    calendar: Calendar
    difficulty: Difficulty | None = None
    attempt: Attempt | None = None
    item: ShopItem | None = None
    pause_until: date | None = None
    spoils: Price | None = None
    course: int | None = None
    week: int | None = None

    @property
    def local_on(self) -> date:
        """The learner's local day on which it was done."""
        return self.calendar.day_of(self.occurred_at)
