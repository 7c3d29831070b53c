"""The accounts of others, for superusers."""

from typing import Any

import httpx
import pytest

from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    count_rows,
    counts,
    log_in,
    open_tokens,
    read_mails,
    refresh,
)
from tests.api.task_steps import check_refusal, iterate_pages
from tests.support.service import PASSWORD, Learner, Service

ROOT = "root@example.org"
OTHER = "other@example.org"


@pytest.fixture
async def root(service: Service) -> Learner:
    return await service.learner(ROOT, is_superuser=True, is_verified=True, role="admin")


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def patch(root: Learner, user_id: int, **changes: Any) -> httpx.Response:
    return await root.client.patch(f"/users/{user_id}", json=changes)


async def patch_well(root: Learner, user_id: int, **changes: Any) -> dict[str, Any]:
    answer = await patch(root, user_id, **changes)
    assert answer.status_code == 200, answer.text
    account: dict[str, Any] = answer.json()
    return account


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users"), ("POST", "/users"), ("GET", "/users/{id}"), ("PATCH", "/users/{id}"),
        ("DELETE", "/users/{id}"), ("GET", "/users/999999"), ("POST", "/users?x={id}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rights", [{}, {"role": "admin"}, {"role": "author", "is_verified": True}])
async def test_only_superusers_may(
    service: Service, method: str, path: str, rights: dict[str, Any]
) -> None:
    learner = await service.learner(**rights)
    answer = await learner.client.request(
        method, path.format(id=learner.id), json={"email": OTHER}, headers={"Idempotency-Key": "k"}
    )
    check_refusal(answer, 403, "superuser_required")
    assert await count_rows(service, "users") == 1
    assert await count_rows(service, "idempotency_keys") == 0


async def test_it_takes_a_token(service: Service) -> None:
    check_refusal(await service.client().get("/users"), 401, "invalid_token")


async def test_all_accounts_are_listed_in_pages(service: Service, root: Learner) -> None:
    for number in range(4):
        await service.add_user(f"n{number}@example.org")
    pages = [page async for page in iterate_pages(root, "/users", limit=2)]
    emails = [account["email"] for page in pages for account in page]
    assert emails == [ROOT, *(f"n{number}@example.org" for number in range(4))]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert "hashed_password" not in pages[0][0]


@pytest.mark.parametrize("cursor", ["x", "\U0001f9d9", "WyJzZXNzaW9ucyIsIDFd"])
async def test_a_cursor_of_another_list_is_refused(root: Learner, cursor: str) -> None:
    answer = await root.client.get("/users", params={"cursor": cursor})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == "bad_cursor"


async def test_an_account_is_shown(root: Learner, learner: Learner) -> None:
    assert (await root.get(f"/users/{learner.id}"))["email"] == EMAIL


@pytest.mark.parametrize("user_id", ["0", "-1", "1_0", "x", "\u0661", str(2**63), "9" * 40])
async def test_what_is_no_id_is_refused(root: Learner, user_id: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = await root.client.request(method, f"/users/{user_id}", json={})
        check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("user_id", [999_999, 2**63 - 1])
async def test_who_is_not_there_is_not_found(root: Learner, method: str, user_id: int) -> None:
    answer = await root.client.request(method, f"/users/{user_id}", json={})
    check_refusal(answer, 404, "user_not_found")


async def test_a_disabled_account_is_out_at_once(
    service: Service, root: Learner, learner: Learner
) -> None:
    tokens = await open_tokens(service)
    assert (await patch_well(root, learner.id, is_active=False))["is_active"] is False
    assert not await counts(service, tokens["access_token"])
    assert (await refresh(service, tokens["refresh_token"])).status_code == 401
    check_refusal(await log_in(service.client()), 400, "LOGIN_BAD_CREDENTIALS")
    await patch_well(root, learner.id, is_active=True)
    assert not await counts(service, tokens["access_token"])
    await open_tokens(service)


async def test_enabling_who_is_enabled_ends_no_session(root: Learner, learner: Learner) -> None:
    await patch_well(root, learner.id, is_active=True, display_name="Ada")
    assert (await learner.get("/users/me"))["display_name"] == "Ada"


async def test_a_role_and_rights_count_from_the_next_request_on(
    root: Learner, learner: Learner
) -> None:
    await patch_well(root, learner.id, role="admin", is_superuser=True)
    assert (await learner.get("/users/me"))["role"] == "admin"
    assert (await learner.client.get("/users")).status_code == 200
    await patch_well(root, learner.id, is_superuser=False)
    check_refusal(await learner.client.get("/users"), 403, "superuser_required")


async def test_a_new_password_from_above_ends_all_sessions(
    service: Service, root: Learner, learner: Learner
) -> None:
    await patch_well(root, learner.id, password=NEW_PASSWORD)
    check_refusal(await learner.client.get("/users/me"), 401, "invalid_token")
    await open_tokens(service, password=NEW_PASSWORD)
    assert len(await read_mails(service, "Your password was changed", EMAIL)) == 1


async def test_a_new_address_from_above_is_to_be_verified(
    service: Service, root: Learner, learner: Learner
) -> None:
    await patch_well(root, learner.id, is_verified=True)
    account = await patch_well(root, learner.id, email=OTHER)
    assert (account["email"], account["is_verified"]) == (OTHER, False)
    assert len(await read_mails(service, "Confirm", OTHER)) == 1
    assert (await learner.get("/users/me"))["email"] == OTHER


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"email": ROOT.upper()}, 400, "UPDATE_USER_EMAIL_ALREADY_EXISTS"),
        ({"password": "short"}, 400, "UPDATE_USER_INVALID_PASSWORD"),
        ({"email": None}, 422, "validation_error"),
        ({"role": None}, 422, "validation_error"),
        ({"is_superuser": "yes"}, 422, "validation_error"),
        ({"current_password": PASSWORD}, 422, "validation_error"),
    ],
)
async def test_what_can_not_be_changed_is_refused(
    root: Learner, learner: Learner, changes: dict[str, Any], status: int, code: str
) -> None:
    before = await root.get(f"/users/{learner.id}")
    check_refusal(await patch(root, learner.id, **changes, display_name="x"), status, code)
    assert await root.get(f"/users/{learner.id}") == before


@pytest.mark.parametrize(
    "changes",
    [
        {"is_active": False}, {"is_superuser": False}, {"email": OTHER}, {"password": NEW_PASSWORD},
        {"display_name": "x", "is_superuser": False},
    ],
)  # fmt: skip
async def test_nobody_locks_themselves_out_or_goes_round_their_password(
    root: Learner, changes: dict[str, Any]
) -> None:
    before = await root.get("/users/me")
    check_refusal(await patch(root, root.id, **changes), 409, "own_account")
    assert await root.get("/users/me") == before


async def test_harmless_changes_of_ones_own_account_are_allowed(root: Learner) -> None:
    account = await patch_well(root, root.id, display_name="Root", is_superuser=True, role="author")
    assert (account["display_name"], account["role"]) == ("Root", "author")


async def test_an_account_is_erased(service: Service, root: Learner, learner: Learner) -> None:
    await learner.create_task()
    answer = await root.client.delete(f"/users/{learner.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    check_refusal(await learner.client.get("/users/me"), 401, "invalid_token")
    assert (await count_rows(service, "users"), await count_rows(service, "tasks")) == (1, 0)


async def test_nobody_erases_themselves_from_above(service: Service, root: Learner) -> None:
    check_refusal(await root.client.delete(f"/users/{root.id}"), 409, "own_account")
    assert await count_rows(service, "users") == 1
