"""GET /audit: for admins, by pages, and by what is asked for."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.audit import AuditEvent
from app.core.roles import Role
from app.services.audit import write_down
from tests.support.contract import check_problem
from tests.support.service import Learner, Service

_SOMEBODY, _SOMEBODY_ELSE, _THIRD = 10**9 + 7, 10**9 + 8, 10**9 + 9


async def write(service: Service, count: int, event: AuditEvent, **columns: int) -> None:
    async with service.parts.database.writing() as transaction:
        for number in range(count):
            details = {"number": number}
            now = service.clock.now()
            await write_down(transaction.uow, event, now, details=details, **columns)
        await transaction.commit()


@pytest.fixture
async def auditor(service: Service) -> Learner:
    return await service.learner("auditor@example.org", role=Role.ADMIN)


@pytest.mark.parametrize("fields", [{"role": Role.ADMIN}, {"is_superuser": True}])
async def test_admins_and_superusers_read_it(service: Service, fields: dict[str, Any]) -> None:
    learner = await service.learner(**fields)

    assert (await learner.get("/audit"))["items"]


@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUTHOR])
async def test_others_do_not(service: Service, role: Role) -> None:
    answer = await (await service.learner(role=role)).client.get("/audit")

    assert answer.status_code == 403
    assert check_problem(answer)["code"] == "admin_required"


async def test_nobody_unknown_does(service: Service) -> None:
    assert (await service.client().get("/audit")).status_code == 401


async def test_pages_go_from_the_newest_down_and_skip_none(
    service: Service, auditor: Learner
) -> None:
    await write(service, 25, AuditEvent.CONFIG_CHANGED)
    numbers, cursor = [], None
    while True:
        query = {"limit": 10, "event": "config_changed"} | ({"cursor": cursor} if cursor else {})
        page = await auditor.get("/audit", **query)
        numbers += [entry["details"]["number"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert numbers == list(range(24, -1, -1))


async def test_filters_go_together(service: Service, auditor: Learner) -> None:
    await write(service, 1, AuditEvent.CONFIG_CHANGED, actor_id=_SOMEBODY)
    await write(service, 1, AuditEvent.EMAIL_CHANGED, actor_id=_SOMEBODY, subject_id=_SOMEBODY_ELSE)
    await write(service, 1, AuditEvent.EMAIL_CHANGED, actor_id=_THIRD, subject_id=_SOMEBODY_ELSE)

    async def count(**query: object) -> int:
        return len((await auditor.get("/audit", **query))["items"])

    assert await count(actor_id=_SOMEBODY) == 2
    assert await count(subject_id=_SOMEBODY_ELSE) == 2
    assert await count(event="email_changed") == 2
    assert await count(event="email_changed", actor_id=_SOMEBODY, subject_id=_SOMEBODY_ELSE) == 1
    assert await count(event="config_changed", subject_id=_SOMEBODY_ELSE) == 0


async def test_a_time_is_asked_for_from_its_begin_to_before_its_end(
    service: Service, auditor: Learner
) -> None:
    begin = service.clock.now()
    for _ in range(5):
        service.clock.advance(hours=2)
        await write(service, 1, AuditEvent.CONFIG_CHANGED)
    client = service.client(await service.open_session(auditor.id))

    async def count(since: timedelta, until: timedelta) -> int:
        query = {"since": begin + since, "until": begin + until}
        named = {name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in query.items()}
        answer = await client.get("/audit", params={"event": "config_changed", **named})
        return len(answer.json()["items"])

    assert await count(timedelta(hours=4), timedelta(hours=8)) == 2
    assert await count(timedelta(hours=2), timedelta(hours=11)) == 5
    assert await count(timedelta(hours=10), timedelta(hours=100)) == 1
    assert await count(timedelta(hours=11), timedelta(hours=100)) == 0


@pytest.mark.parametrize(
    "query",
    [
        {"event": "no_such_event"},
        {"actor_id": "0"},
        {"since": "yesterday"},
        {"since": "2026-03-01T00:00:00"},
        {"limit": "101"},
        {"nothing": "1"},
    ],
)
async def test_what_does_not_fit_is_refused(
    service: Service, auditor: Learner, query: dict[str, str]
) -> None:
    assert (await auditor.client.get("/audit", params=query)).status_code == 422


async def test_a_cursor_of_another_list_is_refused(service: Service, auditor: Learner) -> None:
    answer = await auditor.client.get("/audit", params={"cursor": "WyJ1c2VycyIsMV0"})

    assert check_problem(answer)["code"] == "bad_cursor"


async def test_reading_takes_two_statements(service: Service, auditor: Learner) -> None:
    await write(service, 30, AuditEvent.CONFIG_CHANGED)
    await service.settle()
    with service.statements.count() as statements:
        await auditor.get("/audit", event="config_changed", since="2020-01-01T00:00:00Z")

    ours = [text for text in statements if "background_tasks" not in text]
    assert len(ours) == 2
