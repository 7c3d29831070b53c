"""GET and PATCH /config/settings: who may, what fits, and what becomes of it."""

import asyncio
from typing import Any

import pytest

from app.core.live_settings import BOUNDS, MAX_NOTICE, SETTING_NAMES
from app.core.roles import Role
from app.schemas.system import ConfigSettingsUpdate, LiveSettingsRead
from tests.api.config_steps import PATH, admin, change, read_config, send
from tests.support.contract import check_problem
from tests.support.service import Service

DEFAULTS = {
    "registration_open": True,
    "external_registration_open": True,
    "notice": None,
    "user_requests_per_minute": 600,
    "address_requests_per_minute": 3000,
    "logins_per_quarter_hour": 300,
    "registrations_per_hour": 100,
    "mails_per_hour": 60,
}
FITTING: dict[str, Any] = {
    "registration_open": False,
    "external_registration_open": False,
    "notice": "Back at 18:00 UTC.",
    **{name: bounds.most for name, bounds in BOUNDS.items()},
}


def test_the_bodies_have_all_settings() -> None:
    assert LiveSettingsRead.model_fields.keys() == SETTING_NAMES
    assert ConfigSettingsUpdate.model_fields.keys() == SETTING_NAMES | {"revision"}
    assert DEFAULTS.keys() == FITTING.keys() == SETTING_NAMES


@pytest.mark.parametrize("role", [Role.LEARNER, Role.AUTHOR])
async def test_who_is_no_admin_neither_sees_nor_changes_them(service: Service, role: Role) -> None:
    somebody = await service.learner(role=role)

    answers = [await somebody.client.get(PATH), await send(somebody, 0, registration_open=False)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert {check_problem(answer)["code"] for answer in answers} == {"admin_required"}
    assert (await read_config(service))["features"]["registration"] is True


async def test_at_first_all_have_their_defaults(service: Service) -> None:
    root = await admin(service)

    assert await root.get(PATH) == {
        "revision": 0,
        "settings": DEFAULTS,
        "defaults": DEFAULTS,
        "changed": [],
    }


@pytest.mark.parametrize("name", sorted(SETTING_NAMES))
async def test_each_setting_changes_and_goes_back(service: Service, name: str) -> None:
    root = await admin(service)

    changed = await change(root, **{name: FITTING[name]})
    assert changed["revision"] == 1
    assert changed["settings"] == {**DEFAULTS, name: FITTING[name]}
    assert changed["changed"] == [
        {"name": name, "updated_at": "2026-03-02T12:00:00Z", "updated_by": root.id}
    ]
    assert await root.get(PATH) == changed

    back = await change(root, **{name: None})
    assert (back["revision"], back["settings"], back["changed"]) == (2, DEFAULTS, [])


async def test_several_change_at_once_and_the_others_stay(service: Service) -> None:
    root = await admin(service)
    await change(root, notice="Soon.", mails_per_hour=7)

    changed = await change(root, notice=None, registration_open=False)

    assert changed["settings"] == {**DEFAULTS, "mails_per_hour": 7, "registration_open": False}
    assert [row["name"] for row in changed["changed"]] == ["mails_per_hour", "registration_open"]


async def test_the_default_itself_is_not_kept(service: Service) -> None:
    """So that a later version's other default holds."""
    root = await admin(service)
    await change(root, mails_per_hour=7)

    assert (await change(root, mails_per_hour=60))["changed"] == []


async def test_a_change_that_is_none_changes_nothing(service: Service) -> None:
    root = await admin(service)
    before = await change(root, mails_per_hour=7)

    for none in ({}, {"mails_per_hour": 7}, {"notice": None}, {"registration_open": True}):
        assert await change(root, **none) == before


@pytest.mark.parametrize("revision", [0, 2, 2**63 - 1])
async def test_a_change_of_another_revision_is_refused(service: Service, revision: int) -> None:
    root = await admin(service)
    before = await change(root, mails_per_hour=7)

    answer = await send(root, revision, mails_per_hour=8)

    assert (answer.status_code, check_problem(answer)["code"]) == (409, "settings_changed")
    assert await root.get(PATH) == before


async def test_of_changes_at_once_one_wins(service: Service) -> None:
    root = await admin(service)

    answers = await asyncio.gather(*(send(root, 0, mails_per_hour=n) for n in range(1, 9)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    (won,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert won["revision"] == 1
    assert await root.get(PATH) == won


@pytest.mark.parametrize(
    "wrong",
    [
        {"no_such": 1},
        {"registration_open": 1},
        {"registration_open": "false"},
        {"notice": ""},
        {"notice": " "},
        {"notice": "two\nlines"},
        {"notice": "a\x00b"},
        {"notice": "x" * (MAX_NOTICE + 1)},
        {"notice": 5},
        {"mails_per_hour": 1.5},
        {"mails_per_hour": "7"},
        {"mails_per_hour": True},
        *({name: bounds.least - 1} for name, bounds in BOUNDS.items()),
        *({name: bounds.most + 1} for name, bounds in BOUNDS.items()),
        {"revision": None},
        {"revision": -1},
        {"revision": "0"},
    ],
    ids=repr,
)
async def test_what_does_not_fit_is_refused_with_all_beside_it(
    service: Service, wrong: dict[str, Any]
) -> None:
    root = await admin(service)

    body = {"revision": 0, "registrations_per_hour": 5, **wrong}
    answer = await root.client.patch(PATH, json=body)

    assert (answer.status_code, check_problem(answer)["code"]) == (422, "validation_error")
    assert (await root.get(PATH))["revision"] == 0


async def test_a_change_needs_its_revision(service: Service) -> None:
    root = await admin(service)

    answer = await root.client.patch(PATH, json={"mails_per_hour": 7})

    assert answer.status_code == 422


async def test_changes_are_written_down(service: Service) -> None:
    root = await admin(service)
    await change(root, mails_per_hour=7, notice="Soon.")
    await change(root, mails_per_hour=None)
    await change(root, mails_per_hour=None)
    await send(root, 0, mails_per_hour=9)

    page = await root.get("/audit", event="config_changed")

    assert [(entry["actor_id"], entry["details"]) for entry in page["items"]] == [
        (root.id, {"mails_per_hour": [7, 60]}),
        (root.id, {"mails_per_hour": [60, 7], "notice": [None, "Soon."]}),
    ]


async def test_what_nobody_could_have_set_counts_as_not_set(service: Service) -> None:
    """A later version's settings, or numbers that another one allowed."""
    root = await admin(service)
    stored = {"mails_per_hour": 0, "notice": 5, "registration_open": "no", "of_tomorrow": 1}
    async with service.parts.database.writing() as transaction:
        await transaction.uow.app_settings.put(stored, service.clock.now(), root.id)
        await transaction.commit()

    changed = await change(root, logins_per_quarter_hour=10)

    assert changed["settings"] == {**DEFAULTS, "logins_per_quarter_hour": 10}
