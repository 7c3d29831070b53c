"""Goals: which activities count for them, and what they pay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.game.activity import Source, SourceType
from app.game.goal import Badge, Goal, Reward, Window
from app.game.ledger import Entry, Mark, Reason
from app.game.metrics import Metric
from tests.game.record import NOON

TODAY = NOON.date()
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MARK = Mark(5, NOON, TODAY, course=1)


@pytest.mark.parametrize(
    ("window", "holds"),
    [
        (Window(), True),
        (Window(after=4), True),
        (Window(after=5), False),
        (Window(first_on=TODAY, last_on=TODAY), True),
        (Window(first_on=TODAY + DAY), False),
        (Window(last_on=TODAY - DAY), False),
        (Window(starts_at=NOON, ends_at=NOON + SECOND), True),
        (Window(starts_at=NOON + SECOND), False),
        (Window(ends_at=NOON), False),
        (Window(course=1), True),
        (Window(course=2), False),
    ],
)
def test_a_window_holds_what_lies_within_all_its_bounds(window: Window, holds: bool) -> None:
    assert window.holds(MARK) == holds


def test_what_is_done_in_no_course_counts_for_none() -> None:
    assert not Window(course=1).holds(replace(MARK, course=None))


def test_goals_and_badges_pay_in_their_round() -> None:
    quest, badge = Source(SourceType.QUEST, "q"), Source(SourceType.BADGE, "b")
    goal = Goal(
        quest,
        Reason.QUEST_COMPLETED,
        "q",
        "Q",
        Metric.TASKS_COMPLETED,
        3,
        Window(),
        Reward(xp=30, gold=5),
    )
    assert goal.pay({quest: 1}) == Entry(Reason.QUEST_COMPLETED, quest, round=1, xp=30, gold=5)
    assert replace(goal, reward=Reward()).pay({}) == Entry(Reason.QUEST_COMPLETED, quest, 0, 0, 0)
    assert Badge(badge, "b", "B", Reward(xp=2, gold=1)).pay({badge: 3}) == Entry(
        Reason.BADGE_AWARDED, badge, round=3, xp=2, gold=1
    )
