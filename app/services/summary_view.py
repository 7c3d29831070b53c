"""What a start page shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.battles import BattleKind
from app.db.repositories.summary_rows import AwardRow, BattleRow, CourseSummaryRow, NextDayRow
from app.game.pacing import Opening, Pacing, Place, find_opening
from app.game.rules import Difficulty
from app.services.boss_view import SpoilsView, show_untouched_boss
from app.services.challenge_view import ChallengeView
from app.services.course_completions import percent_of
from app.services.course_progress import DayState
from app.services.game import ProfileView
from app.services.league_standing import StandingView
from app.services.notifications import UnreadView
from app.services.quest_view import QuestView
from app.services.task_view import TaskView


@dataclass(frozen=True, slots=True)
class RunningBattleView:
    """See ``app.schemas.summary.RunningBattleRead`` for what the fields mean to clients."""

    id: int | None
    kind: BattleKind
    boss_key: str | None
    course: str | None
    week_id: int | None
    party_id: int | None
    party: str | None
    title: str
    hp: int
    hp_left: int
    damage: int
    reward: SpoilsView
    strikes_back: bool
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class NextDayView:
    """See ``app.schemas.summary.NextDayRead`` for what the fields mean to clients."""

    id: int
    week_id: int
    week_title: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    state: DayState
    opens_on: date | None


@dataclass(frozen=True, slots=True)
class CourseSummaryView:
    """A course that the learner takes, how far, and what is to be done next in it."""

    slug: str
    title: str
    status: str
    review: str
    enrolled_at: datetime
    enrolled_on: date
    days: int
    days_completed: int
    percent: int
    next_day: NextDayView | None


@dataclass(frozen=True, slots=True)
class TasksSummaryView:
    """How many tasks are due, and those that are due first."""

    due: int
    next: Sequence[TaskView]


@dataclass(frozen=True, slots=True)
class ReviewsSummaryView:
    """How many cards are due."""

    due: int


@dataclass(frozen=True, slots=True)
class SummaryView:
    """See ``app.schemas.summary.SummaryRead`` for what the fields mean to clients."""

    profile: ProfileView
    quests: Sequence[QuestView]
    battles: Sequence[RunningBattleView]
    challenges: Sequence[ChallengeView]
    league: StandingView
    tasks: TasksSummaryView
    courses: Sequence[CourseSummaryView]
    reviews: ReviewsSummaryView
    notifications: UnreadView
    badges: Sequence[AwardRow]


def show_running_battle(row: BattleRow) -> RunningBattleView:
    """A battle that has begun."""
    return RunningBattleView(
        id=row.id,
        kind=BattleKind(row.kind),
        boss_key=row.boss_key,
        course=row.course,
        week_id=row.week_id,
        party_id=row.party_id,
        party=row.party,
        title=row.title,
        hp=row.hp,
        hp_left=row.hp - row.damage,
        damage=row.own_damage,
        reward=SpoilsView(row.xp, row.gold),
        strikes_back=row.strikes_back,
        started_at=row.started_at,
    )


def show_untouched_bosses(
    courses: Sequence[CourseSummaryRow], today: date
) -> Iterator[RunningBattleView]:
    """The bosses that nothing has hurt yet, of the weeks in which the learner goes on."""
    for course in courses:
        day = course.next_day
        if day is None or day.boss is None or not _open(course, day, today).is_open:
            continue
        battle = show_untouched_boss(course.slug, day.week_id, day.boss)
        yield RunningBattleView(
            id=None,
            kind=battle.kind,
            boss_key=None,
            course=battle.course,
            week_id=battle.week_id,
            party_id=None,
            party=None,
            title=battle.title,
            hp=battle.hp,
            hp_left=battle.hp_left,
            damage=0,
            reward=battle.reward,
            strikes_back=battle.strikes_back,
            started_at=None,
        )


def show_course(row: CourseSummaryRow, today: date) -> CourseSummaryView:
    """A course on the learner's ``today``."""
    return CourseSummaryView(
        slug=row.slug,
        title=row.title,
        status=row.status,
        review=row.review,
        enrolled_at=row.enrolled_at,
        enrolled_on=row.enrolled_on,
        days=row.days,
        days_completed=row.completed,
        percent=percent_of(row.completed, row.days),
        next_day=None if row.next_day is None else _show_next_day(row, row.next_day, today),
    )


def _show_next_day(course: CourseSummaryRow, day: NextDayRow, today: date) -> NextDayView:
    opening = _open(course, day, today)
    return NextDayView(
        id=day.id,
        week_id=day.week_id,
        week_title=day.week_title,
        day=day.day,
        title=day.title,
        difficulty=day.difficulty,
        minutes=day.minutes,
        state=DayState.OPEN if opening.is_open else DayState.LOCKED,
        opens_on=opening.opens_on,
    )


def _open(course: CourseSummaryRow, day: NextDayRow, today: date) -> Opening:
    # All before the first day that is not completed is: so is the week before it.
    place = Place(
        ordinal=day.ordinal,
        is_first_week=False,
        was_week_before_done=True,
        was_entered=day.was_entered,
    )
    return find_opening(Pacing(course.pacing), place, course.enrolled_on, today)
