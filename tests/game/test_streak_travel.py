"""The streak of travellers: no journey loses a day or doubles it.

They are active at least once in every stay (see `test_streak_zones`), and within the last 20 hours
before they change their calendar: `test_the_day_that_nobody_lived` gives the reason.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.streak import Streak, count_activity
from tests.game.itinerary import DAY, HOUR, MINUTE, Step, count_new_dates, follow, pick_part
from tests.game.zones import calendars, instants_near_transitions, split_stays

KIRITIMATI = Calendar(ZoneInfo("Pacific/Kiritimati"), 0)
HONOLULU = Calendar(ZoneInfo("Pacific/Honolulu"), 0)


@st.composite
def journeys(draw: st.DrawFn) -> list[Step]:
    """Up to six calendars in a row, for an hour to four days each, active once in each stay."""
    now = draw(instants_near_transitions())
    steps: list[Step] = []
    for _ in range(draw(st.integers(2, 6))):
        calendar, hours = draw(st.tuples(calendars, st.integers(1, 96)))
        leaves = now + hours * HOUR
        stays = split_stays((now + n * 20 * MINUTE for n in range(3 * hours)), calendar)
        stays[-1] = tuple(at for at in stays[-1] if at >= leaves - 20 * HOUR)
        steps += [(pick_part(stay, draw(st.floats(0, 1))), calendar) for stay in stays]
        now = leaves
    return steps


@given(journeys())
def test_a_traveller_active_in_each_stay_keeps_the_streak(steps: list[Step]) -> None:
    assert follow(steps).count == count_new_dates(steps)


@given(journeys(), st.data())
def test_no_local_day_counts_twice(steps: list[Step], data: st.DataObject) -> None:
    """Nor does it for those who leave out what they like."""
    streak, counted = Streak(), list[date]()
    for at, calendar in steps:
        if data.draw(st.booleans()):
            after = count_activity(streak, at, calendar)
            if after.last_on != streak.last_on:
                counted.append(calendar.day_of(at))
            assert after.count <= streak.count + 1
            streak = after
    assert counted == sorted(set(counted))
    assert streak.longest <= len(counted)


@given(
    instants_near_transitions(),
    st.lists(calendars, min_size=2, max_size=8),
    st.binary(min_size=240, max_size=240),
)
def test_hopping_every_hour_gains_no_more_than_the_dates(
    start: datetime, places: list[Calendar], hops: bytes
) -> None:
    steps = [(start + n * HOUR, places[hop % len(places)]) for n, hop in enumerate(hops)]
    dates = [calendar.day_of(at) for at, calendar in steps]
    assert follow(steps).count <= (max(dates) - dates[0]).days + 1


def test_hopping_for_ten_days_between_the_ends_of_the_world() -> None:
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)  # midnight in both, of 3 March and of 2 March
    hops = [(start + n * HOUR, (HONOLULU, KIRITIMATI)[n % 2]) for n in range(240)]
    assert follow(hops).count == 11


def fly(first: Calendar, then: Calendar, leaves: datetime, days: int = 4) -> list[Step]:
    """Active every six hours, for some days before and after a flight."""
    times = [leaves + n * 6 * HOUR for n in range(-4 * days, 4 * days)]
    return [(at, first if at < leaves else then) for at in times]


@pytest.mark.parametrize("hour", range(24))
def test_from_kiritimati_to_honolulu_and_back(hour: int) -> None:
    leaves = datetime(2026, 3, 2, hour, tzinfo=UTC)
    there = fly(KIRITIMATI, HONOLULU, leaves)
    back = fly(HONOLULU, KIRITIMATI, leaves + 4 * DAY)
    steps = there + [step for step in back if step[0] > there[-1][0]]
    # Eight days of Kiritimati's and four of Honolulu's, one of which had been lived already.
    assert follow(steps).count == count_new_dates(steps)
    assert (steps[-1][0] - steps[0][0]).days <= follow(steps).count <= 13


def test_west_and_east_again_relies_on_the_latest_instant() -> None:
    """Honolulu repeats the date counted in Kiritimati; the way back then skips one."""
    streak = count_activity(Streak(), datetime(2026, 3, 2, 8, tzinfo=UTC), KIRITIMATI)
    assert streak.last_on == date(2026, 3, 2)
    again = count_activity(streak, datetime(2026, 3, 3, 8, tzinfo=UTC), HONOLULU)
    assert (again.count, again.last_on) == (1, date(2026, 3, 2))
    home = count_activity(again, datetime(2026, 3, 3, 12, tzinfo=UTC), KIRITIMATI)
    assert (home.count, home.last_on) == (2, date(2026, 3, 4))


def test_dates_that_come_again_ask_for_nothing() -> None:
    """Counted in Kiritimati, 3 March need not be earned in Honolulu once more, nor the 2nd."""
    streak = count_activity(Streak(), datetime(2026, 3, 3, 8, tzinfo=UTC), KIRITIMATI)
    landed = datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert (streak.last_on, HONOLULU.day_of(landed)) == (date(2026, 3, 3), date(2026, 3, 4))
    assert HONOLULU.day_of(datetime(2026, 3, 3, 8, tzinfo=UTC)) == date(2026, 3, 2)
    assert count_activity(streak, landed, HONOLULU).count == 2


def test_the_day_that_nobody_lived() -> None:
    """The known limit of the rule: a short day of the new calendar within one day of the old.

    On 26 September 2026 Chatham's clock goes forward, so its 27th has 23 hours. All of them fit
    into Pago Pago's 26th. Who is active in the first minutes of that day only, and moves to Chatham
    in its last minutes, arrives on the 28th, and nothing kept says that the 27th was never lived.
    A freeze covers it; an activity in the 20 hours before the journey avoids it.
    """
    pago, chatham = (Calendar(ZoneInfo(f"Pacific/{n}"), 0) for n in ("Pago_Pago", "Chatham"))
    first_minutes = datetime(2026, 9, 26, 11, 5, tzinfo=UTC)
    last_minutes = datetime(2026, 9, 27, 10, 50, tzinfo=UTC)
    arrival = datetime(2026, 9, 27, 11, 0, tzinfo=UTC)
    assert pago.day_of(first_minutes) == pago.day_of(last_minutes) == date(2026, 9, 26)
    assert chatham.day_of(first_minutes) == date(2026, 9, 26)
    assert chatham.day_of(arrival) == date(2026, 9, 28)
    streak = count_activity(Streak(), first_minutes, pago)
    assert count_activity(streak, arrival, chatham).count == 1
    kept = count_activity(streak, last_minutes, pago)
    assert count_activity(kept, arrival, chatham).count == 2
