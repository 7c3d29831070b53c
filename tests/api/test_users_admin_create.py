"""Accounts that superusers make."""

from typing import Any

import pytest

from tests.api.account_steps import count_rows, open_tokens, read_mails, token_in, verify
from tests.api.task_steps import check_refusal
from tests.support.service import PASSWORD, Learner, Service

ROOT = "root@example.org"
OTHER = "other@example.org"


@pytest.fixture
async def root(service: Service) -> Learner:
    return await service.learner(ROOT, is_superuser=True, is_verified=True, role="admin")


async def test_an_account_is_made_with_rights(service: Service, root: Learner) -> None:
    rights = {"role": "author", "is_verified": True, "is_superuser": True, "is_active": True}
    body = {"email": OTHER.upper(), "password": PASSWORD, "display_name": "Eve", **rights}
    account = await root.post("/users", body)
    assert account["email"] == OTHER
    assert {name: account[name] for name in rights} == rights
    client = service.client((await open_tokens(service, OTHER))["access_token"])
    assert (await client.get("/game/profile")).json()["level"] == 1
    assert (await client.get("/users")).status_code == 200


async def test_who_is_made_gets_a_mail_to_verify_the_address(
    service: Service, root: Learner
) -> None:
    await root.post("/users", {"email": OTHER, "password": PASSWORD})
    [mail] = await read_mails(service, to=OTHER)
    assert (await verify(service, token_in(mail))).status_code == 200


@pytest.mark.parametrize("rights", [{"is_verified": True}, {"is_active": False}])
async def test_who_has_nothing_to_verify_gets_no_mail(
    service: Service, root: Learner, rights: dict[str, bool]
) -> None:
    await root.post("/users", {"email": OTHER, "password": PASSWORD, **rights})
    assert await read_mails(service) == []


async def test_a_retry_with_the_key_gets_the_answer_of_the_first(
    service: Service, root: Learner
) -> None:
    body = {"email": OTHER, "password": PASSWORD}
    key = {"Idempotency-Key": "a key"}
    first = await root.client.post("/users", json=body, headers=key)
    again = await root.client.post("/users", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await count_rows(service, "users") == 2
    assert len(await read_mails(service, to=OTHER)) == 1


async def test_a_key_is_for_one_body(service: Service, root: Learner) -> None:
    body = {"email": OTHER, "password": PASSWORD}
    await root.post("/users", body, **{"Idempotency-Key": "a key"})
    other = {**body, "email": "third@example.org"}
    answer = await root.client.post("/users", json=other, headers={"Idempotency-Key": "a key"})
    check_refusal(answer, 422, "idempotency_key_reused")
    assert await count_rows(service, "users") == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": ROOT.upper()}, 400, "REGISTER_USER_ALREADY_EXISTS"),
        ({"password": "short"}, 400, "REGISTER_INVALID_PASSWORD"),
        ({"role": "emperor"}, 422, "validation_error"),
        ({"is_superuser": 1}, 422, "validation_error"),
        ({"is_active": None}, 422, "validation_error"),
        ({"id": 7}, 422, "validation_error"),
        ({"hashed_password": "x"}, 422, "validation_error"),
    ],
)
async def test_what_can_not_be_made_is_refused(
    service: Service, root: Learner, body: dict[str, Any], status: int, code: str
) -> None:
    given = {"email": OTHER, "password": PASSWORD, **body}
    check_refusal(await root.client.post("/users", json=given), status, code)
    assert await count_rows(service, "users") == 1
    assert await read_mails(service) == []


async def test_a_superuser_no_more_gets_no_kept_answer(service: Service, root: Learner) -> None:
    body = {"email": OTHER, "password": PASSWORD}
    await root.post("/users", body, **{"Idempotency-Key": "a key"})
    user = await service.parts.manager.user_db.get(root.id)
    assert user is not None
    await service.parts.manager.user_db.update(user, {"is_superuser": False})
    answer = await root.client.post("/users", json=body, headers={"Idempotency-Key": "a key"})
    check_refusal(answer, 403, "superuser_required")
