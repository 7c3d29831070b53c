"""The streak of those who rest: paused days neither count nor break it, and nothing is dated back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.game.calendar import Calendar
from app.game.pause import Pause
from app.game.rules import RULES
from app.game.streak import (
    PauseEnded,
    PauseSet,
    RewardedAt,
    Streak,
    StreakEvent,
    count_activity,
    derive_streak,
    drop_pause,
    set_pause,
    show_streak,
)
from tests.game.itinerary import DAY, HOUR, MINUTE
from tests.game.test_streak_history import HOME, NOON

FIRST_ON = date(2026, 3, 2)
KIRITIMATI = Calendar(ZoneInfo("Pacific/Kiritimati"), 0)
HONOLULU = Calendar(ZoneInfo("Pacific/Honolulu"), 0)


def on(days: int) -> date:
    """A date, counted from 2 March."""
    return FIRST_ON + days * DAY


def act(streak: Streak, *days: int) -> Streak:
    """Active at noon of these days, counted from 2 March."""
    for day in days:
        streak = count_activity(streak, NOON + day * DAY, HOME)
    return streak


def pause(streak: Streak, today: int, days: int) -> Streak:
    return set_pause(streak, on(today), on(today + days - 1), RULES)


def show(streak: Streak, day: int) -> int:
    return show_streak(streak, NOON + day * DAY, HOME)


@pytest.mark.parametrize(
    ("today", "days", "back", "count"),
    [
        (2, 3, 5, 3),  # 4, 5, 6 March are paused
        (2, 3, 4, 3),  # back before the end
        (2, 3, 2, 3),  # on the first day itself
        (2, 3, 6, 1),  # one day late
        (2, 30, 32, 3),
        (1, 3, 4, 3),  # set on a day that was active
        (3, 3, 6, 1),  # set a day late: nothing is dated back
        (1, 1, 3, 1),  # over too early
    ],
)
def test_paused_days_neither_count_nor_break(today: int, days: int, back: int, count: int) -> None:
    streak = pause(act(Streak(), 0, 1), today, days)
    assert act(streak, back).count == count
    assert [show(streak, day) for day in (today, back)] == [
        2 if today < 3 else 0,
        2 if count == 3 else 0,
    ]


def test_an_activity_ends_the_pause() -> None:
    streak = act(pause(act(Streak(), 0), 1, 9), 3)
    assert streak == Streak(2, 2, NOON + 3 * DAY, on(3), 0, (Pause(on(1), on(2)),))
    assert act(streak, 4).count == 3
    assert act(streak, 5).count == 1  # the day after would have been paused


def test_an_activity_on_the_first_day_leaves_nothing_of_the_pause() -> None:
    assert act(pause(act(Streak(), 0), 1, 9), 1) == act(Streak(), 0, 1)


def test_an_activity_on_a_day_that_counted_ends_the_pause_too() -> None:
    paused = pause(act(Streak(), 0), 0, 9)
    assert paused.pauses
    later = NOON + 5 * HOUR
    assert count_activity(paused, later, HOME) == replace(act(Streak(), 0), last_at=later)


def test_back_without_an_activity() -> None:
    streak = drop_pause(pause(act(Streak(), 0), 1, 9), on(3))
    assert streak.pauses == (Pause(on(1), on(2)),)
    assert [show(streak, day) for day in (3, 4)] == [1, 0]
    assert drop_pause(streak, on(3)) == streak


def test_frozen_and_paused_days_together() -> None:
    streak = replace(act(Streak(), 0, 1), freezes=2)
    # 4 March is missed, 5 and 6 March are paused, 7 March is missed.
    streak = pause(streak, 3, 2)
    after = act(streak, 6)
    assert (after.count, after.freezes) == (3, 0)
    assert [show(streak, day) for day in (6, 7)] == [2, 0]


def test_a_pause_before_the_first_activity() -> None:
    streak = pause(Streak(), 0, 3)
    assert show(streak, 1) == 0
    assert act(streak, 1) == Streak(1, 1, NOON + DAY, on(1), 0, (Pause(on(0), on(0)),))


def test_a_long_absence_after_a_long_pause_is_not_counted_day_by_day() -> None:
    assert act(pause(act(Streak(), 0), 1, 30), 2_000_000).count == 1


def test_derived_in_order() -> None:
    events: list[StreakEvent] = [
        RewardedAt(NOON, HOME),
        PauseSet(on(1), on(5)),
        PauseEnded(on(3)),
        RewardedAt(NOON + 3 * DAY, HOME),
        PauseSet(on(3), on(7)),
        RewardedAt(NOON + 6 * DAY, HOME),
    ]
    streak = derive_streak(events, RULES)
    assert streak.count == 3
    assert streak.pauses == (Pause(on(1), on(5)),)
    # Without the activity that had ended the second pause, that runs again.
    assert derive_streak(events[:-1], RULES).pauses == (Pause(on(1), on(7)),)


def test_a_history_never_holds_more_than_the_year_has() -> None:
    """The undo of the activity that had ended the first pause brings its days back."""
    first, back, second = (
        PauseSet(on(0), on(29)),
        RewardedAt(NOON + DAY, HOME),
        PauseSet(on(20), on(48)),
    )
    assert derive_streak([first, back, second], RULES).pauses == (
        Pause(on(0), on(0)), Pause(on(20), on(48)),
    )  # fmt: skip
    assert derive_streak([first, second], RULES).pauses == (Pause(on(0), on(29)),)


def test_paused_in_kiritimati_and_gone_to_honolulu() -> None:
    """There the first date of the pause is tomorrow, and the last date counted is today."""
    streak = count_activity(Streak(), datetime(2026, 3, 2, 8, tzinfo=UTC), KIRITIMATI)
    streak = set_pause(streak, on(1), on(3), RULES)
    landed = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert (KIRITIMATI.day_of(landed), HONOLULU.day_of(landed)) == (on(1), on(0))
    assert show_streak(streak, landed, HONOLULU) == 1
    again = count_activity(streak, landed, HONOLULU)
    assert (again.count, again.last_on, again.pauses) == (1, on(0), ())
    back = datetime(2026, 3, 6, 12, tzinfo=UTC)  # the day after the pause, in Honolulu
    assert count_activity(streak, back, HONOLULU).count == 2
    assert count_activity(streak, back + DAY, HONOLULU).count == 1


def test_who_arrives_east_on_the_day_after_the_next_has_rested_too_little() -> None:
    """The known limit: a pause is of dates, and the journey leaves one out.

    A pause in Honolulu that ends with 4 March, and a flight in its last minutes: in Kiritimati it is
    6 March then, and the 5th was neither paused nor active. A pause of one day more covers it, and
    so does a freeze or an activity in the last 20 hours before the journey.
    """
    streak = count_activity(Streak(), datetime(2026, 3, 3, 6, tzinfo=UTC), HONOLULU)
    leaves = datetime(2026, 3, 5, 9, 59, tzinfo=UTC)
    assert (HONOLULU.day_of(leaves), KIRITIMATI.day_of(leaves)) == (on(2), on(3))
    arrives = leaves + 2 * MINUTE
    assert KIRITIMATI.day_of(arrives) == on(4)
    short, long = (set_pause(streak, on(1), on(last), RULES) for last in (2, 3))
    assert count_activity(short, arrives, KIRITIMATI).count == 1
    assert count_activity(replace(short, freezes=1), arrives, KIRITIMATI).count == 2
    assert count_activity(long, arrives, KIRITIMATI).count == 2
