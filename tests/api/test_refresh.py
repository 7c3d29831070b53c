"""Going on with a session."""

import base64
from collections.abc import Awaitable, Callable

import pytest

from app.db.models import User
from tests.api.account_steps import (
    counts,
    find_account,
    open_tokens,
    refresh,
    refresh_well,
)
from tests.api.task_steps import check_refusal
from tests.support.service import PASSWORD, Service

DAY = 86_400


@pytest.fixture
async def first(service: Service) -> dict[str, str]:
    """The tokens of a fresh login."""
    await service.add_user()
    return await open_tokens(service)


async def check_ended(service: Service, token: str) -> None:
    check_refusal(await refresh(service, token), 401, "invalid_refresh_token")


async def test_a_refresh_gives_another_pair(service: Service, first: dict[str, str]) -> None:
    second = await refresh_well(service, first["refresh_token"])
    assert set(second) == set(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert await counts(service, second["access_token"])


async def test_the_old_access_token_counts_until_it_expires(
    service: Service, first: dict[str, str]
) -> None:
    service.clock.advance(seconds=300)
    second = await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=299)
    assert await counts(service, first["access_token"])
    service.clock.advance(seconds=1)
    assert not await counts(service, first["access_token"])
    assert await counts(service, second["access_token"])


async def test_a_lost_reply_can_be_asked_for_again(service: Service, first: dict[str, str]) -> None:
    second = await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=10)
    again = await refresh_well(service, first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"]
    assert await counts(service, again["access_token"])


async def test_a_retry_that_comes_late_ends_the_session(
    service: Service, first: dict[str, str]
) -> None:
    second = await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=11)
    await check_ended(service, first["refresh_token"])
    await check_ended(service, second["refresh_token"])


async def test_retries_do_not_make_the_ten_seconds_longer(
    service: Service, first: dict[str, str]
) -> None:
    await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=8)
    await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=8)
    await check_ended(service, first["refresh_token"])


async def test_a_replay_ends_the_whole_family_at_once(
    service: Service, first: dict[str, str]
) -> None:
    second = await refresh_well(service, first["refresh_token"])
    third = await refresh_well(service, second["refresh_token"])
    await check_ended(service, first["refresh_token"])
    await check_ended(service, third["refresh_token"])
    for pair in (first, second, third):
        assert not await counts(service, pair["access_token"])


@pytest.mark.parametrize("generations", [2, 3, 7])
async def test_a_replay_of_any_age_ends_the_session(
    service: Service, first: dict[str, str], generations: int
) -> None:
    newest = first
    for _ in range(generations):
        newest = await refresh_well(service, newest["refresh_token"])
    await check_ended(service, first["refresh_token"])
    assert not await counts(service, newest["access_token"])


async def test_a_replay_ends_no_other_session(service: Service, first: dict[str, str]) -> None:
    other = await open_tokens(service)
    second = await refresh_well(service, first["refresh_token"])
    await refresh_well(service, second["refresh_token"])
    await check_ended(service, first["refresh_token"])
    assert await counts(service, other["access_token"])
    await refresh_well(service, other["refresh_token"])


async def test_a_session_ends_after_fourteen_idle_days(
    service: Service, first: dict[str, str]
) -> None:
    service.clock.advance(seconds=14 * DAY - 1)
    second = await refresh_well(service, first["refresh_token"])
    service.clock.advance(seconds=14 * DAY)
    await check_ended(service, second["refresh_token"])


async def test_a_session_ends_after_sixty_days_at_the_latest(
    service: Service, first: dict[str, str]
) -> None:
    newest = first
    for _ in range(6):
        service.clock.advance(seconds=10 * DAY - 1)
        newest = await refresh_well(service, newest["refresh_token"])
    assert await counts(service, newest["access_token"])
    service.clock.advance(seconds=6)
    await check_ended(service, newest["refresh_token"])
    assert not await counts(service, newest["access_token"])


def alter(token: str, position: int) -> str:
    plain = bytearray(base64.urlsafe_b64decode(token))
    plain[position] ^= 1
    return base64.urlsafe_b64encode(bytes(plain)).decode()


FORGERIES: list[Callable[[str], str]] = [
    lambda _: "",
    lambda token: token[:-1],
    lambda token: token[:-4],
    lambda token: token + "AAAA",
    lambda token: f" {token}",
    lambda _: "\u00e9" * 64,
    lambda _: "*" * 64,
    lambda _: "A" * 64,
    lambda token: alter(token, 0),
    lambda token: alter(token, 15),
    lambda token: base64.urlsafe_b64encode(
        b"x" * 16 + base64.urlsafe_b64decode(token)[16:]
    ).decode(),
]


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_token_of_no_session_is_refused_and_harms_none(
    service: Service, first: dict[str, str], forge: Callable[[str], str]
) -> None:
    await check_ended(service, forge(first["refresh_token"]))
    await refresh_well(service, first["refresh_token"])


async def test_whoever_knows_the_family_but_not_the_secret_ends_it(
    service: Service, first: dict[str, str]
) -> None:
    # Such a token was used before, or is a guess of somebody who saw one that was (decision 0003).
    await check_ended(service, alter(first["refresh_token"], 47))
    await check_ended(service, first["refresh_token"])


@pytest.mark.parametrize(
    "body", [{}, {"refresh_token": None}, {"refresh_token": 7}, {"refresh_token": "x" * 4097}]
)
async def test_what_is_no_text_of_that_size_is_refused(service: Service, body: object) -> None:
    answer = await service.client().post("/auth/refresh", json=body)
    check_refusal(answer, 422, "validation_error")


async def test_no_token_takes_the_place_of_the_other(
    service: Service, first: dict[str, str]
) -> None:
    assert not await counts(service, first["refresh_token"])
    await check_ended(service, first["access_token"])
    await refresh_well(service, first["refresh_token"])


async def switch_off(service: Service, user: User) -> None:
    await service.parts.manager.user_db.update(user, {"is_active": False})


async def erase(service: Service, user: User) -> None:
    await service.parts.manager.user_db.delete(user)


@pytest.mark.parametrize("end", [switch_off, erase])
async def test_tokens_of_an_account_that_is_no_more_are_refused(
    service: Service, first: dict[str, str], end: Callable[[Service, User], Awaitable[None]]
) -> None:
    await end(service, await find_account(service))
    await check_ended(service, first["refresh_token"])
    assert not await counts(service, first["access_token"])


async def test_sessions_of_before_stay_ended_when_the_account_is_back(
    service: Service, first: dict[str, str]
) -> None:
    await switch_off(service, await find_account(service))
    await service.parts.manager.user_db.update(await find_account(service), {"is_active": True})
    await check_ended(service, first["refresh_token"])
    assert await counts(service, (await open_tokens(service, password=PASSWORD))["access_token"])
