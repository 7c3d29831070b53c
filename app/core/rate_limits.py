"""How often one may ask: the numbers, and how somebody stands against them."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.counters import Backoff

_QUARTER_OF_AN_HOUR = 15 * 60
_HOUR = 3600
_FAILED_LOGINS = Backoff(
    free_failures=10,
    window_seconds=_QUARTER_OF_AN_HOUR,
    first_wait_seconds=30,
    longest_wait_seconds=_QUARTER_OF_AN_HOUR,
)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests of a kind from one source, in each window of so many seconds."""

    name: str
    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a rate after a request was counted."""

    rate: Rate
    remaining: int
    seconds_left: int
    """Until the window ends and all of the rate is there again; at least 1."""
    is_exceeded: bool


@dataclass(frozen=True, slots=True)
class RateLimits:
    """All rates. They are looked up for each request, so they may change while the service runs.

    Those of addresses are generous for a school behind one address, and still far from what guessing
    needs. That of a user is far above what hands can do, and lets a client send hundreds of changes
    that it kept while it was offline.
    """

    user: Rate = Rate("user", 600, 60)
    address: Rate = Rate("address", 3000, 60)
    """Of requests without a token that counts."""

    logins_of_address: Rate = Rate("login", 300, _QUARTER_OF_AN_HOUR)
    registrations_of_address: Rate = Rate("register", 100, _HOUR)
    refreshes_of_address: Rate = Rate("refresh", 3000, _QUARTER_OF_AN_HOUR)
    refreshes_of_session: Rate = Rate("session-refresh", 60, _QUARTER_OF_AN_HOUR)
    """Twice as many as the shortest-lived access tokens (30 seconds) need."""
    mailed_tokens_of_address: Rate = Rate("mailed-token", 100, _QUARTER_OF_AN_HOUR)
    mails_of_address: Rate = Rate("mail", 60, _HOUR)
    mails_to_account: Rate = Rate("mail-to", 5, _HOUR)
    email_changes_of_account: Rate = Rate("email-change", 5, _HOUR)

    exports_of_user: Rate = Rate("export", 3, _HOUR)
    """One of years takes seconds of a processor."""

    failed_logins: Backoff = _FAILED_LOGINS


DEFAULT_RATE_LIMITS = RateLimits()

FindRateLimits = Callable[[], RateLimits]
"""Gives the rates that are in force now."""


def find_default_rate_limits() -> RateLimits:
    """The rates of a service that nobody has changed."""
    return DEFAULT_RATE_LIMITS
