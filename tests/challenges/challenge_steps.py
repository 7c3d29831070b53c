"""Steps that the tests of challenges share."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select

from app.core.roles import Role
from app.db.models import ActivityRow, Challenge, ChallengeMember
from tests.api.task_steps import wake
from tests.support.clock import START
from tests.support.service import Learner, Service

CHALLENGES = "/game/challenges"
TIME_FIELDS = ("starts_at", "ends_at", "created_at")


def write_instant(instant: datetime) -> str:
    """An instant as requests and answers write it."""
    return instant.isoformat().replace("+00:00", "Z")


def draft(
    starts_in: float = 24.0, hours: float = 24.0, now: datetime = START, **fields: Any
) -> dict[str, Any]:
    """The body of a new challenge that starts so many hours from now and takes so many."""
    starts_at = now + timedelta(hours=starts_in)
    return {
        "title": "Spring sprint",
        "description": "Do three tasks.",
        "metric": "tasks_completed",
        "target": 3,
        "starts_at": write_instant(starts_at),
        "ends_at": write_instant(starts_at + timedelta(hours=hours)),
        **fields,
    }


async def make_admin(service: Service, email: str = "root@example.org") -> Learner:
    """Somebody who announces challenges for all."""
    return await service.learner(email, role=Role.ADMIN)


async def announce(who: Learner, **fields: Any) -> dict[str, Any]:
    """A new challenge; what is not said is as in ``draft``."""
    return await who.post(CHALLENGES, draft(**fields))


async def try_to_announce(who: Learner, **fields: Any) -> httpx.Response:
    """The answer to the attempt."""
    return await who.client.post(CHALLENGES, json=draft(**fields))


async def change(who: Learner, challenge_id: int, **changes: Any) -> httpx.Response:
    """Try to change a challenge."""
    return await who.client.patch(f"{CHALLENGES}/{challenge_id}", json=changes)


async def erase(who: Learner, challenge_id: int) -> httpx.Response:
    """Try to delete a challenge."""
    return await who.client.delete(f"{CHALLENGES}/{challenge_id}")


async def join(who: Learner, challenge_id: int, **headers: str) -> httpx.Response:
    """Try to join."""
    return await who.client.post(f"{CHALLENGES}/{challenge_id}/membership", headers=headers)


async def join_well(who: Learner, challenge_id: int) -> dict[str, Any]:
    """Join, which has to succeed; gives the challenge."""
    answer = await join(who, challenge_id)
    assert answer.status_code == 200, answer.text
    challenge: dict[str, Any] = answer.json()
    return challenge


async def leave(who: Learner, challenge_id: int) -> httpx.Response:
    """Try to leave."""
    return await who.client.delete(f"{CHALLENGES}/{challenge_id}/membership")


async def leave_well(who: Learner, challenge_id: int) -> None:
    """Leave, which has to succeed."""
    answer = await leave(who, challenge_id)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


async def read(who: Learner, challenge_id: int) -> dict[str, Any]:
    """The challenge as somebody sees it."""
    return await who.get(f"{CHALLENGES}/{challenge_id}")


async def list_table(who: Learner, challenge_id: int, **query: Any) -> list[tuple[Any, ...]]:
    """Rank, name and score of a page of a challenge's table."""
    page = await who.get(f"{CHALLENGES}/{challenge_id}/leaderboard", **query)
    return [(row["rank"], row["name"], row["score"]) for row in page["items"]]


async def list_closings(who: Learner) -> list[dict[str, Any]]:
    """What somebody was told of challenges that were closed, newest first."""
    page = await who.get("/game/notifications", limit=100)
    return [item["data"] for item in page["items"] if item["kind"] == "challenge_closed"]


async def wake_all(service: Service, instant: datetime, *who: Learner) -> None:
    """Move the clock; all log in again."""
    for each in who:
        await wake(service, each, instant)


async def list_members(service: Service, challenge_id: int) -> Sequence[ChallengeMember]:
    """The rows of a challenge's members, by user id."""
    statement = (
        select(ChallengeMember)
        .where(ChallengeMember.challenge_id == challenge_id)
        .order_by(ChallengeMember.user_id)
    )
    async with service.parts.database.reading() as uow:
        return (await uow._session.execute(statement)).scalars().all()


async def load(service: Service, challenge_id: int) -> Challenge:
    """The challenge's row."""
    async with service.parts.database.reading() as uow:
        found = await uow._session.get(Challenge, challenge_id)
    assert found is not None
    return found


async def list_choices(service: Service, user_id: int) -> list[tuple[str, str, Any]]:
    """Kind, source and revision of what somebody did with challenges, in order."""
    statement = (
        select(ActivityRow)
        .where(ActivityRow.user_id == user_id, ActivityRow.source_type == "challenge")
        .order_by(ActivityRow.sequence)
    )
    async with service.parts.database.reading() as uow:
        rows = (await uow._session.execute(statement)).scalars().all()
    return [(row.kind, row.source_id, row.facts.get("revision")) for row in rows]
