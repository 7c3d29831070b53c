"""Settings that admins change while the service runs: features, limits, and a notice to everybody."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from app.core.rate_limits import DEFAULT_RATE_LIMITS, Rate, RateLimits

CONFIG_REVISION = "config"
"""The name of the revision that is raised with every change."""

MAX_NOTICE = 300


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the greatest number that a limit may be."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What is in force. Each field is a setting of that name, with its default."""

    registration_open: bool = True
    """Whether anybody may make an account by ``POST /auth/register``."""
    external_registration_open: bool = True
    """Whether a token of another issuer makes an account for somebody who has none."""
    notice: str | None = None
    """One line that clients show to everybody."""

    user_requests_per_minute: int = DEFAULT_RATE_LIMITS.user.count
    address_requests_per_minute: int = DEFAULT_RATE_LIMITS.address.count
    """Of requests without a token that counts."""
    logins_per_quarter_hour: int = DEFAULT_RATE_LIMITS.logins_of_address.count
    """Of one network address, as the following ones."""
    registrations_per_hour: int = DEFAULT_RATE_LIMITS.registrations_of_address.count
    mails_per_hour: int = DEFAULT_RATE_LIMITS.mails_of_address.count


FindLiveSettings = Callable[[], Awaitable[LiveSettings]]
"""Gives the settings in force; read from the database if they never were."""

DEFAULT_LIVE_SETTINGS = LiveSettings()

# The least numbers leave admins enough requests to take a change back.
BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "user_requests_per_minute": Bounds(30, 100_000),
        "address_requests_per_minute": Bounds(60, 1_000_000),
        "logins_per_quarter_hour": Bounds(10, 100_000),
        "registrations_per_hour": Bounds(1, 100_000),
        "mails_per_hour": Bounds(1, 100_000),
    }
)
SETTING_NAMES = frozenset(field.name for field in fields(LiveSettings))


def combine_settings(stored: Mapping[str, Any]) -> LiveSettings:
    """The stored settings over the defaults.

    What this version does not know, or could not have stored, counts as not there: another version may
    have written it.
    """
    known = {name: value for name, value in stored.items() if _is_possible(name, value)}
    return replace(DEFAULT_LIVE_SETTINGS, **known)


def list_settings(settings: LiveSettings) -> dict[str, Any]:
    """The settings by their names."""
    return asdict(settings)


def apply_rates(settings: LiveSettings, rates: RateLimits = DEFAULT_RATE_LIMITS) -> RateLimits:
    """The rates with the numbers of the settings."""
    return replace(
        rates,
        user=_resize(rates.user, settings.user_requests_per_minute),
        address=_resize(rates.address, settings.address_requests_per_minute),
        logins_of_address=_resize(rates.logins_of_address, settings.logins_per_quarter_hour),
        registrations_of_address=_resize(
            rates.registrations_of_address, settings.registrations_per_hour
        ),
        mails_of_address=_resize(rates.mails_of_address, settings.mails_per_hour),
    )


def _resize(rate: Rate, count: int) -> Rate:
    return replace(rate, count=count)


def _is_possible(name: str, value: Any) -> bool:
    if name == "notice":
        return isinstance(value, str) and 0 < len(value) <= MAX_NOTICE
    if name in BOUNDS:
        bounds = BOUNDS[name]
        return type(value) is int and bounds.least <= value <= bounds.most
    return name in SETTING_NAMES and isinstance(value, bool)
