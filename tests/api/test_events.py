"""``GET /game/events``: notifications as they come."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from app.infra.events import MAX_OF_USER
from tests.support.service import Learner, Service
from tests.support.streams import PATH, follow, listen_on_http, tell

EndSession = Callable[[Service, Learner, str], Awaitable[None]]


@pytest.fixture
async def url(service: Service) -> AsyncIterator[str]:
    """The service over real HTTP."""
    async with listen_on_http(service.app) as url:
        yield url


@pytest.fixture
async def learner(service: Service) -> Learner:
    """Somebody who was told three things."""
    learner = await service.learner()
    await tell(service.parts.database, learner.id, 3)
    return learner


@pytest.fixture
async def token(service: Service, learner: Learner) -> str:
    return await service.open_session(learner.id)


async def test_a_stream_begins_after_now(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    async with follow(url, token) as stream:
        first = await stream.next()
        await tell(service.parts.database, learner.id, 2)

        assert (first.fields, first.comment) == ({"id": "3", "retry": "3000"}, "connected")
        assert await stream.take(2) == [4, 5]


async def test_an_event_is_the_item_of_the_list(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    async with follow(url, token, 2) as stream:
        await stream.next()
        event = await stream.next()

    assert event.data == (await learner.get("/game/notifications"))["items"][0]
    assert (event.fields["event"], event.fields["id"]) == ("level_up", "3")


@pytest.mark.parametrize(
    ("last", "ids"), [(0, [1, 2, 3, 4]), (2, [3, 4]), (3, [4]), (2**63 - 1, [4])]
)
async def test_a_stream_goes_on_after_the_last_id(
    service: Service, url: str, learner: Learner, last: int, ids: list[int]
) -> None:
    """Ids that were not given yet are the newest: nothing that comes is left out."""
    async with follow(url, await service.open_session(learner.id), last) as stream:
        await stream.next()
        await tell(service.parts.database, learner.id)

        assert await stream.take(len(ids)) == ids


async def test_more_than_a_batch_comes_in_order(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    await tell(service.parts.database, learner.id, 250)

    async with follow(url, token, 0) as stream:
        await stream.next()
        assert await stream.take(253) == list(range(1, 254))


async def test_what_was_not_committed_is_not_told(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    async with follow(url, token) as stream:
        await stream.next()
        async with service.parts.database.writing() as transaction:
            player = await transaction.uow.players.lock(learner.id)
            assert player is not None
            player.last_notification += 5
            await transaction.uow.players.save(player)
        await tell(service.parts.database, learner.id)

        assert await stream.take(1) == [4]


async def test_the_events_of_others_do_not_appear(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    other = await service.learner("eve@example.org")
    async with follow(url, token) as stream:
        await stream.next()
        await tell(service.parts.database, other.id, 10)
        await tell(service.parts.database, learner.id)

        assert await stream.take(1) == [4]


async def test_a_silent_stream_is_kept_open(
    url: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.01)

    async with follow(url, token) as stream:
        comments = [(await anext(stream.events)).comment for _ in range(4)]

    assert comments == ["connected", "ping", "ping", "ping"]


async def test_comments_push_no_event_aside(
    service: Service, url: str, learner: Learner, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.0005)

    async with follow(url, token, 0) as stream:
        await stream.next()
        for _ in range(60):
            await tell(service.parts.database, learner.id)
        assert await stream.take(63) == list(range(1, 64))


async def test_the_answer_is_for_the_caller_alone_and_not_held_back(url: str, token: str) -> None:
    async with follow(url, token) as stream:
        headers = stream.response.headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache, no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]


@pytest.mark.parametrize("last", ["", "x", "-1", "1.5", "01", "9223372036854775808", "1 2", "٣"])
async def test_a_last_id_that_is_none_is_refused(learner: Learner, last: str) -> None:
    answer = await learner.client.get(PATH, headers={b"Last-Event-ID": last.encode()})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_token_there_is_no_stream(service: Service, token: str) -> None:
    for client in (service.client(), service.client("x")):
        answer = await client.get(PATH, params={"access_token": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


async def end_by_logout(service: Service, learner: Learner, token: str) -> None:
    session = (await service.parts.sessions.identify(token)).session_id
    await service.parts.sessions.end(learner.id, session)


async def end_by_disabling(service: Service, learner: Learner, token: str) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    answer = await root.client.patch(f"/users/{learner.id}", json={"is_active": False})
    assert answer.status_code == 200


async def end_by_expiry(service: Service, learner: Learner, token: str) -> None:
    service.clock.advance(seconds=service.parts.settings.access_token_expire_seconds)


@pytest.mark.parametrize("end", [end_by_logout, end_by_disabling, end_by_expiry])
async def test_nothing_is_told_after_the_session_ended(
    service: Service, url: str, learner: Learner, token: str, end: EndSession
) -> None:
    async with follow(url, token) as stream:
        await stream.next()
        await end(service, learner, token)
        await tell(service.parts.database, learner.id)

        assert await stream.read_to_end() == []


async def test_a_further_stream_ends_the_oldest(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    async with AsyncExitStack() as stack:
        oldest, *others = [
            await stack.enter_async_context(follow(url, token, 3)) for _ in range(MAX_OF_USER + 1)
        ]
        assert await oldest.read_to_end() == []
        await tell(service.parts.database, learner.id)
        for stream in others:
            await stream.next()
            assert await stream.take(1) == [4]


async def test_who_hangs_up_leaves_nothing_behind(
    service: Service, url: str, learner: Learner, token: str
) -> None:
    for last_id in (0, 3):
        async with follow(url, token, last_id):
            assert list(service.parts.events.waiting) == [learner.id]
        while service.parts.events.waiting:
            await learner.get("/game/profile")  # lets the server hear of it


async def test_an_open_stream_holds_no_connection(
    service: Service, url: str, learner: Learner
) -> None:
    """As many streams as would starve the database if each held one."""
    async with AsyncExitStack() as stack:
        for n in range(30):
            other = await service.add_user(f"u{n}@example.org")
            stream = follow(url, await service.open_session(other))
            await stack.enter_async_context(stream)

        assert (await learner.get("/game/notifications"))["unread"] == 3
