"""``GET /game/profile``: the player now, computed from what is kept, the clock and the caller's day."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.game import dump_state
from tests.support.service import Learner, Service

PROFILE = "/game/profile"


async def come_back(service: Service, learner: Learner, **by: float) -> None:
    """Let time pass; the token is a new one, since the old one is expired."""
    service.clock.advance(**by)
    learner.client = service.client(await service.open_session(learner.id))


async def set_player(service: Service, learner: Learner, **values: Any) -> None:
    """Write the player's row by hand."""
    async with service.parts.database.writing() as transaction:
        player = await transaction.uow.players.lock(learner.id)
        assert player is not None
        for name, value in values.items():
            setattr(player, name, value)
        await transaction.uow.players.save(player)
        await transaction.commit()


async def complete_one(learner: Learner) -> dict[str, Any]:
    task = await learner.create_task()
    return await learner.post(f"/tasks/{task['id']}/complete")


async def test_the_profile_of_somebody_new(service: Service) -> None:
    learner = await service.learner()
    assert await learner.get(PROFILE) == {
        "xp": 0,
        "level": 1,
        "xp_into_level": 0,
        "xp_to_next_level": 100,
        "gold": 0,
        "hearts": 5,
        "max_hearts": 5,
        "next_heart_at": None,
        "streak": 0,
        "longest_streak": 0,
        "streak_freezes": 0,
        "daily_reviews": 0,
        "paused_until": None,
        "today": "2026-03-02",
    }


@pytest.mark.parametrize(
    ("xp", "level", "into", "to_next"),
    [
        (99, 1, 99, 1),
        (100, 2, 0, 200),
        (299, 2, 199, 1),
        (300, 3, 0, 300),
        (599, 3, 299, 1),
        (600, 4, 0, 400),
        (1000, 5, 0, 500),
        (2**62, 303700050, 15112265404, 15257739596),
    ],
)
async def test_the_level_follows_from_the_xp(
    service: Service, xp: int, level: int, into: int, to_next: int
) -> None:
    learner = await service.learner()
    await set_player(service, learner, xp=xp)
    profile = await learner.get(PROFILE)
    assert (profile["xp"], profile["level"]) == (xp, level)
    assert (profile["xp_into_level"], profile["xp_to_next_level"]) == (into, to_next)


@pytest.mark.parametrize(
    ("zone", "day_starts_at", "at", "today"),
    [
        ("UTC", 0, "2026-03-02T23:59:59", "2026-03-02"),
        ("Pacific/Kiritimati", 0, "2026-03-02T10:00:00", "2026-03-03"),
        ("Pacific/Honolulu", 0, "2026-03-02T09:59:59", "2026-03-01"),
        ("Europe/Berlin", 4, "2026-03-29T01:59:59", "2026-03-28"),
        ("Europe/Berlin", 4, "2026-03-29T02:00:00", "2026-03-29"),
        ("Asia/Kathmandu", 23, "2026-03-02T17:14:59", "2026-03-01"),
    ],
)
async def test_today_is_the_learners(
    service: Service, zone: str, day_starts_at: int, at: str, today: str
) -> None:
    service.clock.set(datetime.fromisoformat(at).replace(tzinfo=UTC))
    learner = await service.learner(timezone=zone, day_starts_at=day_starts_at)
    assert (await learner.get(PROFILE))["today"] == today


async def test_a_change_of_zone_counts_at_once(service: Service) -> None:
    learner = await service.learner()
    changed = await learner.client.patch("/users/me", json={"timezone": "Pacific/Kiritimati"})
    assert changed.status_code == 200
    assert (await learner.get(PROFILE))["today"] == "2026-03-03"
    done = await complete_one(learner)
    assert done["outcome"]["streak"] == 1
    async with service.parts.database.reading() as uow:
        (event,) = await uow.activities.list_streak_events(learner.id)
    assert event.zone == "Pacific/Kiritimati"


async def test_the_profile_after_two_days(service: Service) -> None:
    learner = await service.learner()
    await complete_one(learner)
    await come_back(service, learner, days=1)
    task = await learner.create_task(difficulty="hard")
    await learner.post(f"/tasks/{task['id']}/complete")
    profile = await learner.get(PROFILE)
    assert (profile["xp"], profile["gold"]) == (10 + 40, 2 + 8)
    assert (profile["streak"], profile["longest_streak"]) == (2, 2)


@pytest.mark.parametrize(
    ("freezes", "days", "streak"),
    [(0, 0, 7), (0, 1, 7), (0, 2, 0), (1, 2, 7), (1, 3, 0), (2, 3, 7), (2, 4, 0)],
)
async def test_a_streak_shows_until_it_can_not_be_saved(
    service: Service, freezes: int, days: int, streak: int
) -> None:
    learner = await service.learner()
    now = service.clock.now()
    await set_player(
        service,
        learner,
        streak=7,
        longest_streak=9,
        last_at=now,
        last_on=now.date(),
        streak_freezes=freezes,
    )
    await come_back(service, learner, days=days)
    profile = await learner.get(PROFILE)
    assert (profile["streak"], profile["longest_streak"]) == (streak, 9)
    assert profile["streak_freezes"] == freezes


@pytest.mark.parametrize(
    ("minutes", "hearts", "next_at"),
    [
        (0, 3, "2026-03-02T16:00:00Z"),
        (239, 3, "2026-03-02T16:00:00Z"),
        (240, 4, "2026-03-02T20:00:00Z"),
        (480, 5, None),
    ],
)
async def test_hearts_grow_back(
    service: Service, minutes: int, hearts: int, next_at: str | None
) -> None:
    learner = await service.learner()
    await set_player(service, learner, hearts=3, hearts_since=service.clock.now())
    await come_back(service, learner, minutes=minutes)
    profile = await learner.get(PROFILE)
    assert (profile["hearts"], profile["next_heart_at"]) == (hearts, next_at)


async def test_looking_changes_nothing(service: Service) -> None:
    learner = await service.learner()
    await set_player(service, learner, hearts=0, hearts_since=service.clock.now(), streak=3)
    await come_back(service, learner, days=9)
    before = await dump_state(service.parts.database)
    await learner.get(PROFILE)
    assert await dump_state(service.parts.database) == before


async def test_a_debt_is_shown(service: Service) -> None:
    learner = await service.learner()
    await set_player(service, learner, gold=-78)
    assert (await learner.get(PROFILE))["gold"] == -78


async def test_each_learner_sees_their_own(service: Service) -> None:
    ada, bob = await service.learner(), await service.learner("bob@example.org")
    await complete_one(ada)
    assert [(await learner.get(PROFILE))["xp"] for learner in (ada, bob)] == [10, 0]


async def test_nobody_has_no_profile(service: Service) -> None:
    answer = await service.client().get(PROFILE)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
