"""What holds for the streak of those who rest, whatever they do and wherever they go."""

from dataclasses import replace
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.pause import is_paused
from app.game.rules import RULES
from app.game.streak import (
    FreezesGained,
    PauseEnded,
    PauseSet,
    RewardedAt,
    Streak,
    StreakEvent,
    count_activity,
    derive_streak,
    set_pause,
    show_streak,
)
from tests.game.itinerary import DAY, HOUR, MINUTE
from tests.game.test_streak_history import HOME, NOON, compress, histories
from tests.game.test_streak_paused import act, on, pause, show
from tests.game.zones import calendars, instants_near_transitions, split_stays

pauses = st.builds(
    lambda hour, days: PauseSet(
        day := HOME.day_of(NOON + hour * HOUR), day + days * DAY
    ),
    st.integers(0, 24 * 14),
    st.integers(0, 29),
)  # fmt: skip
endings = st.integers(0, 14).map(on).map(PauseEnded)
paused_histories = histories | st.lists(
    histories.map(lambda events: events[:6]) | st.lists(pauses | endings, max_size=2), max_size=12
).map(lambda parts: [event for part in parts for event in part])


@given(paused_histories)
def test_runs_of_a_day_need_their_first_and_latest_event(events: list[StreakEvent]) -> None:
    """Pauses part the runs, as freezes do."""
    compressed = compress(events, by_instant=True)
    assert derive_streak(compressed, RULES) == derive_streak(events, RULES)


@given(paused_histories, instants_near_transitions(), calendars)
def test_shown_is_what_an_activity_would_continue(
    events: list[StreakEvent], now: datetime, calendar: Calendar
) -> None:
    streak = derive_streak(events, RULES)
    after = count_activity(streak, now, calendar)
    shown = show_streak(streak, now, calendar)
    assert after.count in ({shown, shown + 1} if shown else {1})
    assert show_streak(after, now, calendar) == after.count


@given(paused_histories)
def test_the_streak_grows_by_dates_and_never_by_pauses(events: list[StreakEvent]) -> None:
    streak, dates = Streak(), set[date]()
    for n, event in enumerate(events):
        after = derive_streak(events[: n + 1], RULES)
        if isinstance(event, RewardedAt):
            day = event.calendar.day_of(event.at)
            assert after.count <= streak.count + (day not in dates)
            assert not any(pause.until_on >= day for pause in after.pauses)
            dates.add(day)
        else:
            assert replace(after, freezes=0, pauses=()) == replace(streak, freezes=0, pauses=())
        streak = after
    assert streak.longest <= len(dates)


@given(paused_histories, st.integers(0, 20), st.integers(1, 30), st.integers(0, 40))
def test_a_pause_never_helps_a_day_before_it_was_set(
    events: list[StreakEvent], today: int, days: int, later: int
) -> None:
    """Whoever would have lost the streak by then has lost it all the same."""
    streak = derive_streak(events, RULES)
    paused = pause(streak, today, days)
    assert show(paused, today) == show(streak, today)
    if show(streak, today) == 0:
        assert act(paused, today + later).count == 1
    assert all(
        is_paused(paused.pauses, on(day)) == is_paused(streak.pauses, on(day))
        for day in range(-1, today)
    )


@given(paused_histories, st.integers(0, 20), st.integers(1, 30), st.integers(0, 40))
def test_a_pause_saves_exactly_its_days(
    events: list[StreakEvent], today: int, days: int, later: int
) -> None:
    """A streak that stands is the same on each day of the pause, and on the day after it."""
    streak = derive_streak([e for e in events if not isinstance(e, FreezesGained)], RULES)
    paused, standing = pause(streak, today, days), show(streak, today)
    held = [day for day in range(today, today + 31) if is_paused(paused.pauses, on(day))]
    assert all(show(paused, day) == standing for day in held)
    if held and standing and streak.last_on and streak.last_on < on(today):
        assert show(paused, held[-1] + 1) == standing
        assert show(paused, held[-1] + 2 + later) == 0


@given(
    instants_near_transitions(),
    calendars,
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), min_size=1, max_size=5),
)
def test_active_or_paused_in_each_stay(
    start: datetime, calendar: Calendar, turns: list[tuple[int, int]]
) -> None:
    """In one zone, through every change of its clock: active for some days, then at rest for some."""
    stays = split_stays((start + n * 30 * MINUTE for n in range(2 * 24 * 50)), calendar)
    streak, dates = Streak(), set[date]()
    for active, resting in turns:
        for stay in stays[:active]:
            streak = count_activity(streak, stay[0], calendar)
            dates.add(calendar.day_of(stay[0]))
            assert streak.count == len(dates)
        stays = stays[active:]
        today = calendar.day_of(stays[0][-1])
        streak = set_pause(streak, today, today + resting * DAY, RULES)
        stays = [s for s in stays if not is_paused(streak.pauses, calendar.day_of(s[0]))]


@given(
    instants_near_transitions(),
    st.lists(calendars, min_size=2, max_size=8),
    st.integers(0, 20),
)
def test_who_rests_may_travel(start: datetime, places: list[Calendar], days: int) -> None:
    """Wherever the journey leads: while it is a paused date there, the streak stands."""
    home = places[0]
    streak = act_on_days(home, start, 3)
    today = home.day_of(start)
    streak = set_pause(streak, today, today + days * DAY, RULES)
    for n, place in enumerate(places * 24):
        now = start + n * HOUR
        if is_paused(streak.pauses, place.day_of(now)) or place.day_of(now) < today:
            assert show_streak(streak, now, place) == 3
            assert count_activity(streak, now, place).count in {3, 4}


def act_on_days(calendar: Calendar, until: datetime, count: int) -> Streak:
    """The streak of so many local days, of which the day before that of `until` is the last."""
    times = (until - n * HOUR for n in range(24 * (count + 3), -1, -1))
    today, streak = calendar.day_of(until), Streak()
    for at in times:
        if today - count * DAY <= calendar.day_of(at) < today:
            streak = count_activity(streak, at, calendar)
    assert streak.count == count
    return streak
