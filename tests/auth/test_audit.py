"""What is written down, by whom, about whom; and that it stands or falls with what it is about."""

import httpx
import pytest

from app.auth.errors import AccountChangedError
from app.core.roles import Role
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    client_at,
    log_in,
    open_tokens,
    read_mails,
    refresh,
    refresh_well,
    register,
    reset_password,
    token_in,
    verify,
)
from tests.api.definition_steps import BADGE, admin
from tests.auth.audit_steps import find_entry, list_events, read_audit
from tests.support.service import PASSWORD, Service


async def test_the_life_of_an_account(service: Service) -> None:
    await register(service.client())
    await verify(service, token_in((await read_mails(service))[0]))
    await open_tokens(service)
    await reset_password(service, await ask_for_reset(service), NEW_PASSWORD)
    second = await open_tokens(service, EMAIL, NEW_PASSWORD)
    client = service.client(second["access_token"])
    change = {"password": PASSWORD, "current_password": NEW_PASSWORD}
    assert (await client.patch("/users/me", json=change)).status_code == 200
    await open_tokens(service)
    assert (await client.delete("/users/me/sessions")).status_code == 204
    assert (await client.post("/auth/logout")).status_code == 204

    assert await list_events(service) == [
        "account_created",
        "email_verified",
        "login_succeeded",
        "password_reset_asked",
        "password_reset",
        "login_succeeded",
        "password_changed",
        "login_succeeded",
        "other_sessions_ended",
        "session_ended",
    ]


async def test_an_entry_tells_who_whom_whence_when_and_by_which_request(service: Service) -> None:
    user_id = await service.add_user()
    async with client_at(service, "192.0.2.7") as client:
        answer = await log_in(client)

    entry = await find_entry(service, "login_succeeded")
    assert entry["actor_id"] == entry["subject_id"] == user_id
    assert entry["address"] == "192.0.2.7"
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["at"].startswith(service.clock.now().isoformat()[:19])
    assert entry["details"] == {}


async def test_what_no_request_did_has_none(service: Service) -> None:
    await service.add_user()

    entry = await find_entry(service, "account_created")
    assert (entry["request_id"], entry["address"], entry["actor_id"]) == (None, None, None)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
async def test_a_failed_login_is_written_down_whether_the_account_exists(
    service: Service, email: str
) -> None:
    user_id = await service.add_user()
    answer = await log_in(service.client(), email, WRONG_PASSWORD)

    entry = await find_entry(service, "login_failed")
    assert entry["subject_id"] == (user_id if email == EMAIL else None)
    assert entry["actor_id"] is None
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["details"] == {"email": f"{email[0]}***@example.org", "attempts": 1}


async def test_who_has_to_wait_is_written_down(service: Service) -> None:
    await service.add_user()
    for _ in range(11):
        await log_in(service.client(), EMAIL, WRONG_PASSWORD)

    assert (await find_entry(service, "login_throttled"))["details"]["attempts"] == 1


async def test_a_wrong_current_password_is_written_down(service: Service) -> None:
    learner = await service.learner()
    change = {"password": NEW_PASSWORD, "current_password": WRONG_PASSWORD}
    assert (await learner.client.patch("/users/me", json=change)).status_code == 403

    entry = await find_entry(service, "password_refused")
    assert entry["subject_id"] == entry["actor_id"] == learner.id
    assert "password_changed" not in await list_events(service)


async def test_a_replay_is_written_down_once(service: Service) -> None:
    user_id = await service.add_user()
    first = await open_tokens(service)
    second = await refresh_well(service, first["refresh_token"])
    await refresh_well(service, second["refresh_token"])
    for _ in range(3):
        assert (await refresh(service, first["refresh_token"])).status_code == 401

    entry = await find_entry(service, "refresh_replayed")
    assert entry["subject_id"] == user_id
    assert entry["actor_id"] is None


async def test_an_address_is_masked(service: Service) -> None:
    learner = await service.learner()
    change = {"email": "new@example.net", "current_password": PASSWORD}
    assert (await learner.client.patch("/users/me", json=change)).status_code == 200

    entry = await find_entry(service, "email_changed")
    assert entry["details"] == {"from": "a***@example.org", "to": "n***@example.net"}


async def test_a_change_that_is_taken_back_leaves_no_entry(service: Service) -> None:
    await service.add_user()
    store = service.parts.manager.user_db
    user = await store.get_by_email(EMAIL)
    assert user is not None
    await store.update(user, {"hashed_password": "another"})
    stale = await store.get_by_email(EMAIL)
    assert stale is not None
    stale.hashed_password = user.hashed_password
    with pytest.raises(AccountChangedError):
        await store.update(stale, {"email": "new@example.org", "role": Role.ADMIN})

    assert await list_events(service) == ["account_created", "password_reset"]


async def test_a_refusal_at_an_admins_door_is_written_down(service: Service) -> None:
    learner = await service.learner()
    for path in ("/users", "/audit", "/game/admin/quests"):
        assert (await learner.client.get(path)).status_code == 403

    entries = await read_audit(service, event="access_refused")
    assert [(entry["subject_id"], entry["details"]) for entry in entries] == [
        (
            learner.id,
            {"code": "superuser_required", "route": "/api/v1/users", "attempts": 1},
        ),
        (learner.id, {"code": "admin_required", "route": "/api/v1/audit", "attempts": 2}),
    ]


async def test_nobody_unknown_writes_anything_by_knocking(service: Service) -> None:
    for token in (None, "none", "a.b.c"):
        client: httpx.AsyncClient = service.client(token)
        assert (await client.get("/users")).status_code == 401

    assert await list_events(service) == []


async def test_changed_definitions_are_written_down(service: Service) -> None:
    somebody = await admin(service)
    await somebody.post("/game/badges", BADGE)
    path = f"/game/badges/{BADGE['key']}"
    assert (await somebody.client.patch(path, json={"target": 12})).status_code == 200
    assert (await somebody.client.delete(path)).status_code == 204

    entries = [
        entry for entry in await read_audit(service) if entry["event"].startswith("definition")
    ]
    told = [(entry["event"], entry["actor_id"], entry["details"]["revision"]) for entry in entries]
    assert told == [
        ("definition_changed", somebody.id, 1),
        ("definition_retired", somebody.id, 1),
        ("definition_changed", somebody.id, 2),
        ("definition_retired", somebody.id, 2),
    ]
    assert entries[0]["details"] == {"kind": "badges", "key": BADGE["key"], "revision": 1}


async def test_no_entry_holds_a_secret(service: Service) -> None:
    await register(service.client())
    verification = token_in((await read_mails(service))[0])
    await verify(service, verification)
    await log_in(service.client(), EMAIL, WRONG_PASSWORD)
    await log_in(service.client(), "somebody.else@example.org", WRONG_PASSWORD)
    tokens = await open_tokens(service)
    reset = await ask_for_reset(service)
    await reset_password(service, reset, NEW_PASSWORD)

    written = str(await read_audit(service))
    secrets = [PASSWORD, NEW_PASSWORD, WRONG_PASSWORD, verification, reset, *tokens.values()]
    for secret in [*map(str, secrets), EMAIL, "somebody.else", "$argon2"]:
        if secret not in ("bearer", "600"):
            assert secret not in written
