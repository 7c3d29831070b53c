"""What the database says of activities: facts of a source, what stands, what makes the streak."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from app.db.conflicts import constraint_of
from app.db.repositories.activities import ActivityReader, ActivityRepository
from app.db.repositories.history_records import ActivityRecord
from app.db.session import Database, Transaction
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.rules import RULES
from app.game.streak import (
    FreezesGained,
    PauseEnded,
    PauseSet,
    RewardedAt,
    StreakEvent,
    derive_streak,
)
from app.services.history_mapping import read_streak_events
from tests.support.clock import START
from tests.support.game import activity_row, add_player, undo_row

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TASK = Source(SourceType.TASK, "7")


async def add(uow: UnitOfWork, rows: Sequence[ActivityRecord]) -> None:
    for row in rows:
        await uow.activities.add(row)


async def list_instants(uow: UnitOfWork, user_id: int, without: int = 0) -> list[datetime]:
    rows = await uow.activities.list_streak_events(user_id, without)
    return [row.occurred_at for row in rows]


async def test_the_facts_of_a_source_that_was_never_done(transaction: Transaction) -> None:
    user_id = await add_player(transaction.uow)
    facts = await transaction.uow.activities.get_facts(
        user_id, TASK, ActivityKind.TASK_COMPLETED, START.date()
    )
    assert (facts.last_sequence, facts.times_undone, facts.times_done, facts.paid_today) == (
        0, 0, 0, 0,
    )  # fmt: skip
    assert not facts.stands


async def test_the_facts_count_what_stands_and_how_often_it_was_undone(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(
        uow,
        [
            activity_row(user_id, 1, source_id="7"),
            undo_row(user_id, 2, 1, "7"),
            activity_row(user_id, 3, source_id="7"),
            activity_row(user_id, 4),
            activity_row(user_id, 5, paid=False),
            activity_row(user_id, 6, START - DAY),
        ],
    )
    facts = await uow.activities.get_facts(user_id, TASK, ActivityKind.TASK_COMPLETED, START.date())
    assert (facts.last_sequence, facts.times_undone, facts.times_done, facts.paid_today) == (
        6, 1, 2, 2,
    )  # fmt: skip
    assert facts.stands


async def test_the_facts_leave_out_other_players(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id, other_id = await add_player(uow), await add_player(uow, "bob@example.org")
    await add(uow, [activity_row(other_id, n, source_id="7") for n in (1, 2)])
    facts = await uow.activities.get_facts(user_id, TASK, ActivityKind.TASK_COMPLETED, START.date())
    assert (facts.last_sequence, facts.times_done, facts.paid_today) == (0, 0, 0)


async def test_the_last_numbers_of_several_players(transaction: Transaction) -> None:
    uow = transaction.uow
    ada, bob, eve = [await add_player(uow, f"{name}@example.org") for name in "abe"]
    await uow.activities.add_all([activity_row(ada, 1), activity_row(bob, 1), activity_row(bob, 2)])
    assert await uow.activities.get_last_sequences([eve, bob]) == {eve: 0, bob: 2}


async def test_the_latest_of_a_source_stands_unless_it_is_undone(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(uow, [activity_row(user_id, 1, source_id="7")])
    standing = await uow.activities.get_standing(user_id, TASK)
    assert standing is not None
    assert standing.sequence == 1
    await add(uow, [undo_row(user_id, 2, 1, "7")])
    assert await uow.activities.get_standing(user_id, TASK) is None


async def test_an_activity_is_undone_once(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(uow, [activity_row(user_id, 1), undo_row(user_id, 2, 1)])
    with pytest.raises(IntegrityError) as refusal:
        await add(uow, [undo_row(user_id, 3, 1)])
    assert constraint_of(refusal.value) == "uq_activities_user_id_undoes"


async def test_two_activities_never_share_a_number(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(uow, [activity_row(user_id, 1)])
    uow._session.expunge_all()
    with pytest.raises(IntegrityError):
        await add(uow, [activity_row(user_id, 1, source_id="other")])


def test_activities_are_only_added() -> None:
    methods = {name for name in dir(ActivityRepository) if not name.startswith("_")}
    reading = {name for name in dir(ActivityReader) if not name.startswith("_")}
    assert methods - reading == {"add", "add_all", "record"}


async def test_a_day_is_cut_to_its_first_and_its_latest_activity(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(uow, [activity_row(user_id, n, START + n * HOUR) for n in range(1, 6)])
    assert await list_instants(uow, user_id) == [START + HOUR, START + 5 * HOUR]


async def test_the_latest_is_that_of_the_clock_also_when_the_clock_stepped_back(
    transaction: Transaction,
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    hours = [1, 5, 3, 2]
    await add(uow, [activity_row(user_id, n, START + h * HOUR) for n, h in enumerate(hours, 1)])
    assert await list_instants(uow, user_id) == [START + h * HOUR for h in (1, 5, 2)]


async def test_a_gained_freeze_breaks_a_day_in_two(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    rows = [activity_row(user_id, n, START + n * HOUR) for n in (1, 2, 3)]
    rows += [activity_row(user_id, 4, START + 4 * HOUR, paid=False, freezes_gained=1)]
    rows += [activity_row(user_id, n, START + n * HOUR) for n in (5, 6, 7)]
    await add(uow, rows)
    assert await list_instants(uow, user_id) == [START + n * HOUR for n in (1, 3, 4, 5, 7)]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("paused", {"pause_until": "2026-03-04"}), ("resumed", {})],
)
async def test_a_pause_breaks_a_day_in_two(
    transaction: Transaction, kind: str, facts: dict[str, str]
) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    fields: dict[str, Any] = {
        "kind": kind, "source_type": "pause", "paid": False, "facts": facts,
    }  # fmt: skip
    rows = [activity_row(user_id, n, START + n * HOUR) for n in (1, 2, 3)]
    rows += [activity_row(user_id, n, START + n * HOUR, **fields) for n in (4, 5, 6)]
    rows += [activity_row(user_id, n, START + n * HOUR) for n in (7, 8, 9)]
    await add(uow, rows)
    assert await list_instants(uow, user_id) == [START + n * HOUR for n in (1, 3, 4, 5, 6, 7, 9)]
    assert await list_instants(uow, user_id, without=5) == [
        START + n * HOUR for n in (1, 3, 4, 6, 7, 9)
    ]
    events = read_streak_events(await uow.activities.list_streak_events(user_id))
    today = START.date()
    pause = PauseSet(today, date(2026, 3, 4)) if facts else PauseEnded(today)
    assert events[2:5] == (pause, pause, pause)


async def test_what_is_undone_unpaid_or_left_out_makes_no_streak(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await add(
        uow,
        [
            activity_row(user_id, 1, START),
            activity_row(user_id, 2, START + DAY, paid=False),
            activity_row(user_id, 3, START + 2 * DAY),
            activity_row(user_id, 4, START + 3 * DAY),
            undo_row(user_id, 5, 1),
        ],
    )
    assert await list_instants(uow, user_id, without=4) == [START + 2 * DAY]


EventPlan = tuple[int, str, int, bool, int, int | None]
"""An hour, a calendar, whether it was paid, freezes, and the days of a pause (0 ends one)."""

events = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Honolulu"]),
        st.sampled_from([0, 5]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([0, 0, 0, 1]),
        st.sampled_from([None, None, None, None, 0, 1, 3]),
    ),
    max_size=12,
)


def plain_history(plan: Sequence[EventPlan]) -> list[StreakEvent]:
    """All events of the plan, uncut."""
    history: list[StreakEvent] = []
    for hours, zone, day_starts_at, paid, freezes, pause in plan:
        calendar = Calendar(ZoneInfo(zone), day_starts_at)
        today = calendar.day_of(START + hours * HOUR)
        if pause is not None:
            last_on = today + (pause - 1) * DAY
            history.append(PauseSet(today, last_on) if pause else PauseEnded(today))
            continue
        if paid:
            history.append(RewardedAt(START + hours * HOUR, calendar))
        if freezes:
            history.append(FreezesGained(freezes))
    return history


def row_of(user_id: int, sequence: int, plan: EventPlan) -> ActivityRecord:
    hours, zone, day_starts_at, paid, freezes, pause = plan
    row = activity_row(user_id, sequence, START + hours * HOUR, zone, day_starts_at, paid=paid)
    if pause is None:
        row.freezes_gained = freezes
        return row
    row.kind, row.source_type, row.paid = ("paused" if pause else "resumed"), "pause", False
    last_on = row.local_on + (pause - 1) * DAY
    row.facts = {"pause_until": last_on.isoformat()} if pause else {}
    return row


@settings(max_examples=100)
@given(plan=events)
async def test_the_cut_history_gives_the_streak_of_the_whole_one(
    database: Database, plan: list[EventPlan]
) -> None:
    """Whatever the order of instants: several servers have several clocks."""
    async with database.writing() as transaction:
        user_id = await add_player(transaction.uow)
        for n, each in enumerate(plan, 1):
            await transaction.uow.activities.add(row_of(user_id, n, each))
        rows = await transaction.uow.activities.list_streak_events(user_id)
    assert derive_streak(read_streak_events(rows), RULES) == derive_streak(
        plain_history(plan), RULES
    )


async def test_instants_come_back_in_utc(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    at = datetime(2026, 3, 3, 1, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
    await add(uow, [activity_row(user_id, 1, at, zone="Pacific/Auckland")])
    uow._session.expunge_all()
    row = await uow.activities.get_standing(user_id, Source(SourceType.TASK, "1"))
    assert row is not None
    assert (row.occurred_at, row.occurred_at.tzinfo) == (at, UTC)
    assert row.local_on == date(2026, 3, 3)
