"""Changes of rights, and erased accounts, in the audit log."""

from pathlib import Path
from typing import Any

import pytest

from tests.api.account_steps import EMAIL, NEW_PASSWORD, WRONG_PASSWORD, client_at, log_in
from tests.auth.audit_steps import find_admin, find_entry, read_audit
from tests.auth.external_steps import run_with_issuers
from tests.support.service import PASSWORD, Service


@pytest.mark.parametrize(
    ("change", "event", "details"),
    [
        ({"role": "author"}, "role_changed", {"from": "learner", "to": "author"}),
        ({"is_superuser": True}, "superuser_granted", {}),
        ({"is_active": False}, "account_disabled", {}),
        ({"is_verified": True}, "email_verified", {}),
        ({"password": NEW_PASSWORD}, "password_changed", {}),
    ],
)
async def test_what_a_superuser_changes_is_written_down_as_theirs(
    service: Service, change: dict[str, Any], event: str, details: dict[str, Any]
) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    user_id = await service.add_user()
    for _ in range(2 if event != "password_changed" else 1):  # once more changes nothing
        answer = await root.client.patch(f"/users/{user_id}", json=change)
        assert answer.status_code == 200, answer.text

    entry = await find_entry(service, event, subject_id=user_id)
    assert entry["actor_id"] == root.id
    assert entry["details"] == details


async def test_rights_that_an_account_begins_with_are_written_down(service: Service) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    body = {"email": EMAIL, "password": PASSWORD, "role": "admin", "is_superuser": True}
    made = await root.post("/users", body)

    entries = await read_audit(service, subject_id=made["id"])
    assert [(entry["event"], entry["actor_id"]) for entry in entries] == [
        ("account_created", root.id),
        ("role_changed", root.id),
        ("superuser_granted", root.id),
    ]


async def test_a_superuser_made_by_a_command_is_written_down(service: Service) -> None:
    await service.add_user()
    user = await service.parts.administration.find_by_email(EMAIL)
    assert user is not None
    await service.parts.administration.promote(user)

    entry = await find_entry(service, "superuser_granted", subject_id=user.id)
    assert (entry["actor_id"], entry["request_id"], entry["address"]) == (None, None, None)


async def test_who_comes_from_another_issuer_is_written_down_once(
    database_url: str, tmp_path: Path
) -> None:
    async with run_with_issuers(database_url, tmp_path) as issuers:
        token = issuers.better_auth_token()
        user_id = (await issuers.get_me(token))["id"]
        await issuers.get_me(token)

        entry = await find_entry(issuers.service, "external_identity_seen")
        assert entry["subject_id"] == user_id
        assert entry["details"] == {"issuer": issuers.better_auth_url}


async def test_of_an_erased_account_the_number_alone_stays(service: Service) -> None:
    learner = await service.learner()
    async with client_at(service, "192.0.2.7") as client:
        await log_in(client, EMAIL, WRONG_PASSWORD)
        await service.settle()
    body = {"password": PASSWORD}
    assert (await learner.client.request("DELETE", "/users/me", json=body)).status_code == 204

    entries = await read_audit(service, subject_id=learner.id)
    assert {"account_created", "login_failed", "account_deleted"} <= {
        entry["event"] for entry in entries
    }
    assert {entry["address"] for entry in entries} == {None}
    assert all(entry["details"] == {} for entry in entries)


async def test_erasing_an_account_keeps_who_erased_it(service: Service) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    user_id = await service.add_user()
    assert (await root.client.delete(f"/users/{user_id}")).status_code == 204

    entry = await find_entry(service, "account_deleted")
    assert (entry["actor_id"], entry["subject_id"]) == (root.id, user_id)


async def test_an_erased_admin_is_a_number_in_what_concerns_others(service: Service) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    user_id = await service.add_user()
    await root.client.patch(f"/users/{user_id}", json={"role": "author"})
    auditor = await find_admin(service)
    assert (await auditor.client.delete(f"/users/{root.id}")).status_code == 204

    entry = await find_entry(service, "role_changed")
    assert (entry["actor_id"], entry["address"]) == (root.id, None)
    assert entry["details"] == {"from": "learner", "to": "author"}
