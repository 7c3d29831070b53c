"""Steps that the tests of authors share."""

from typing import Any

from app.core.roles import Role
from tests.support.service import Learner, Service

WEEK = {"title": "First steps", "milestone": "You can count"}
TRUE_FALSE = {"kind": "true_false", "prompt": "Is it?", "answer": True, "explanation": "It is."}


async def author(service: Service, email: str = "grace@example.org") -> Learner:
    """Somebody who writes courses."""
    return await service.learner(email, role=Role.AUTHOR)


async def write_draft(
    writer: Learner, slug: str = "python", *, weeks: int = 1, days: int = 7
) -> dict[str, Any]:
    """A draft made over the API, with so many days in each of its weeks. Gives its tree."""
    await writer.post("/courses", {"slug": slug, "title": "Python"})
    for _ in range(weeks):
        week = await writer.post(f"/courses/{slug}/weeks", WEEK)
        for day in range(1, days + 1):
            await add_day(writer, week["id"], day)
    return await writer.get(f"/courses/{slug}")


async def add_day(writer: Learner, week_id: int, day: int, **fields: Any) -> dict[str, Any]:
    """A day's task of a week."""
    body = {"day": day, "title": f"Day {day}", "minutes": 20, **fields}
    return await writer.post(f"/weeks/{week_id}/tasks", body)


async def patch(writer: Learner, path: str, **changes: Any) -> dict[str, Any]:
    """The body of a PATCH that has to succeed."""
    answer = await writer.client.patch(path, json=changes)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def delete(writer: Learner, path: str) -> None:
    """A DELETE that has to succeed."""
    answer = await writer.client.delete(path)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


async def revision_of(writer: Learner, slug: str = "python") -> int:
    """How often the course was changed."""
    revision: int = (await writer.get(f"/courses/{slug}"))["revision"]
    return revision


def list_days(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The days of all weeks of a tree."""
    return [day for week in tree["weeks"] for day in week["days"]]
