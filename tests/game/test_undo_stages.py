"""What the undo of a day takes back of its week and its course."""

from dataclasses import replace
from itertools import permutations

import pytest

from app.game.activity import Activity, ActivityKind, Attempt, Source, SourceType
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.metrics import Metric
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES, Difficulty
from app.game.world import PastActivity, Stage, World
from tests.game.model import COURSE, UTC_CALENDAR, Model
from tests.game.record import MARK, NOON

DAY = Source(SourceType.COURSE_TASK, "7")
WEEK = Source(SourceType.WEEK, "1")
COMPLETED = Activity(ActivityKind.COURSE_TASK_COMPLETED, DAY, NOON, UTC_CALENDAR, Difficulty.EASY)
UNDONE = Activity(ActivityKind.UNDONE, DAY, NOON, UTC_CALENDAR)
OWN = PaidEntry(11, Entry(Reason.COURSE_TASK_COMPLETED, DAY, round=0, xp=12, gold=2), MARK)
MILESTONE = PaidEntry(12, Entry(Reason.MILESTONE_REACHED, WEEK, round=1, xp=50, gold=10), MARK)
WHOLE = PaidEntry(13, Entry(Reason.COURSE_COMPLETED, COURSE, round=0, xp=200, gold=50), MARK)
PAST = PastActivity(COMPLETED, paid=True, entries=(OWN, MILESTONE, WHOLE))
PLAYER = replace(new_player(RULES), xp=300, gold=70)


def reverse(*entries: PaidEntry) -> tuple[Entry, ...]:
    return tuple(
        replace(e.entry, reason=Reason.UNDO, xp=-e.entry.xp, gold=-e.entry.gold, reverses_id=e.id)
        for e in entries
    )


def undo(*stages: Stage, past: PastActivity = PAST) -> tuple[Entry, ...]:
    return play(PLAYER, UNDONE, World(undone=past, stages=stages)).entries


def test_what_is_no_longer_met_is_taken_back_at_the_price_of_its_time() -> None:
    week = Stage(WEEK, is_met=False, standing=MILESTONE)
    stages = (week, Stage(COURSE, is_met=False, standing=WHOLE))
    outcome = play(PLAYER, UNDONE, World(undone=PAST, stages=stages))
    assert outcome.entries == reverse(OWN, MILESTONE, WHOLE)
    assert (outcome.player.xp, outcome.player.gold) == (300 - 262, 70 - 62)
    assert outcome.counters == {
        Metric.COURSE_TASKS_COMPLETED: -1,
        Metric.COURSES_COMPLETED: -1,
        Metric.XP_EARNED: -262,
    }
    assert (outcome.paid, outcome.hearts) == (False, 0)


def test_what_is_met_all_the_same_is_left() -> None:
    """As when the day was archived since: what the activity itself paid stands nevertheless."""
    assert undo(Stage(WEEK, is_met=True, standing=MILESTONE)) == reverse(OWN)


def test_what_never_paid_or_is_reversed_has_nothing_to_take_back() -> None:
    assert undo(Stage(WEEK, is_met=False), Stage(COURSE, is_met=False)) == reverse(OWN)


def test_what_a_later_day_finished_is_taken_back_as_well() -> None:
    later = replace(MILESTONE, id=20)
    past = replace(PAST, entries=(OWN,))
    assert undo(Stage(WEEK, is_met=False, standing=later), past=past) == reverse(OWN, later)


def test_what_was_paid_before_the_day_was_completed_is_left() -> None:
    """The author has added to it since; the learner had it without this day."""
    earlier = replace(WHOLE, id=10)
    past = replace(PAST, entries=(OWN,))
    assert undo(Stage(COURSE, is_met=False, standing=earlier), past=past) == reverse(OWN)


@pytest.mark.parametrize("days", list(permutations("123")))
def test_each_day_of_a_week_takes_its_milestone_along(days: tuple[str, ...]) -> None:
    for undone in days:
        model = Model()
        for day in days:
            model.complete_day(day)
        assert model.undo_day(undone).gold == -2 - 10
        assert (model.player.xp, model.player.gold) == (20, 4)
        again = model.complete_day(undone)
        assert [(str(e.reason), e.round) for e in again.entries] == [
            ("course_task_completed", 1),
            ("milestone_reached", 1),
        ]


def test_a_completed_course_is_taken_back_by_a_day_of_any_week() -> None:
    model = Model()
    for day in "12345":
        model.complete_day(day)
    assert model.counters[Metric.COURSES_COMPLETED] == 1
    reversed_sources = [entry.source.type for entry in model.undo_day("1").entries]
    assert reversed_sources == ["course_task", "week", "course"]
    assert model.counters[Metric.COURSES_COMPLETED] == 0
    reversed_sources = [entry.source.type for entry in model.undo_day("5").entries]
    assert reversed_sources == ["course_task", "week"]


def test_a_week_that_was_added_takes_nothing_of_the_rest_back() -> None:
    model = Model()
    for day in "12345":
        model.complete_day(day)
    model.weeks["3"] = ("6", "7")
    before = model.player
    assert model.complete_day("6").entries[1:] == ()
    assert [entry.source.id for entry in model.undo_day("6").entries] == ["6"]
    assert model.player == before
    assert [entry.source.type for entry in model.undo_day("2").entries] == [
        "course_task", "week", "course",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (ActivityKind.QUIZ_ATTEMPTED, Source(SourceType.QUIZ, "7")),
        (ActivityKind.REVIEWED, Source(SourceType.CARD_DAY, "7:2026-03-02")),
    ],
)
def test_attempts_and_reviews_cannot_be_undone(kind: ActivityKind, source: Source) -> None:
    attempt = Attempt(5, 0, graded=True, first=True, pass_percent=80)
    done = Activity(kind, source, NOON, UTC_CALENDAR, attempt=attempt)
    past = PastActivity(done, paid=True, entries=())
    with pytest.raises(ValueError, match="cannot be undone"):
        play(PLAYER, replace(UNDONE, source=source), World(undone=past))
