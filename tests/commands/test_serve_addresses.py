"""Whom requests are counted for: the client's address, by real connections to a real server."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.process import Server, serve
from tests.support.rates import read_rates
from tests.support.redis import provide_redis

PROXY = "127.0.0.9"
TRUSTED = f"{PROXY}, 10.0.0.0/8, 2001:db8:ffff::/48"


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = str(tmp_path_factory.mktemp("trusting"))
    with serve(DATA_DIR=folder, TRUSTED_PROXIES=TRUSTED, LOG_LEVEL="warning") as server:
        yield server


def count(server: Server, *forwarded: str, peer: str = PROXY) -> int:
    """How many requests of the client were counted so far, this one included."""
    headers = [(b"X-Forwarded-For", value.encode()) for value in forwarded]
    with httpx.Client(transport=httpx.HTTPTransport(local_address=peer)) as client:
        answer = client.get(f"{server.url}/config", headers=headers)
    assert answer.status_code == 200
    told = read_rates(answer)["address"]
    return told.quota - told.remaining


def begin_in_a_window() -> None:
    """The windows of a minute go by the real clock here, and a new one counts anew."""
    left = 60 - time.time() % 60
    if left < 10:
        time.sleep(left)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["203.0.113.1"], ["198.51.100.1, 203.0.113.1"]),
        (["203.0.113.2"], ["203.0.113.2, 10.1.2.3, 10.4.5.6"]),
        (["203.0.113.3"], ["198.51.100.1", "203.0.113.3"]),
        (["203.0.113.4:4711"], ["203.0.113.4:4712"]),
        (["[2001:db8::1]:80"], ["2001:db8::2"]),
        (["2001:db8:0:1::1"], ["2001:db8:0:1::1, 2001:db8:ffff::1"]),
        (["::ffff:203.0.113.5"], ["203.0.113.5"]),
        (["made up"], ["made up otherwise"]),
        (["203.0.113.6, [::1"], ["203.0.113.7, \N{LATIN SMALL LETTER E WITH ACUTE}"]),
        ([""], []),
    ],
)
def test_behind_a_trusted_proxy_the_last_address_that_is_no_proxy_counts(
    behind_a_proxy: Server, first: list[str], second: list[str]
) -> None:
    begin_in_a_window()
    before = count(behind_a_proxy, *first)
    assert count(behind_a_proxy, *second) == before + 1


def test_behind_a_trusted_proxy_clients_are_counted_apart(behind_a_proxy: Server) -> None:
    begin_in_a_window()
    assert count(behind_a_proxy, "203.0.113.11") == 1
    assert count(behind_a_proxy, "203.0.113.12") == 1
    assert count(behind_a_proxy, "203.0.113.11") == 2


def test_whoever_is_no_trusted_proxy_can_not_pass_for_another(behind_a_proxy: Server) -> None:
    begin_in_a_window()
    made_up = ["203.0.113.21", "203.0.113.22, 10.0.0.1", PROXY]
    first, *others = [count(behind_a_proxy, value, peer="127.0.0.3") for value in made_up]
    assert others == [first + 1, first + 2]


def test_without_the_setting_nobody_is_believed(tmp_path: Path) -> None:
    with serve(DATA_DIR=str(tmp_path), LOG_LEVEL="warning") as server:
        begin_in_a_window()
        made_up = ["203.0.113.1", "203.0.113.2", "::1"]
        assert [count(server, value, peer="127.0.0.1") for value in made_up] == [1, 2, 3]


def test_a_star_believes_everybody_and_the_first_address(tmp_path: Path) -> None:
    with serve(DATA_DIR=str(tmp_path), TRUSTED_PROXIES="*", LOG_LEVEL="warning") as server:
        begin_in_a_window()
        assert count(server, "203.0.113.1, 10.0.0.1", peer="127.0.0.3") == 1
        assert count(server, "203.0.113.1", peer="127.0.0.4") == 2
        assert count(server, "203.0.113.2, 203.0.113.1", peer="127.0.0.3") == 1


def test_a_proxy_over_ipv6_is_believed_too(tmp_path: Path) -> None:
    with serve("::1", DATA_DIR=str(tmp_path), TRUSTED_PROXIES="::1", LOG_LEVEL="warning") as server:
        begin_in_a_window()
        url = f"http://[::1]:{server.port}/api/v1/config"
        seen = [
            read_rates(httpx.get(url, headers={"X-Forwarded-For": value}))["address"].remaining
            for value in ("203.0.113.1", "203.0.113.2", "203.0.113.1")
        ]
    assert seen == [2999, 2999, 2998]


def test_servers_count_together_over_redis_and_go_on_without(tmp_path: Path) -> None:
    with provide_redis(tmp_path) as redis:
        settings = {"REDIS_URL": redis.url, "LOG_LEVEL": "error"}
        with (
            serve(DATA_DIR=str(tmp_path / "a"), **settings) as one,
            serve(DATA_DIR=str(tmp_path / "b"), **settings) as two,
        ):
            begin_in_a_window()
            counts = [count(server, peer="127.0.0.1") for server in (one, two, one, two)]
            redis.stop()
            alone = [count(server, peer="127.0.0.1") for server in (one, two, one, two)]
    assert counts == [1, 2, 3, 4]
    assert alone == [1, 1, 2, 2]
