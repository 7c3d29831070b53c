"""Who has to wait, and how long."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from app.auth.errors import TooManyAttemptsError
from app.auth.refresh_tokens import RefreshToken
from app.auth.throttle import Throttle
from app.core.counters import Backoff
from app.core.rate_limits import DEFAULT_RATE_LIMITS, Rate, RateLimits
from app.infra.rate_limiter import RateLimiter
from tests.support.clock import FakeClock
from tests.support.counters import open_counters
from tests.support.redis import provide_redis_url

EMAIL = "ada@example.org"
THREE = Rate("three", 3, 60)


class ChangingRates:
    """Rates that somebody changes while the service runs."""

    def __init__(self) -> None:
        self.now = DEFAULT_RATE_LIMITS

    def find(self) -> RateLimits:
        return self.now


@pytest.fixture
def rates() -> ChangingRates:
    return ChangingRates()


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provide_redis_url(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["in process", "redis"])
async def throttle(
    request: pytest.FixtureRequest, clock: FakeClock, rates: ChangingRates
) -> AsyncIterator[Throttle]:
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    async with open_counters(url, clock) as counters:
        yield Throttle(counters, RateLimiter(counters, clock, rates.find))


async def is_admitted(throttle: Throttle, email: str = EMAIL) -> bool:
    try:
        await throttle.begin_login(email)
    except TooManyAttemptsError:
        return False
    return True


async def read_wait(throttle: Throttle, email: str = EMAIL) -> int | None:
    with pytest.raises(TooManyAttemptsError) as refused:
        await throttle.begin_login(email)
    return refused.value.retry_after


async def test_ten_guesses_at_once_are_admitted_of_a_hundred(throttle: Throttle) -> None:
    admitted = await asyncio.gather(*(is_admitted(throttle) for _ in range(100)))
    assert sum(admitted) == 10


async def test_refused_guesses_do_not_make_the_wait_longer(
    throttle: Throttle, clock: FakeClock
) -> None:
    await asyncio.gather(*(is_admitted(throttle) for _ in range(100)))
    assert await read_wait(throttle) == 30
    clock.advance(seconds=30)
    assert await is_admitted(throttle)
    assert await read_wait(throttle) == 60


async def test_the_time_to_wait_is_told_in_whole_seconds_rounded_up(
    throttle: Throttle, clock: FakeClock
) -> None:
    for _ in range(10):
        await throttle.begin_login(EMAIL)
    clock.advance(seconds=0.4)
    assert await read_wait(throttle) == 30
    clock.advance(seconds=29.5)
    assert await read_wait(throttle) == 1


async def test_a_patient_guesser_gets_four_guesses_an_hour(
    throttle: Throttle, clock: FakeClock
) -> None:
    await asyncio.gather(*(is_admitted(throttle) for _ in range(10)))
    for _ in range(8):
        await is_admitted(throttle)
        clock.advance(minutes=15)
    admitted = 0
    for _ in range(60):
        admitted += await is_admitted(throttle)
        clock.advance(minutes=1)
    assert admitted == 4


async def test_after_the_longest_wait_and_a_quarter_of_an_hour_all_is_forgotten(
    throttle: Throttle, clock: FakeClock
) -> None:
    for _ in range(10):
        await throttle.begin_login(EMAIL)
    clock.advance(seconds=30 + 15 * 60)
    assert [await is_admitted(throttle) for _ in range(11)] == [True] * 10 + [False]


@pytest.mark.parametrize(
    "spelling", ["ADA@EXAMPLE.ORG", " ada@example.org", "\uff41da@example.org"]
)
async def test_an_account_is_one_in_every_spelling(throttle: Throttle, spelling: str) -> None:
    for _ in range(5):
        await throttle.begin_login(EMAIL)
        await throttle.begin_login(spelling)
    assert not await is_admitted(throttle)


async def test_a_name_as_long_as_a_book_is_counted_too(throttle: Throttle) -> None:
    name = "\ud800" + "x" * 1_000_000
    for _ in range(10):
        await throttle.begin_login(name)
    assert not await is_admitted(throttle, name)


async def admit(throttle: Throttle, address: str, times: int = 1) -> None:
    for _ in range(times):
        await throttle.admit(THREE, address)


async def test_an_address_has_its_share_in_each_window(
    throttle: Throttle, clock: FakeClock
) -> None:
    await admit(throttle, "192.0.2.1", 3)
    clock.advance(seconds=20)
    with pytest.raises(TooManyAttemptsError) as refused:
        await admit(throttle, "192.0.2.1")
    assert refused.value.retry_after == 40
    clock.advance(seconds=40)
    await admit(throttle, "192.0.2.1", 3)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::2%eth0"),
        ("unknown", "made up by a client"),
    ],
)
async def test_one_host_with_many_addresses_is_counted_once(
    throttle: Throttle, first: str, second: str
) -> None:
    await admit(throttle, first, 3)
    with pytest.raises(TooManyAttemptsError):
        await admit(throttle, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.1", "::ffff:198.51.100.7"),
        ("unknown", "192.0.2.1"),
    ],
)
async def test_neighbours_do_not_use_up_each_others_share(
    throttle: Throttle, first: str, second: str
) -> None:
    await admit(throttle, first, 3)
    await admit(throttle, second, 3)
    with pytest.raises(TooManyAttemptsError):
        await admit(throttle, second)


async def test_an_account_gets_five_mails_an_hour(throttle: Throttle, clock: FakeClock) -> None:
    assert [await throttle.admit_mail(EMAIL) for _ in range(6)] == [True] * 5 + [False]
    clock.advance(hours=1)
    assert await throttle.admit_mail(EMAIL)


async def test_mails_are_counted_by_account(throttle: Throttle) -> None:
    for _ in range(5):
        await throttle.admit_mail(EMAIL)
    assert not await throttle.admit_mail(" ADA@example.org")
    assert await throttle.admit_mail("bob@example.org")


async def test_a_session_is_refreshed_sixty_times_in_a_quarter_of_an_hour(
    throttle: Throttle, clock: FakeClock
) -> None:
    token = RefreshToken.make()
    for _ in range(60):
        await throttle.admit_refresh(token.encode())
        token = token.succeed("key")
    clock.advance(minutes=5)
    with pytest.raises(TooManyAttemptsError) as refused:
        await throttle.admit_refresh(token.encode())
    assert refused.value.retry_after == 600
    await throttle.admit_refresh(RefreshToken.make().encode())
    clock.advance(minutes=10)
    await throttle.admit_refresh(token.encode())


async def test_what_is_no_refresh_token_is_of_no_session(throttle: Throttle) -> None:
    for _ in range(100):
        await throttle.admit_refresh("x")


async def test_a_refusal_tells_the_rate_and_when_it_is_there_again(
    throttle: Throttle, clock: FakeClock
) -> None:
    await admit(throttle, "192.0.2.1", 3)
    clock.advance(seconds=20.5)
    with pytest.raises(TooManyAttemptsError) as refused:
        await admit(throttle, "192.0.2.1")
    standing = refused.value.standing
    assert standing is not None
    assert (standing.rate, standing.remaining, standing.seconds_left) == (THREE, 0, 40)


async def test_changed_rates_hold_from_the_next_request_on(
    throttle: Throttle, rates: ChangingRates
) -> None:
    await throttle.admit_mail(EMAIL)
    rates.now = replace(rates.now, mails_to_account=Rate("mail-to", 2, 3600))
    assert [await throttle.admit_mail(EMAIL) for _ in range(2)] == [True, False]
    rates.now = replace(rates.now, failed_logins=Backoff(2, 900, 5, 60))
    assert [await is_admitted(throttle) for _ in range(3)] == [True, True, False]
    assert await read_wait(throttle) == 5
