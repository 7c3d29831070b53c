"""Quests in the learner's own days and weeks, wherever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.definitions import Cadence
from app.core.errors import UnauthenticatedError
from app.db.session import Database
from app.game.calendar import Calendar
from app.services.quest_errors import QuestNotAcceptedError, QuestNotTodayError
from app.services.quest_view import QuestView, Situation
from app.services.quests import QuestReadService, QuestService
from tests.services.game_table import Table, sit_down
from tests.support.clock import START, FakeClock
from tests.support.game import principal
from tests.support.quests import add_quests, list_progress, quest_row, split_pool

POOL = [f"daily-{number}" for number in range(10)]


@pytest.fixture
async def table(database: Database, clock: FakeClock) -> Table:
    await add_quests(
        database,
        *(quest_row(key, "daily") for key in POOL),
        quest_row("weekly", "weekly"),
        quest_row("story"),
    )
    return await sit_down(database, clock)


async def look(table: Table, cadence: Cadence | None = None) -> Mapping[str, QuestView]:
    async with table.database.reading() as uow:
        service = QuestReadService(uow, table.clock)
        page = await service.list_page(table.caller, cadence, 100, None)
    return {quest.key: quest for quest in page.items}


async def accept(table: Table, key: str) -> QuestView:
    async with table.writing() as uow:
        return await QuestService(uow, table.clock).accept(table.caller, key)


async def abandon(table: Table, key: str) -> QuestView:
    async with table.writing() as uow:
        return await QuestService(uow, table.clock).abandon(table.caller, key)


async def periods(table: Table, key: str = "weekly") -> list[date]:
    rows = await list_progress(table.database, table.caller.user_id)
    return [row.period_on for row in rows if row.quest_key == key]


@dataclass(frozen=True)
class Case:
    """Where and when somebody looks (UTC), the local date, and the ends of the day and the week (UTC)."""

    zone: str
    day_starts_at: int
    now: str
    today: str
    day_ends: str
    week_ends: str


CASES = [
    Case("UTC", 0, "2026-03-08T23:59", "2026-03-08", "2026-03-09T00:00", "2026-03-09T00:00"),
    Case("UTC", 0, "2026-03-09T00:00", "2026-03-09", "2026-03-10T00:00", "2026-03-16T00:00"),
    Case("UTC", 4, "2026-03-09T03:59", "2026-03-08", "2026-03-09T04:00", "2026-03-09T04:00"),
    Case("UTC", 4, "2026-03-09T04:00", "2026-03-09", "2026-03-10T04:00", "2026-03-16T04:00"),
    Case("Asia/Tokyo", 0, "2026-03-08T15:00", "2026-03-09", "2026-03-09T15:00", "2026-03-15T15:00"),
    Case(  # the first place on Earth where a Monday begins, and the last
        "Pacific/Kiritimati", 0,
        "2026-03-08T10:00", "2026-03-09", "2026-03-09T10:00", "2026-03-15T10:00",
    ),
    Case(
        "Pacific/Pago_Pago", 0,
        "2026-03-09T10:59", "2026-03-08", "2026-03-09T11:00", "2026-03-09T11:00",
    ),
    Case(  # a Sunday of 23 hours, and a week that ends with it
        "America/New_York", 0,
        "2026-03-08T05:00", "2026-03-08", "2026-03-09T04:00", "2026-03-09T04:00",
    ),
    Case(
        "Europe/Berlin", 3,
        "2026-03-28T12:00", "2026-03-28", "2026-03-29T01:00", "2026-03-30T01:00",
    ),
    Case(
        "Europe/Berlin", 0,
        "2025-12-31T23:30", "2026-01-01", "2026-01-01T23:00", "2026-01-04T23:00",
    ),
]  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.zone} {case.now}")
async def test_days_and_weeks_are_the_learners(table: Table, case: Case) -> None:
    table.travel(case.zone, case.day_starts_at)
    table.clock.set(instant(case.now))
    today = date.fromisoformat(case.today)
    mine, others = split_pool(table.caller.user_id, today, POOL)

    quests = await look(table)

    assert list(quests) == [*mine, "weekly", "story"]
    assert {quests[key].ends_at for key in mine} == {instant(case.day_ends)}
    assert quests["weekly"].ends_at == instant(case.week_ends)
    assert quests["story"].ends_at is None
    with pytest.raises(QuestNotTodayError):
        await abandon(table, others[0])
    await abandon(table, mine[0])
    await accept(table, "weekly")
    assert await periods(table, mine[0]) == [today]
    assert await periods(table, "weekly") == [today - timedelta(days=today.weekday())]


async def test_a_week_that_is_left_by_travelling_west_waits(table: Table) -> None:
    """It is Monday in Tokyo and still Sunday on Hawaii: two weeks, and each has its quest."""
    table.clock.set(instant("2026-03-09T02:00"))
    table.travel("Asia/Tokyo")
    await accept(table, "weekly")
    table.travel("Pacific/Honolulu")
    assert (await look(table))["weekly"].status == "available"
    await accept(table, "weekly")
    await abandon(table, "weekly")
    table.travel("Asia/Tokyo")
    assert (await look(table))["weekly"].status == "active"
    assert await periods(table) == [date(2026, 3, 2), date(2026, 3, 9)]


async def test_a_day_that_comes_again_has_its_quests_again(table: Table) -> None:
    table.clock.set(instant("2026-03-09T02:00"))
    table.travel("Asia/Tokyo")
    monday = await look(table, Cadence.DAILY)
    abandoned = next(iter(monday))
    await abandon(table, abandoned)
    table.travel("Pacific/Honolulu")
    sunday = await look(table, Cadence.DAILY)
    mine, _others = split_pool(table.caller.user_id, date(2026, 3, 8), POOL)
    assert list(sunday) == mine
    assert {quest.status for quest in sunday.values()} == {"active"}
    table.clock.advance(days=1)
    again = await look(table, Cadence.DAILY)
    assert {key: quest.status for key, quest in again.items()} == {
        key: "abandoned" if key == abandoned else "active" for key in monday
    }


async def test_the_week_ends_while_a_quest_runs(table: Table) -> None:
    table.clock.set(instant("2026-03-08T23:59"))
    await accept(table, "weekly")
    assert (await look(table))["weekly"].status == "active"
    table.clock.advance(minutes=1)
    assert (await look(table))["weekly"].status == "available"
    with pytest.raises(QuestNotAcceptedError):
        await abandon(table, "weekly")
    await accept(table, "weekly")
    assert await periods(table) == [date(2026, 3, 2), date(2026, 3, 9)]


@given(
    st.timedeltas(timedelta(days=-50 * 365), timedelta(days=10 * 365)),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Asia/Beirut"]),
    st.integers(0, 23),
)
def test_a_period_holds_today_and_ends_later(
    away: timedelta, zone: str, day_starts_at: int
) -> None:
    calendar = Calendar(ZoneInfo(zone), day_starts_at)
    situation = Situation(START + away, calendar, level=1, streak=0)
    for cadence, days in ((Cadence.DAILY, 1), (Cadence.WEEKLY, 7)):
        period = situation.find_period(cadence)
        assert period.first_on <= situation.today <= period.last_on
        assert (period.last_on - period.first_on).days == days - 1
        assert calendar.end_of(period.last_on) > situation.now
    assert situation.find_period(Cadence.WEEKLY).first_on.weekday() == 0


async def test_a_stranger_has_no_quests(database: Database, clock: FakeClock) -> None:
    nobody = Table(database, clock, principal(2**40))
    with pytest.raises(UnauthenticatedError):
        await look(nobody)
    with pytest.raises(UnauthenticatedError):
        await accept(nobody, "story")
