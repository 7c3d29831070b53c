"""What follows from the date of today: the current occurrence, the ticks that show, the due instant."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.db.models import Task
from app.game.calendar import Calendar
from app.game.rules import Difficulty
from app.services.task_view import (
    find_current_occurrence,
    find_due_instant,
    schedule_of,
    show_checklist,
    show_task,
    untick,
)

BERLIN = Calendar(ZoneInfo("Europe/Berlin"), 0)
NEW_YORK = Calendar(ZoneInfo("America/New_York"), 0)
MADE = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_task(**fields: Any) -> Task:
    given = {
        "id": 1, "user_id": 1, "title": "A task", "description": "", "difficulty": Difficulty.EASY,
        "due_on": None, "due_time": None, "tags": [], "checklist": [], "checklist_on": None,
        "recurrence": None, "starts_on": None, "last_done_on": None, "completed_at": None,
        "created_at": MADE, "updated_at": MADE,
    }  # fmt: skip
    return Task(**given | fields)


def march(day: int) -> date:
    return date(2026, 3, day)


def a_weekly_task(**fields: Any) -> Task:
    """On Mondays: the 2nd, the 9th, the 16th, ..."""
    return a_task(
        **{"recurrence": "FREQ=WEEKLY", "starts_on": march(2), "due_on": march(2)} | fields
    )


@pytest.mark.parametrize(
    ("today", "current"),
    [(1, 2), (2, 2), (8, 2), (9, 9), (15, 9), (16, 16)],
)
def test_the_latest_date_up_to_today_is_current_else_the_next(today: int, current: int) -> None:
    assert find_current_occurrence(a_weekly_task(), march(today)) == march(current)


def test_what_is_completed_is_not_current() -> None:
    task = a_weekly_task(last_done_on=march(9), due_on=march(16))

    assert find_current_occurrence(task, march(10)) == march(16)


def test_an_ended_rule_has_no_current_date() -> None:
    task = a_weekly_task(recurrence="FREQ=WEEKLY;COUNT=1", last_done_on=march(2), due_on=None)

    assert find_current_occurrence(task, march(10)) is None


def test_a_rule_that_ended_unfinished_keeps_its_last_date_current() -> None:
    task = a_weekly_task(recurrence="FREQ=WEEKLY;COUNT=2")

    assert find_current_occurrence(task, march(31)) == march(9)


def test_a_task_that_does_not_recur_has_no_occurrence() -> None:
    task = a_task(due_on=march(1))

    assert schedule_of(task) is None
    assert find_current_occurrence(task, march(2)) is None


@pytest.mark.parametrize(
    ("ticked_in", "shown_for", "done"), [(2, 2, True), (2, 9, False), (None, 9, False)]
)
def test_ticks_show_in_their_own_occurrence_alone(
    ticked_in: int | None, shown_for: int, done: bool
) -> None:
    task = a_weekly_task(
        checklist=[{"text": "A", "done": True}],
        checklist_on=None if ticked_in is None else march(ticked_in),
    )

    assert show_checklist(task, march(shown_for)) == [{"text": "A", "done": done}]


def test_ticks_of_a_plain_task_always_show() -> None:
    ticked = [{"text": "A", "done": True}]

    assert show_checklist(a_task(checklist=ticked), None) == ticked


def test_unticking_leaves_the_given_items_alone() -> None:
    ticked = [{"text": "A", "done": True}]

    assert untick(ticked) == [{"text": "A", "done": False}]
    assert ticked == [{"text": "A", "done": True}]


WALL_CLOCK = [
    (BERLIN, "2026-03-28 09:00", "2026-03-28 08:00"),
    (BERLIN, "2026-03-29 09:00", "2026-03-29 07:00"),
    (BERLIN, "2026-10-24 09:00", "2026-10-24 07:00"),
    (BERLIN, "2026-10-25 09:00", "2026-10-25 08:00"),
    (NEW_YORK, "2026-03-07 09:00", "2026-03-07 14:00"),
    (NEW_YORK, "2026-03-08 09:00", "2026-03-08 13:00"),
    (NEW_YORK, "2026-10-31 09:00", "2026-10-31 13:00"),
    (NEW_YORK, "2026-11-01 09:00", "2026-11-01 14:00"),
]


@pytest.mark.parametrize(("calendar", "wall", "utc"), WALL_CLOCK)
def test_the_time_on_the_wall_stays_through_changes_of_clocks(
    calendar: Calendar, wall: str, utc: str
) -> None:
    given = datetime.fromisoformat(wall)

    instant = find_due_instant(given.date(), given.time(), calendar)

    assert instant == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert instant.astimezone(calendar.zone).replace(tzinfo=None) == given


def test_a_time_in_the_gap_is_due_after_it() -> None:
    instant = find_due_instant(date(2026, 3, 29), time(2, 30), BERLIN)

    assert instant is not None
    assert instant.astimezone(BERLIN.zone).time() == time(3, 30)


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    instant = find_due_instant(date(2026, 10, 25), time(2, 30), BERLIN)

    assert instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_on", "due_time"), [(None, None), (march(2), None), (None, time(9))], ids=str
)
def test_without_a_date_and_a_time_there_is_no_instant(
    due_on: date | None, due_time: time | None
) -> None:
    assert find_due_instant(due_on, due_time, BERLIN) is None


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati", "America/New_York"])
@pytest.mark.parametrize("day", [date(1970, 1, 1), date(9000, 12, 31)])
def test_the_first_and_last_dates_that_may_be_given_have_an_instant(zone: str, day: date) -> None:
    calendar = Calendar(ZoneInfo(zone), 23)

    for clock in (time(0, 0), time(23, 59)):
        instant = find_due_instant(day, clock, calendar)
        assert instant is not None
        assert abs((instant.date() - day).days) <= 1


def test_a_task_shows_when_it_was_completed() -> None:
    view = show_task(a_task(completed_at=MADE), BERLIN, march(2))

    assert (view.completed, view.completed_at) == (True, MADE)
