"""Erasing one's own account."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.db.base import Base
from app.db.models import LeagueGroup
from app.worker.league_joining import join_leagues
from tests.api.account_steps import (
    EMAIL,
    WRONG_PASSWORD,
    count_rows,
    find_account,
    log_in,
    open_tokens,
    refresh,
    register,
)
from tests.api.task_steps import check_refusal
from tests.support.adventures import take_part
from tests.support.game import CONTENT, OPERATED, SHARED
from tests.support.learning import study
from tests.support.service import PASSWORD, Learner, Service

OWNED = [table for table in Base.metadata.sorted_tables if "user_id" in table.columns]


async def erase(learner: Learner, **body: Any) -> httpx.Response:
    return await learner.client.request("DELETE", "/users/me", json=body)


async def count_rows_of(service: Service, user_id: int) -> dict[str, int]:
    """How many rows of the user each table has."""
    counted = {}
    async with service.parts.database.engines.reading.connect() as connection:
        for table in OWNED:
            rows = select(func.count()).where(table.c.user_id == user_id)
            counted[table.name] = (await connection.execute(rows)).scalar_one()
    return counted


async def live(service: Service, learner: Learner) -> None:
    """Leave rows in every table: tasks of both kinds, rewards, undone ones, kept answers, a course."""
    await study(service, learner)
    await take_part(service, learner)
    once = await learner.create_task(checklist=[{"text": "first"}], tags=["x"])
    daily = await learner.create_task(
        due_on="2026-03-01", recurrence="FREQ=DAILY", checklist=[{"text": "each day"}]
    )
    await learner.post("/tasks", {"title": "kept"}, **{"Idempotency-Key": "a key"})
    occurrence = {"occurrence_on": daily["current_occurrence_on"]}
    for step in ("complete", "undo", "complete"):
        await learner.post(f"/tasks/{once['id']}/{step}")
        await learner.post(f"/tasks/{daily['id']}/{step}", occurrence)


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def test_not_a_row_of_theirs_is_left(service: Service, learner: Learner) -> None:
    await live(service, learner)
    before = await count_rows_of(service, learner.id)
    assert {name for name, count in before.items() if count == 0} == set()
    assert (await erase(learner, password=PASSWORD)).status_code == 204
    assert set((await count_rows_of(service, learner.id)).values()) == {0}
    assert await count_rows(service, "users") == 0


async def test_every_table_is_owned_or_holds_nothing_personal() -> None:
    unowned = set(Base.metadata.tables) - {table.name for table in OWNED}
    assert unowned == {"users"} | CONTENT | OPERATED | SHARED


async def test_a_neighbour_keeps_every_row(service: Service, learner: Learner) -> None:
    neighbour = await service.learner("eve@example.org")
    for each in (learner, neighbour):
        await live(service, each)
    before = await count_rows_of(service, neighbour.id)
    await erase(learner, password=PASSWORD)
    assert await count_rows_of(service, neighbour.id) == before


async def test_tokens_are_dead_at_once(service: Service, learner: Learner) -> None:
    tokens = await open_tokens(service)
    await erase(learner, password=PASSWORD)
    check_refusal(await learner.client.get("/users/me"), 401, "invalid_token")
    check_refusal(await learner.client.post("/tasks", json={}), 401, "invalid_token")
    ended = await refresh(service, tokens["refresh_token"])
    check_refusal(ended, 401, "invalid_refresh_token")
    check_refusal(await log_in(service.client()), 400, "LOGIN_BAD_CREDENTIALS")


async def test_the_address_is_free_for_a_new_account(service: Service, learner: Learner) -> None:
    await live(service, learner)
    await erase(learner, password=PASSWORD)
    account = (await register(service.client())).json()
    assert account["id"] > learner.id
    client = service.client((await open_tokens(service))["access_token"])
    assert (await client.get("/tasks")).json()["items"] == []
    assert (await client.get("/game/profile")).json()["xp"] == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": WRONG_PASSWORD}, 403, "current_password_required"),
        ({"password": "x" * 129}, 403, "current_password_required"),
        ({}, 422, "validation_error"),
        ({"password": None}, 422, "validation_error"),
        ({"password": PASSWORD, "user_id": 1}, 422, "validation_error"),
    ],
)
async def test_it_takes_the_password(
    service: Service, learner: Learner, body: dict[str, Any], status: int, code: str
) -> None:
    check_refusal(await erase(learner, **body), status, code)
    assert (await find_account(service)).id == learner.id


async def test_wrong_passwords_count_as_failed_logins(service: Service, learner: Learner) -> None:
    for _ in range(10):
        await erase(learner, password=WRONG_PASSWORD)
    check_refusal(await erase(learner, password=PASSWORD), 429, "too_many_attempts")
    check_refusal(await log_in(service.client(), EMAIL), 429, "too_many_attempts")
    assert await count_rows(service, "users") == 1


async def test_the_place_in_the_league_is_free_again(service: Service, learner: Learner) -> None:
    other = await service.learner("bob@example.org")
    for one in (learner, other):
        task = await one.create_task()
        await one.post(f"/tasks/{task['id']}/complete")
    await join_leagues(service.parts)
    assert (await erase(learner, password=PASSWORD)).status_code == 204
    async with service.parts.database.engines.reading.connect() as connection:
        sizes = (await connection.execute(select(LeagueGroup.size))).scalars().all()
    assert sizes == [1]
