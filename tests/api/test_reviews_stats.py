"""What a learner is told about their reviewing: counts, retention and a forecast in local days."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.review_steps import (
    add_cards,
    add_known_card,
    enroll,
    leave,
    list_due_ids,
    review,
    take_course,
)
from tests.api.task_steps import sleep, wake
from tests.support.clock import START
from tests.support.courses import small_course
from tests.support.service import Learner, Service

NONE_YET = {
    "due": 0,
    "cards": {"total": 0, "learning": 0, "review": 0, "relearning": 0},
    "reviews": 0,
    "daily_reviews": 0,
    "retention": None,
}


async def forecast_of(learner: Learner) -> list[int]:
    return [day["due"] for day in (await learner.get("/reviews/stats"))["forecast"]]


async def test_who_has_no_cards_has_nothing_to_do(service: Service) -> None:
    ada = await service.learner()
    stats = await ada.get("/reviews/stats")
    forecast = stats.pop("forecast")
    assert stats == NONE_YET
    first = date(2026, 3, 2)
    assert forecast == [
        {"on": (first + timedelta(days=count)).isoformat(), "due": 0} for count in range(14)
    ]


async def test_cards_are_counted_by_state_and_day(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    for state, due_at in (
        (1, START),
        (1, START + timedelta(minutes=10)),
        (3, START + timedelta(minutes=10)),
        (2, START - timedelta(days=40)),
        (2, START + timedelta(hours=11)),
        (2, START + timedelta(hours=12)),
        (2, START + timedelta(days=3)),
        (2, START + timedelta(days=13, hours=11)),
        (2, START + timedelta(days=13, hours=12)),
        (2, START + timedelta(days=400)),
    ):
        await add_known_card(service, ada, course_id, due_at, state=state)

    stats = await ada.get("/reviews/stats")

    assert stats["cards"] == {"total": 10, "learning": 2, "review": 7, "relearning": 1}
    assert stats["due"] == len(await list_due_ids(ada)) == 3
    assert [day["due"] for day in stats["forecast"]] == [5, 1, 0, 1, *[0] * 9, 1]


@pytest.mark.parametrize(
    ("zone", "day_starts_at"),
    [("America/New_York", 0), ("Asia/Kathmandu", 3), ("Pacific/Kiritimati", 23)],
)
async def test_days_are_the_learners_own_through_a_change_of_clocks(
    service: Service, zone: str, day_starts_at: int
) -> None:
    """In New York the clocks go forward on 8 March 2026."""
    ada = await service.learner(timezone=zone, day_starts_at=day_starts_at)
    course_id = await take_course(service, ada)
    for hours in range(0, 24 * 14, 10):
        await add_known_card(service, ada, course_id, START + timedelta(hours=hours))
    stats = await ada.get("/reviews/stats")

    assert stats["forecast"][0]["on"] == (await ada.get("/game/profile"))["today"]
    before = 0
    for day in stats["forecast"]:
        noon = datetime.fromisoformat(f"{day['on']}T12:00:00") + timedelta(hours=day_starts_at)
        await wake(service, ada, in_zone(noon, zone))
        due = len(await list_due_ids(ada))
        assert due - before == day["due"], day
        before = due


def in_zone(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone))


async def test_a_date_that_was_skipped_has_nothing_due(service: Service) -> None:
    """Samoa had no 30 December 2011."""
    ada = await service.learner(timezone="Pacific/Apia")
    course_id = await take_course(service, ada)
    await wake(service, ada, "2011-12-29T20:00:00+00:00")
    for hours in (0, 10, 14, 24):  # the 29th at 10 and 20 o'clock, the 31st at 0 and 10
        await add_known_card(service, ada, course_id, service.clock.now() + timedelta(hours=hours))
    stats = await ada.get("/reviews/stats")
    assert stats["forecast"][:3] == [
        {"on": "2011-12-29", "due": 2},
        {"on": "2011-12-30", "due": 0},
        {"on": "2011-12-31", "due": 2},
    ]


async def test_retention_is_of_what_was_known(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    new, *_ = await add_cards(service, ada, course_id, 1)
    known = [await add_known_card(service, ada, course_id, START) for _ in range(4)]

    await review(ada, new, rating="again")
    assert (await ada.get("/reviews/stats"))["retention"] is None
    for card, rating in zip(known, ("hard", "again", "good", "easy"), strict=True):
        await review(ada, card, rating=rating)
    assert (await ada.get("/reviews/stats"))["retention"] == 0.75
    await sleep(service, ada, minutes=10)
    await review(ada, known[1], rating="again")  # it is being learnt again

    stats = await ada.get("/reviews/stats")
    assert (stats["retention"], stats["reviews"], stats["daily_reviews"]) == (0.75, 6, 5)


async def test_what_was_done_today_is_forgotten_tomorrow(service: Service) -> None:
    ada = await service.learner(timezone="America/New_York")
    cards = await add_cards(service, ada, await take_course(service, ada), 2)
    for card in cards:
        await review(ada, card, rating="easy")

    for instant, daily in (("2026-03-03T04:59:59Z", 2), ("2026-03-03T05:00:00Z", 0)):
        await wake(service, ada, instant)
        stats = await ada.get("/reviews/stats")
        assert (stats["reviews"], stats["daily_reviews"]) == (2, daily)
        assert (await ada.get("/game/profile"))["daily_reviews"] == daily


async def test_only_cards_that_come_back_are_counted(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    course_id = await take_course(service, ada)
    other_id = await take_course(service, ada, small_course(slug="other", questions=1))
    await enroll(service, eve, course_id)
    cards = await add_cards(service, ada, course_id, 3)
    await add_cards(service, ada, other_id, 2)
    await add_cards(service, eve, course_id, 1)
    await review(ada, cards[0], rating="good")
    await leave(service, ada, course_id)

    stats = await ada.get("/reviews/stats")

    assert (stats["due"], stats["cards"]["total"], stats["forecast"][0]["due"]) == (2, 2, 2)
    assert (stats["reviews"], stats["daily_reviews"]) == (1, 1)
    theirs: dict[str, Any] = await eve.get("/reviews/stats")
    assert (theirs["due"], theirs["cards"]["total"], theirs["reviews"]) == (1, 1, 0)


async def test_the_stats_cost_the_same_however_much_was_done(service: Service) -> None:
    ada = await service.learner()
    course_id = await take_course(service, ada)
    for count in (1, 30):
        for card in await add_cards(service, ada, course_id, count):
            await review(ada, card, rating="good")
        with service.statements.count() as statements:
            await ada.get("/reviews/stats")
        assert len(statements) == 4, "\n".join(statements)
