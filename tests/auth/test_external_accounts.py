"""What users of other issuers do with their accounts here, who have neither password nor session."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.auth.errors import InvalidTokenError
from tests.api.account_steps import count_rows
from tests.api.task_steps import check_refusal
from tests.auth.external_steps import Issuers, run_with_issuers
from tests.support.clock import START
from tests.support.issuers import SUBJECT, UUID_SUBJECT, better_auth_claims, without
from tests.support.service import PASSWORD
from tests.support.streams import follow, listen_on_http, tell

NEW_PASSWORD = "a staple of horses"


@pytest.fixture(scope="module")
async def shared_issuers(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Issuers]:
    async with run_with_issuers(database_url, tmp_path_factory.mktemp("data")) as issuers:
        yield issuers


@pytest.fixture
async def issuers(shared_issuers: Issuers) -> AsyncIterator[Issuers]:
    """The running service; what the test commits is deleted afterwards."""
    yield shared_issuers
    await shared_issuers.service.reset()


@pytest.fixture
async def client(issuers: Issuers) -> httpx.AsyncClient:
    """Of a user of Better Auth, who is known already."""
    client = issuers.service.client(issuers.better_auth_token())
    assert (await client.get("/users/me")).status_code == 200
    return client


async def erase(client: httpx.AsyncClient, body: Any = None) -> httpx.Response:
    return await client.request("DELETE", "/users/me", json=body)


async def test_a_path_may_name_the_subject(issuers: Issuers, client: httpx.AsyncClient) -> None:
    task = (await client.post(f"/{SUBJECT}/tasks", json={"title": "Mine"})).json()

    own_id = (await client.get("/users/me")).json()["id"]
    for name in (SUBJECT, str(own_id)):
        assert (await client.get(f"/{name}/tasks/{task['id']}")).json()["title"] == "Mine"
    done = await client.patch(f"/{SUBJECT}/tasks/{task['id']}/complete")
    assert done.json()["outcome"]["xp"] > 0


async def test_a_path_may_name_a_uuid(issuers: Issuers) -> None:
    client = issuers.service.client(issuers.supabase_token())

    assert (await client.get(f"/{UUID_SUBJECT}/tasks")).status_code == 200
    check_refusal(await client.get(f"/{UUID_SUBJECT.upper()}/tasks"), 403, "forbidden")


async def test_a_path_names_nobody_else(issuers: Issuers, client: httpx.AsyncClient) -> None:
    other = issuers.service.client(issuers.supabase_token())
    other_id = (await other.get("/users/me")).json()["id"]
    local = await issuers.service.learner("eve@example.org")

    for name in (UUID_SUBJECT, other_id, local.id, "nobody", SUBJECT.lower(), SUBJECT[:-1]):
        check_refusal(await client.get(f"/{name}/tasks"), 403, "forbidden")
    check_refusal(await local.client.get(f"/{SUBJECT}/tasks"), 403, "forbidden")


async def test_a_subject_that_is_somebodys_number_opens_nothing(issuers: Issuers) -> None:
    victim = await issuers.service.learner("eve@example.org")
    await victim.create_task(title="Secret")
    client = issuers.service.client(issuers.shared_token(str(victim.id)))

    answer = await client.get(f"/{victim.id}/tasks")

    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_a_subject_that_is_a_word_of_ours_stays_that(issuers: Issuers) -> None:
    client = issuers.service.client(issuers.shared_token("users"))

    assert (await client.get("/users/tasks")).status_code in {403, 404, 422}
    assert (await client.get("/tasks")).json()["items"] == []


async def test_there_is_no_session_to_end(issuers: Issuers, client: httpx.AsyncClient) -> None:
    check_refusal(await client.post("/auth/logout"), 403, "no_session")
    assert (await client.get("/users/me/sessions")).json()["items"] == []
    assert (await client.delete("/users/me/sessions")).status_code == 204
    assert (await client.get("/users/me")).status_code == 200


async def test_the_account_is_theirs_to_change(client: httpx.AsyncClient) -> None:
    changes = {"display_name": "Countess", "timezone": "Europe/London"}

    account = (await client.patch("/users/me", json=changes)).json()

    assert (account["display_name"], account["timezone"]) == ("Countess", "Europe/London")


@pytest.mark.parametrize(
    "changes",
    [
        {"password": NEW_PASSWORD},
        {"password": NEW_PASSWORD, "current_password": PASSWORD},
        {"email": "new@example.org"},
        {"email": "new@example.org", "current_password": ""},
        {"email": "new@example.org", "current_password": "!"},
    ],
)
async def test_there_is_no_password_to_change(
    client: httpx.AsyncClient, changes: dict[str, str]
) -> None:
    before = (await client.get("/users/me")).json()

    check_refusal(await client.patch("/users/me", json=changes), 403, "no_password")

    assert (await client.get("/users/me")).json() == before


async def test_no_password_logs_in(issuers: Issuers, client: httpx.AsyncClient) -> None:
    account = (await client.get("/users/me")).json()
    store = issuers.service.parts.manager.user_db
    user = await store.get(account["id"])
    assert user is not None
    for password in ("!", user.hashed_password, PASSWORD):
        form = {"username": account["email"], "password": password}
        answer = await issuers.service.client().post("/auth/login", data=form)
        check_refusal(answer, 400, "LOGIN_BAD_CREDENTIALS")


async def test_whoever_reads_the_address_may_set_a_password(issuers: Issuers) -> None:
    """As everybody may who forgot theirs: the account can then be entered in both ways."""
    client = issuers.service.client(issuers.better_auth_token())
    account = (await client.get("/users/me")).json()
    nobody = issuers.service.client()
    await nobody.post("/auth/forgot-password", json={"email": account["email"]})
    await issuers.service.settle()
    token = issuers.service.mailbox.mails[-1].text.partition("#token=")[2].split()[0]
    reset = {"token": token, "password": NEW_PASSWORD}
    assert (await nobody.post("/auth/reset-password", json=reset)).status_code == 200

    form = {"username": account["email"], "password": NEW_PASSWORD}
    tokens = (await nobody.post("/auth/login", data=form)).json()

    assert (await issuers.get_me(tokens["access_token"]))["id"] == account["id"]
    assert len((await client.get("/users/me/sessions")).json()["items"]) == 1
    assert (await client.delete("/users/me/sessions")).status_code == 204
    ended = await issuers.service.client(tokens["access_token"]).get("/users/me")
    check_refusal(ended, 401, "invalid_token")
    wrong = {"password": "another one entirely", "current_password": "wrong"}
    refusal = await client.patch("/users/me", json=wrong)
    check_refusal(refusal, 403, "current_password_required")


async def test_no_mail_goes_where_there_is_no_address(issuers: Issuers) -> None:
    account = await issuers.get_me(issuers.supabase_token())
    root = await issuers.service.learner("root@example.org", is_superuser=True)
    path = f"/users/{account['id']}"

    for changes in ({"password": NEW_PASSWORD}, {"email": "grace@example.org"}):
        assert (await root.client.patch(path, json=changes)).status_code == 200
    await issuers.service.settle()

    assert [mail.to for mail in issuers.service.mailbox.mails] == ["grace@example.org"]


async def test_a_fresh_token_erases_the_account(
    issuers: Issuers, client: httpx.AsyncClient
) -> None:
    await client.post("/tasks", json={"title": "Mine"})
    issuers.service.clock.advance(minutes=5)

    assert (await erase(client)).status_code == 204

    for table in ("users", "external_identities", "tasks", "players"):
        assert await count_rows(issuers.service, table) == 0


async def test_an_old_token_erases_nothing(issuers: Issuers, client: httpx.AsyncClient) -> None:
    issuers.service.clock.advance(minutes=5, seconds=1)
    check_refusal(await erase(client), 403, "token_not_fresh")
    named = {"iss": issuers.better_auth_url, "aud": issuers.better_auth_url}
    undated = issuers.ed.sign(without(better_auth_claims(**named), "iat"))
    check_refusal(await erase(issuers.service.client(undated)), 403, "token_not_fresh")

    assert await count_rows(issuers.service, "users") == 1


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": "x", "force": True}])
async def test_a_body_has_to_fit(client: httpx.AsyncClient, body: Any) -> None:
    check_refusal(await erase(client, body), 422, "validation_error")


async def test_a_password_that_there_is_not_erases_nothing(client: httpx.AsyncClient) -> None:
    check_refusal(await erase(client, {"password": PASSWORD}), 403, "no_password")


async def test_without_a_body_our_own_are_asked_for_the_password(issuers: Issuers) -> None:
    learner = await issuers.service.learner("eve@example.org")

    check_refusal(await erase(learner.client), 403, "current_password_required")

    assert (await erase(learner.client, {"password": PASSWORD})).status_code == 204


async def test_who_comes_back_begins_anew(issuers: Issuers, client: httpx.AsyncClient) -> None:
    first = (await client.get("/users/me")).json()
    await client.post("/tasks", json={"title": "Mine"})
    await erase(client)

    again = (await client.get("/users/me")).json()

    assert again["id"] > first["id"]
    assert (await client.get("/tasks")).json()["items"] == []


async def test_looking_again_brings_no_account_back(
    issuers: Issuers, client: httpx.AsyncClient
) -> None:
    callers, token = issuers.service.parts.callers, issuers.better_auth_token()
    first = (await client.get("/users/me")).json()
    await callers.recheck(token, first["id"])
    await erase(client)

    with pytest.raises(InvalidTokenError):
        await callers.recheck(token, first["id"])
    assert await count_rows(issuers.service, "users") == 0

    again = (await client.get("/users/me")).json()
    with pytest.raises(InvalidTokenError):
        await callers.recheck(token, first["id"])
    await callers.recheck(token, again["id"])


async def test_a_stream_follows_the_user(issuers: Issuers) -> None:
    token = issuers.supabase_token()
    user_id = (await issuers.get_me(token))["id"]
    async with listen_on_http(issuers.service.app) as url, follow(url, token) as stream:
        await stream.next()
        await tell(issuers.service.parts.database, user_id, 2)

        assert await stream.take(2) == [1, 2]


@pytest.mark.parametrize("end", ["expiry", "disabling", "erasure"])
async def test_a_stream_ends_with_the_token_and_with_the_user(issuers: Issuers, end: str) -> None:
    token = issuers.supabase_token()
    service = issuers.service
    user_id = (await issuers.get_me(token))["id"]
    root = await service.learner("root@example.org", is_superuser=True)
    async with listen_on_http(service.app) as url, follow(url, token) as stream:
        await stream.next()
        await tell(service.parts.database, user_id)
        assert await stream.take(1) == [1]
        if end == "expiry":
            service.clock.set(START.replace(hour=13))
        elif end == "disabling":
            await root.client.patch(f"/users/{user_id}", json={"is_active": False})
        else:
            assert (await root.client.delete(f"/users/{user_id}")).status_code == 204
        service.parts.events.publish([user_id])

        async with asyncio.timeout(30):
            assert await stream.read_to_end() == []
    assert await count_rows(service, "external_identities") == (0 if end == "erasure" else 1)
