"""One's own account."""

from typing import Any

import httpx
import pytest

from app.auth.errors import AccountChangedError
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    counts,
    find_account,
    log_in,
    open_tokens,
    read_mails,
    refresh,
    token_in,
    verify,
)
from tests.api.task_steps import check_refusal
from tests.support.hash_spy import watch_hashes
from tests.support.service import PASSWORD, Learner, Service

NEW_EMAIL = "countess@example.net"
WHOLE = {"email": EMAIL, "display_name": "", "timezone": "UTC", "day_starts_at": 0}


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def patch(learner: Learner, **changes: Any) -> httpx.Response:
    return await learner.client.patch("/users/me", json=changes)


async def patch_well(learner: Learner, **changes: Any) -> dict[str, Any]:
    answer = await patch(learner, **changes)
    assert answer.status_code == 200, answer.text
    account: dict[str, Any] = answer.json()
    return account


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_it_takes_a_token(service: Service, method: str) -> None:
    answer = await service.client().request(method, "/users/me", json={})
    check_refusal(answer, 401, "invalid_token")


async def test_an_account_is_shown_without_secrets(learner: Learner) -> None:
    account = await learner.get("/users/me")
    assert (account["id"], account["email"], account["role"]) == (learner.id, EMAIL, "learner")
    assert not {"password", "hashed_password"} & set(account)


async def test_a_patch_changes_what_is_sent(service: Service, learner: Learner) -> None:
    before = await learner.get("/users/me")
    service.clock.advance(minutes=1)
    changes = {"display_name": "Ada", "timezone": "Asia/Tokyo", "day_starts_at": 4}
    after = await patch_well(learner, **changes)
    assert after == {**before, **changes, "updated_at": "2026-03-02T12:01:00Z"}
    assert await learner.get("/users/me") == after


async def test_a_put_sets_the_whole(learner: Learner) -> None:
    await patch_well(learner, display_name="Ada", timezone="Asia/Tokyo", day_starts_at=4)
    answer = await learner.client.put("/users/me", json=WHOLE)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in WHOLE} == WHOLE


@pytest.mark.parametrize("missing", sorted(WHOLE))
async def test_a_put_needs_the_whole(learner: Learner, missing: str) -> None:
    body = {name: value for name, value in WHOLE.items() if name != missing}
    check_refusal(await learner.client.put("/users/me", json=body), 422, "validation_error")


async def test_a_new_zone_moves_todays_date_at_once(learner: Learner) -> None:
    await patch_well(learner, timezone="Pacific/Kiritimati")
    assert (await learner.get("/game/profile"))["today"] == "2026-03-03"


@pytest.mark.parametrize(
    "changes",
    [
        {"email": None}, {"password": None}, {"timezone": None}, {"display_name": None},
        {"is_superuser": True}, {"is_verified": True}, {"is_active": False}, {"role": "admin"},
        {"id": 1}, {"hashed_password": "x"}, {"kept_session": None}, {"xp": 1},
        {"timezone": "Mars/Olympus"}, {"day_starts_at": 24}, {"email": "a\uff20b@example.org"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_can_not_be_set_is_refused(
    service: Service, learner: Learner, method: str, changes: dict[str, Any]
) -> None:
    before = await learner.get("/users/me")
    whole = WHOLE if method == "PUT" else {}
    body = {**whole, "current_password": PASSWORD, **changes}
    answer = await learner.client.request(method, "/users/me", json=body)
    check_refusal(answer, 422, "validation_error")
    assert await learner.get("/users/me") == before


SECURE_CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("PATCH", {"email": NEW_EMAIL}),
    ("PATCH", {"password": NEW_PASSWORD}),
    ("PUT", {**WHOLE, "email": NEW_EMAIL}),
]


@pytest.mark.parametrize(("method", "body"), SECURE_CHANGES)
@pytest.mark.parametrize("proof", [{}, {"current_password": WRONG_PASSWORD}])
async def test_address_and_password_need_the_current_password(
    service: Service, learner: Learner, method: str, body: dict[str, Any], proof: dict[str, str]
) -> None:
    answer = await learner.client.request(method, "/users/me", json={**body, **proof})
    check_refusal(answer, 403, "current_password_required")
    await open_tokens(service)
    assert await read_mails(service) == []


async def test_wrong_current_passwords_count_as_failed_logins(
    service: Service, learner: Learner
) -> None:
    for _ in range(10):
        answer = await patch(learner, password=NEW_PASSWORD, current_password=WRONG_PASSWORD)
        check_refusal(answer, 403, "current_password_required")
    waiting = await patch(learner, password=NEW_PASSWORD, current_password=PASSWORD)
    check_refusal(waiting, 429, "too_many_attempts")
    check_refusal(await log_in(service.client()), 429, "too_many_attempts")


async def test_a_missing_current_password_is_no_failure(
    service: Service, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = watch_hashes(service, monkeypatch)
    for _ in range(11):
        check_refusal(await patch(learner, email=NEW_EMAIL), 403, "current_password_required")
    assert hashes.calls == 0


async def test_the_same_address_in_another_spelling_is_no_change(
    service: Service, learner: Learner
) -> None:
    account = await patch_well(learner, email="ADA@Example.org", display_name="Ada")
    assert (account["email"], account["display_name"]) == (EMAIL, "Ada")
    assert await read_mails(service) == []


async def test_a_new_password_ends_all_sessions_but_this_one(
    service: Service, learner: Learner
) -> None:
    here, there = await open_tokens(service), await open_tokens(service)
    change = {"password": NEW_PASSWORD, "current_password": PASSWORD}
    answer = await service.client(here["access_token"]).patch("/users/me", json=change)
    assert answer.status_code == 200
    assert not await counts(service, there["access_token"])
    ended = await refresh(service, there["refresh_token"])
    check_refusal(ended, 401, "invalid_refresh_token")
    assert await counts(service, here["access_token"])
    assert (await refresh(service, here["refresh_token"])).status_code == 200


async def test_a_new_password_replaces_the_old_one_and_is_told(
    service: Service, learner: Learner
) -> None:
    await patch_well(learner, password=NEW_PASSWORD, current_password=PASSWORD)
    assert (await log_in(service.client())).status_code == 400
    await open_tokens(service, password=NEW_PASSWORD)
    assert [mail.to for mail in await read_mails(service)] == [EMAIL]
    assert len(await read_mails(service, "Your password was changed")) == 1


@pytest.mark.parametrize("password", ["short", "x" * 129, "1234567890", EMAIL, NEW_EMAIL])
async def test_a_new_password_has_to_be_a_good_one(learner: Learner, password: str) -> None:
    changes = {"password": password, "current_password": PASSWORD}
    if password == NEW_EMAIL:
        changes["email"] = NEW_EMAIL
    refusal = check_refusal(await patch(learner, **changes), 400, "UPDATE_USER_INVALID_PASSWORD")
    assert refusal["detail"]["code"] == "UPDATE_USER_INVALID_PASSWORD"
    assert refusal["detail"]["reason"]


async def test_a_new_address_is_to_be_verified_anew(service: Service) -> None:
    learner = await service.learner(is_verified=True)
    account = await patch_well(learner, email=NEW_EMAIL.upper(), current_password=PASSWORD)
    assert (account["email"], account["is_verified"]) == (NEW_EMAIL, False)
    [mail] = await read_mails(service, to=NEW_EMAIL)
    assert (await verify(service, token_in(mail))).json()["is_verified"] is True


async def test_the_old_address_is_told_of_the_new_one(service: Service, learner: Learner) -> None:
    await patch_well(learner, email=NEW_EMAIL, current_password=PASSWORD)
    [mail] = await read_mails(service, to=EMAIL)
    assert mail.subject.startswith("Your email address was changed")
    assert (NEW_EMAIL in mail.text, "#token=" in mail.text) == (False, False)


async def test_one_logs_in_with_the_new_address_only(service: Service, learner: Learner) -> None:
    await patch_well(learner, email=NEW_EMAIL, current_password=PASSWORD)
    assert (await log_in(service.client())).status_code == 400
    await open_tokens(service, NEW_EMAIL)


async def test_a_taken_address_is_refused_and_nothing_changes(
    service: Service, learner: Learner
) -> None:
    await service.add_user(NEW_EMAIL)
    changes = {"email": NEW_EMAIL.upper(), "display_name": "Eve", "current_password": PASSWORD}
    refusal = check_refusal(
        await patch(learner, **changes), 400, "UPDATE_USER_EMAIL_ALREADY_EXISTS"
    )
    assert refusal["detail"] == "UPDATE_USER_EMAIL_ALREADY_EXISTS"
    assert (await learner.get("/users/me"))["display_name"] == ""
    assert await read_mails(service) == []


async def test_nobody_is_flooded_with_mails_by_changing_addresses(
    service: Service, learner: Learner
) -> None:
    for number in range(5):
        email = f"victim{number}@example.org"
        await patch_well(learner, email=email, current_password=PASSWORD)
    refusal = await patch(learner, email="victim5@example.org", current_password=PASSWORD)
    check_refusal(refusal, 429, "too_many_attempts")
    assert refusal.headers["Retry-After"] == "3600"
    assert await read_mails(service, to="victim5@example.org") == []


async def test_an_update_on_what_has_changed_meanwhile_is_refused(
    service: Service, learner: Learner
) -> None:
    # The thief has proved the old password; the owner's reset comes in between.
    manager = service.parts.manager
    read = await find_account(service)
    await manager.change(await find_account(service), {"password": NEW_PASSWORD})
    for changes in ({"email": NEW_EMAIL}, {"password": "the password of the thief"}):
        with pytest.raises(AccountChangedError):
            await manager.change(read, changes)
    with pytest.raises(AccountChangedError):
        await manager.delete(read)
    await open_tokens(service, password=NEW_PASSWORD)
