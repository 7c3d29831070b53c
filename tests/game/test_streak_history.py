"""The streak that a history gives, whole or compressed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.rules import RULES
from app.game.streak import (
    FreezesGained,
    RewardedAt,
    Streak,
    StreakEvent,
    count_activity,
    derive_streak,
    show_streak,
)
from tests.game.zones import calendars, instants_near_transitions

HOME = Calendar(ZoneInfo("UTC"), 0)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_derived_in_order() -> None:
    start, again = RewardedAt(NOON, HOME), RewardedAt(NOON + timedelta(days=2), HOME)
    freeze = FreezesGained(1)
    in_time = derive_streak([start, freeze, again], RULES)
    assert (in_time.count, in_time.freezes) == (2, 0)
    too_late = derive_streak([start, again, freeze], RULES)
    assert (too_late.count, too_late.freezes) == (1, 1)


def test_nothing_derives_from_nothing() -> None:
    assert derive_streak([], RULES) == Streak()


freezes = st.builds(FreezesGained, st.integers(0, 3))
rewards = st.builds(
    RewardedAt,
    # Few calendars and hours that lie close, so that runs on the same local day are common.
    st.integers(0, 24 * 14).map(lambda hours: NOON + timedelta(hours=hours)),
    st.sampled_from(
        [
            HOME,
            Calendar(ZoneInfo("Pacific/Kiritimati"), 0),
            Calendar(ZoneInfo("Pacific/Honolulu"), 5),
            Calendar(ZoneInfo("Antarctica/Troll"), 23),
        ]
    ),
)
histories = st.lists(rewards | rewards | rewards | freezes, max_size=60)


def local_day(event: StreakEvent) -> date | None:
    return event.calendar.day_of(event.at) if isinstance(event, RewardedAt) else None


def compress(events: Sequence[StreakEvent], *, by_instant: bool) -> list[StreakEvent]:
    kept: list[StreakEvent] = []
    for day, group in groupby(events, key=local_day):
        run = list(group)
        if day is None:
            kept += run
            continue
        rewarded = [event for event in run if isinstance(event, RewardedAt)]
        last = max(rewarded, key=lambda event: event.at) if by_instant else rewarded[-1]
        kept += [rewarded[0]] if last is rewarded[0] else [rewarded[0], last]
    return kept


@given(histories)
def test_runs_of_a_day_need_their_first_and_latest_event(events: list[StreakEvent]) -> None:
    compressed = compress(events, by_instant=True)
    assert derive_streak(compressed, RULES) == derive_streak(events, RULES)


@given(histories)
def test_runs_in_order_of_time_need_their_first_and_last_event(events: list[StreakEvent]) -> None:
    ordered = sort_instants(events)
    compressed = compress(ordered, by_instant=False)
    assert derive_streak(compressed, RULES) == derive_streak(ordered, RULES)


def sort_instants(events: Sequence[StreakEvent]) -> list[StreakEvent]:
    """The same places for freezes, but the instants in order."""
    rewarded = iter(sorted((e for e in events if isinstance(e, RewardedAt)), key=lambda e: e.at))
    return [next(rewarded) if isinstance(e, RewardedAt) else e for e in events]


@given(histories, instants_near_transitions(), calendars)
def test_shown_is_what_an_activity_would_continue(
    events: list[StreakEvent], now: datetime, calendar: Calendar
) -> None:
    streak = derive_streak(events, RULES)
    after = count_activity(streak, now, calendar)
    shown = show_streak(streak, now, calendar)
    assert after.count in ({shown, shown + 1} if shown else {1})
    assert show_streak(after, now, calendar) == after.count


@given(histories)
def test_what_always_holds(events: list[StreakEvent]) -> None:
    streak = derive_streak(events, RULES)
    days = {day for day in map(local_day, events) if day}
    assert 0 <= streak.freezes <= RULES.max_freezes
    assert streak.count <= streak.longest <= len(days)
    assert streak.last_on == max(days, default=None)
    assert streak.last_at == max((e.at for e in events if isinstance(e, RewardedAt)), default=None)
