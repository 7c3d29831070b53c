"""Logging out, and the list of sessions."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from app.services.paging import encode_cursor
from tests.api.account_steps import EMAIL, counts, open_tokens, refresh
from tests.api.task_steps import check_refusal, iterate_pages
from tests.support.service import PASSWORD, Learner, Service

DAY = 86_400


async def log_in_from(service: Service, user_agent: str) -> dict[str, Any]:
    """A login from a device that calls itself so."""
    answer = await service.client().post(
        "/auth/login",
        data={"username": EMAIL, "password": PASSWORD},
        headers={b"User-Agent": user_agent.encode("latin-1")},
    )
    tokens: dict[str, Any] = answer.json()
    return tokens


async def list_sessions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/users/me/sessions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def check_ended(service: Service, tokens: dict[str, Any]) -> None:
    assert not await counts(service, tokens["access_token"])
    refusal = await refresh(service, tokens["refresh_token"])
    check_refusal(refusal, 401, "invalid_refresh_token")


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def test_a_logout_ends_the_session_at_once(service: Service, learner: Learner) -> None:
    here, there = await open_tokens(service), await open_tokens(service)
    answer = await service.client(here["access_token"]).post("/auth/logout")
    assert (answer.status_code, answer.content) == (204, b"")
    await check_ended(service, here)
    assert await counts(service, there["access_token"])


async def test_a_second_logout_is_refused(service: Service, learner: Learner) -> None:
    client = service.client((await open_tokens(service))["access_token"])
    await client.post("/auth/logout")
    check_refusal(await client.post("/auth/logout"), 401, "invalid_token")


async def test_a_logout_needs_a_token(service: Service) -> None:
    check_refusal(await service.client().post("/auth/logout"), 401, "invalid_token")


async def test_the_list_shows_each_login_newest_first(service: Service, learner: Learner) -> None:
    service.clock.advance(minutes=1)
    tokens = await log_in_from(service, "Firefox on Linux")
    newest, oldest = await list_sessions(service.client(tokens["access_token"]))
    assert (newest["user_agent"], oldest["user_agent"]) == ("Firefox on Linux", "tests")
    assert (newest["current"], oldest["current"]) == (True, False)
    assert newest["address"] == "127.0.0.1"
    assert newest["created_at"] == "2026-03-02T12:01:00Z"
    assert newest["expires_at"] == "2026-03-16T12:01:00Z"
    assert set(newest) == {
        "id", "user_agent", "address", "created_at", "last_used_at", "expires_at", "current",
    }  # fmt: skip


async def test_a_refresh_is_seen_in_the_list(service: Service, learner: Learner) -> None:
    tokens = await open_tokens(service)
    service.clock.advance(minutes=5)
    await refresh(service, tokens["refresh_token"])
    [item] = [item for item in await list_sessions(learner.client) if not item["current"]]
    assert item["last_used_at"] == "2026-03-02T12:05:00Z"
    assert item["expires_at"] == "2026-03-16T12:05:00Z"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("x" * 500, "x" * 200),
        ("tab\tand\x7fdelete\x80 and \xadsoft", "tabanddelete and soft"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", ""),
    ],
)
async def test_what_a_device_calls_itself_is_cleaned(
    service: Service, learner: Learner, sent: str, kept: str
) -> None:
    await log_in_from(service, sent)
    agents = [item["user_agent"] for item in await list_sessions(learner.client)]
    assert sorted(agents) == sorted([kept, "tests"])


async def test_the_list_comes_in_pages(service: Service, learner: Learner) -> None:
    for _ in range(6):
        await service.open_session(learner.id)  # all in the same moment
    pages = [page async for page in iterate_pages(learner, "/users/me/sessions", limit=3)]
    ids = {item["id"] for page in pages for item in page}
    assert ([len(page) for page in pages], len(ids)) == ([3, 3, 1], 7)


@pytest.mark.parametrize("cursor", ["x", "bm90", "WyJzZXNzaW9ucyIsICIwMDAxLTAxLTAxIiwgIngiXQ"])
async def test_a_cursor_of_another_list_is_refused(learner: Learner, cursor: str) -> None:
    answer = await learner.client.get("/users/me/sessions", params={"cursor": cursor})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == "bad_cursor"


ID = "6f9619ff8b864d01b42d00cf4fc964ff"


@pytest.mark.parametrize(
    "position",
    [
        [], [ID], ["2026-03-02T12:00:00+00:00", ID, 1], ["2026-03-02T12:00:00", ID], ["soon", ID],
        ["2026-03-02T12:00:00+00:00", "x"], ["0001-01-01T00:00:00+23:00", ID],
        ["9999-12-31T23:59:59-23:00", ID], [None, None], [1, 1],
    ],
)  # fmt: skip
async def test_a_made_up_place_in_the_list_is_refused(
    learner: Learner, position: list[Any]
) -> None:
    cursor = encode_cursor("sessions", position)
    answer = await learner.client.get("/users/me/sessions", params={"cursor": cursor})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] == "bad_cursor"


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1_0", "x", "1e3", "9" * 30])
async def test_a_limit_out_of_range_is_refused(learner: Learner, limit: str) -> None:
    answer = await learner.client.get("/users/me/sessions", params={"limit": limit})
    check_refusal(answer, 422, "validation_error")


async def test_ended_and_expired_sessions_are_not_in_the_list(
    service: Service, learner: Learner
) -> None:
    ended = await open_tokens(service)
    await service.client(ended["access_token"]).post("/auth/logout")
    assert len(await list_sessions(learner.client)) == 1
    service.clock.advance(days=14)
    client = service.client((await open_tokens(service))["access_token"])
    assert [item["current"] for item in await list_sessions(client)] == [True]


async def test_one_session_is_ended_at_once(service: Service, learner: Learner) -> None:
    there = await open_tokens(service)
    [item] = [item for item in await list_sessions(learner.client) if not item["current"]]
    answer = await learner.client.delete(f"/users/me/sessions/{item['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    await check_ended(service, there)
    assert len(await list_sessions(learner.client)) == 1


async def test_a_session_is_ended_once(service: Service, learner: Learner) -> None:
    await open_tokens(service)
    [item] = [item for item in await list_sessions(learner.client) if not item["current"]]
    path = f"/users/me/sessions/{item['id']}"
    await learner.client.delete(path)
    check_refusal(await learner.client.delete(path), 404, "session_not_found")


async def test_an_expired_session_is_not_there_to_be_ended(
    service: Service, learner: Learner
) -> None:
    [old] = await list_sessions(learner.client)
    service.clock.advance(days=14)
    client = service.client((await open_tokens(service))["access_token"])
    answer = await client.delete(f"/users/me/sessions/{old['id']}")
    check_refusal(answer, 404, "session_not_found")


async def test_all_other_sessions_are_ended_at_once(service: Service, learner: Learner) -> None:
    others = [await open_tokens(service) for _ in range(3)]
    answer = await learner.client.delete("/users/me/sessions")
    assert (answer.status_code, answer.content) == (204, b"")
    for tokens in others:
        await check_ended(service, tokens)
    assert [item["current"] for item in await list_sessions(learner.client)] == [True]


async def test_ending_all_others_ends_nobody_elses(service: Service, learner: Learner) -> None:
    neighbour = await service.learner("eve@example.org")
    await learner.client.delete("/users/me/sessions")
    assert len(await list_sessions(neighbour.client)) == 1


async def test_anothers_session_is_as_good_as_none(service: Service, learner: Learner) -> None:
    neighbour = await service.learner("eve@example.org")
    [item] = await list_sessions(neighbour.client)
    mine = await learner.client.delete(f"/users/me/sessions/{item['id']}")
    none = await learner.client.delete(f"/users/me/sessions/{uuid4()}")
    for answer in (mine, none):
        check_refusal(answer, 404, "session_not_found")
    assert len(await list_sessions(neighbour.client)) == 1


@pytest.mark.parametrize("session_id", ["1", "x" * 36, "00000000-0000-0000-0000-00000000000g"])
async def test_what_is_no_session_id_is_refused(learner: Learner, session_id: str) -> None:
    answer = await learner.client.delete(f"/users/me/sessions/{session_id}")
    check_refusal(answer, 422, "validation_error")
