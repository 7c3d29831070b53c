"""An issuer's keys: fetched once, kept, renewed, and done without while their server is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from app.auth.errors import KeysUnavailableError
from app.auth.remote_keys import (
    ASK_AGAIN_AFTER,
    DROP_AFTER,
    MAX_BYTES,
    RENEW_AFTER,
    TRY_AGAIN_AFTER,
    RemoteKeys,
)
from tests.support.clock import FakeClock
from tests.support.issuers import KeyServer, SigningKey, serve_keys
from tests.support.logs import listen

SECOND = timedelta(seconds=1)


@dataclass
class Remote:
    """A server with one key, and what asks it."""

    server: KeyServer
    clock: FakeClock
    client: httpx.AsyncClient
    keys: RemoteKeys

    async def has(self, key_id: str | None = "ed-1", algorithm: str = "EdDSA") -> bool:
        return await self.keys.find(key_id, algorithm) is not None

    async def is_out_of_reach(self, key_id: str = "ed-1") -> bool:
        try:
            await self.keys.find(key_id, "EdDSA")
        except KeysUnavailableError as error:
            return error.retry_after is not None
        return False

    def pass_time(self, by: timedelta) -> None:
        self.clock.advance(seconds=by.total_seconds())

    async def settle(self) -> None:
        """Wait until the fetch that is under way, if one is, has ended."""
        task = self.keys._fetching
        if task is not None:
            await asyncio.wait([task])
            await asyncio.sleep(0)


@pytest.fixture
async def remote(clock: FakeClock) -> AsyncIterator[Remote]:
    async with serve_keys(SigningKey.ed25519()) as server, httpx.AsyncClient() as client:
        keys = make_keys(server, client, clock)
        yield Remote(server, clock, client, keys)
        await keys.close()


def make_keys(
    server: KeyServer, client: httpx.AsyncClient, clock: FakeClock, **limits: float
) -> RemoteKeys:
    issuer = "https://play.example.org"
    return RemoteKeys(issuer, server.url, ("EdDSA", "ES256", "RS256"), client, clock, **limits)


async def test_keys_are_fetched_once(remote: Remote) -> None:
    assert [await remote.has() for _ in range(5)] == [True] * 5
    assert remote.server.asked == 1


async def test_many_at_once_wait_for_one_fetch(remote: Remote) -> None:
    assert await asyncio.gather(*[remote.has() for _ in range(50)]) == [True] * 50
    assert remote.server.asked == 1


async def test_a_new_key_counts_at_its_first_token(remote: Remote) -> None:
    await remote.has()
    remote.pass_time(ASK_AGAIN_AFTER)
    remote.server.publish(SigningKey.ed25519("ed-1"), SigningKey.ed25519("ed-2"))

    found = await asyncio.gather(*[remote.has("ed-2") for _ in range(20)])

    assert (found, remote.server.asked) == ([True] * 20, 2)


async def test_an_unknown_key_is_asked_for_once_a_minute(remote: Remote) -> None:
    await remote.has()
    for n in range(5):
        assert not await remote.has(f"invented-{n}")
    assert remote.server.asked == 1
    remote.pass_time(ASK_AGAIN_AFTER)
    for n in range(5):
        assert not await remote.has(f"invented-{n}")
    assert remote.server.asked == 2


async def test_a_withdrawn_key_counts_no_longer_than_until_the_renewal(remote: Remote) -> None:
    await remote.has()
    remote.server.publish(SigningKey.ed25519("ed-2"))
    remote.pass_time(RENEW_AFTER)
    assert await remote.has("ed-1")
    remote.pass_time(SECOND)

    assert await remote.has("ed-1")  # this request does not wait for the renewal that it begins
    await remote.settle()

    assert not await remote.has("ed-1")
    assert await remote.has("ed-2")
    assert remote.server.asked == 2


async def test_a_slow_renewal_keeps_nobody_waiting(remote: Remote) -> None:
    await remote.has()
    remote.pass_time(RENEW_AFTER + SECOND)
    remote.server.hold()

    assert await asyncio.gather(*[remote.has() for _ in range(20)]) == [True] * 20
    await remote.server.wait_for_request()
    assert await remote.has()
    remote.server.release()
    await remote.settle()

    assert remote.server.asked == 2


async def test_old_keys_count_for_a_day_without_their_server(remote: Remote) -> None:
    await remote.has()
    await remote.server.stop()
    for _ in range(24):
        remote.pass_time(DROP_AFTER / 24)
        assert await remote.has()
        await remote.settle()
    remote.pass_time(SECOND)

    assert await remote.is_out_of_reach()


async def test_it_comes_back_by_itself(remote: Remote) -> None:
    await remote.server.stop()
    assert await remote.is_out_of_reach()
    await remote.server.start()
    assert await remote.is_out_of_reach(), "it is tried again only after a while"

    remote.pass_time(TRY_AGAIN_AFTER)

    assert await remote.has()


async def test_an_unknown_key_may_be_a_new_one_while_the_server_is_away(remote: Remote) -> None:
    await remote.has()
    await remote.server.stop()
    remote.pass_time(ASK_AGAIN_AFTER)

    assert await remote.is_out_of_reach("ed-2")
    assert await remote.is_out_of_reach("ed-2")
    assert await remote.has("ed-1")


async def test_a_request_waits_for_so_long_and_the_fetch_goes_on(remote: Remote) -> None:
    keys = make_keys(remote.server, remote.client, remote.clock, wait_seconds=0.05)
    impatient = Remote(remote.server, remote.clock, remote.client, keys)
    remote.server.hold()

    assert await asyncio.gather(*[impatient.is_out_of_reach() for _ in range(10)]) == [True] * 10
    assert remote.server.asked == 1
    remote.server.release()
    await impatient.settle()

    assert await impatient.has()
    assert remote.server.asked == 1


async def test_a_fetch_takes_so_long_at_most(remote: Remote) -> None:
    keys = make_keys(remote.server, remote.client, remote.clock, fetch_seconds=0.05)
    remote.server.hold()

    with pytest.raises(KeysUnavailableError), listen() as log:
        await keys.find("ed-1", "EdDSA")

    assert log.lines[0]["event"] == "issuer_keys_failed"
    remote.server.release()


async def test_who_leaves_does_not_take_the_keys_from_the_others(remote: Remote) -> None:
    remote.server.hold()
    leaving, staying = (asyncio.create_task(remote.has()) for _ in range(2))
    await remote.server.wait_for_request()
    leaving.cancel()
    await asyncio.wait([leaving])
    remote.server.release()

    assert await staying
    assert remote.server.asked == 1


async def test_closing_ends_what_is_under_way(remote: Remote) -> None:
    keys = make_keys(remote.server, remote.client, remote.clock, wait_seconds=0.05)
    remote.server.hold()
    with pytest.raises(KeysUnavailableError):
        await keys.find("ed-1", "EdDSA")
    task = keys._fetching
    assert task is not None

    await keys.close()

    assert task.cancelled()


BAD_ANSWERS: dict[str, tuple[bytes, str, tuple[str, ...]]] = {
    "an error": (b"{}", "500 Internal Server Error", ()),
    "not there": (b'{"keys": []}', "404 Not Found", ()),
    "no content": (b"", "200 OK", ()),
    "a page": (b"<!doctype html>", "200 OK", ()),
    "a list": (b"[]", "200 OK", ()),
    "no keys": (b'{"keys": []}', "200 OK", ()),
    "keys that are none": (b'{"keys": [1, null, "x", [], {}]}', "200 OK", ()),
    "keys in the wrong form": (b'{"keys": {"kty": "OKP"}}', "200 OK", ()),
    "deeply nested": (b"[" * 100_000, "200 OK", ()),
    "not UTF-8": (b"\xff\xfe\xfd", "200 OK", ()),
    "packed": (b"\x1f\x8b\x08\x00", "200 OK", ("Content-Encoding: gzip",)),
    "elsewhere": (b"", "302 Found", ("Location: http://127.0.0.1:9/jwks",)),
    "elsewhere for good": (b"", "308 Permanent Redirect", ("Location: /other",)),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
async def test_a_bad_answer_is_none(remote: Remote, name: str) -> None:
    body, status, headers = BAD_ANSWERS[name]
    remote.server.publish_raw(body, status, *headers)

    with listen() as log:
        assert await remote.is_out_of_reach()

    (line,) = log.lines
    assert (line["event"], line["issuer"]) == ("issuer_keys_failed", "https://play.example.org")
    assert remote.server.asked == 1


@pytest.mark.parametrize("name", BAD_ANSWERS)
async def test_a_bad_answer_leaves_the_old_keys(remote: Remote, name: str) -> None:
    await remote.has()
    body, status, headers = BAD_ANSWERS[name]
    remote.server.publish_raw(body, status, *headers)
    remote.pass_time(RENEW_AFTER + SECOND)

    await remote.has()
    await remote.settle()

    assert await remote.has()
    assert remote.server.asked == 2


async def test_a_redirect_is_not_followed(remote: Remote) -> None:
    async with serve_keys(SigningKey.ed25519()) as elsewhere:
        remote.server.publish_raw(b"", "302 Found", f"Location: {elsewhere.url}")

        assert await remote.is_out_of_reach()
        assert elsewhere.asked == 0


@pytest.mark.parametrize(("size", "counts"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
async def test_a_key_set_has_so_many_bytes_at_most(remote: Remote, size: int, counts: bool) -> None:
    body = json.dumps({"keys": remote.server.keys}).encode()
    remote.server.publish_raw(body.ljust(size))

    assert await remote.is_out_of_reach() is not counts


async def test_what_is_no_http_is_none(remote: Remote) -> None:
    remote.server.answer = b"220 smtp.example.org ESMTP\r\n"

    assert await remote.is_out_of_reach()


async def test_nothing_but_the_keys_is_asked_for(remote: Remote) -> None:
    await remote.has()

    request = remote.server.requests[0].lower()
    assert request.startswith(b"get /jwks http/1.1")
    for header in (b"cookie", b"authorization", b"referer"):
        assert header not in request


async def test_without_an_id_the_one_that_fits_is_meant(remote: Remote) -> None:
    remote.server.publish(SigningKey.ed25519("a"), SigningKey.p256("b"))

    assert await remote.has(None, "EdDSA")
    assert await remote.has(None, "ES256")
    assert not await remote.has(None, "RS256")


async def test_without_an_id_none_of_several_is_meant(remote: Remote) -> None:
    remote.server.publish(SigningKey.ed25519("a"), SigningKey.ed25519("b"))

    assert not await remote.has(None, "EdDSA")
    assert await remote.has("a", "EdDSA")


async def test_an_id_that_two_keys_have_means_neither(remote: Remote) -> None:
    remote.server.publish(SigningKey.ed25519("a"), SigningKey.ed25519("a"), SigningKey.p256("a"))

    assert not await remote.has("a", "EdDSA")
    assert await remote.has("a", "ES256"), "the algorithm tells them apart"


async def test_an_id_that_no_key_has_means_none(remote: Remote) -> None:
    remote.server.publish(SigningKey.ed25519(None))

    assert not await remote.has("ed-1")
    assert await remote.has(None)
