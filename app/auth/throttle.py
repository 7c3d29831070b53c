"""How often accounts and network addresses may try.

A login counts as failed until it turns out right: so parallel guesses can't all pass before the first
failure is known.
"""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from app.auth.errors import TooManyAttemptsError
from app.core.counters import Counters
from app.core.text import normalize_email

WINDOW_SECONDS = 15 * 60
FREE_FAILURES = 10
"""This many failures of an account in the window; from then on each makes it wait."""

FIRST_WAIT_SECONDS = 30
MAX_WAIT_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests of a kind may come from one source in a window."""

    name: str
    count: int
    window_seconds: int


# Generous for a school behind one address, and still far from what guessing needs.
LOGINS_PER_ADDRESS = Allowance("login", 300, WINDOW_SECONDS)
REGISTRATIONS_PER_ADDRESS = Allowance("register", 100, 3600)
REFRESHES_PER_ADDRESS = Allowance("refresh", 3000, WINDOW_SECONDS)
TOKENS_TRIED_PER_ADDRESS = Allowance("mailed-token", 100, WINDOW_SECONDS)
MAILS_PER_ADDRESS = Allowance("mail", 60, 3600)
MAILS_PER_ACCOUNT = Allowance("mail-to", 5, 3600)
EMAIL_CHANGES_PER_ACCOUNT = Allowance("email-change", 5, 3600)


class Throttle:
    """Counts attempts and refuses those beyond what is allowed."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters

    async def admit(self, allowance: Allowance, address: str) -> None:
        """Count a request from a network address.

        Raises:
            TooManyAttemptsError: with the seconds until the window ends.
        """
        await self._admit(allowance, _name_network(address))

    async def admit_mail(self, email: str) -> bool:
        """Count a mail to an account; False when it has had its share. Nobody is told."""
        try:
            await self._admit(MAILS_PER_ACCOUNT, _name_account(email))
        except TooManyAttemptsError:
            return False
        return True

    async def admit_email_change(self, user_id: int) -> None:
        """Count a change of an account's address: each mails somebody who may not want it.

        Raises:
            TooManyAttemptsError: with the seconds until the window ends.
        """
        await self._admit(EMAIL_CHANGES_PER_ACCOUNT, str(user_id))

    async def begin_login(self, email: str) -> None:
        """Count a login as failed before it is tried.

        Raises:
            TooManyAttemptsError: the account has to wait, whoever asks and with whatever password.
        """
        failures, waits, wait = _login_keys(email)
        await self._refuse_while(wait)
        if await self._counters.increment(failures, WINDOW_SECONDS) < FREE_FAILURES:
            return
        if await self._counters.increment(wait, FIRST_WAIT_SECONDS) > 1:
            await self._refuse_while(wait)  # another was first, at this moment
        doublings = min(await self._counters.increment(waits, WINDOW_SECONDS) - 1, 10)
        seconds = min(MAX_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**doublings)
        await self._counters.extend(wait, seconds)
        # These outlast the wait: else nobody would ever get to wait for as long as that.
        for key in (failures, waits):
            await self._counters.extend(key, seconds + WINDOW_SECONDS)

    async def succeed_login(self, email: str) -> None:
        """Forget the failures of an account: its owner is here."""
        await self._counters.clear(*_login_keys(email))

    async def _refuse_while(self, wait: str) -> None:
        seconds_left = await self._counters.seconds_left(wait)
        if seconds_left:
            raise TooManyAttemptsError(retry_after=seconds_left)

    async def _admit(self, allowance: Allowance, source: str) -> None:
        key = f"{allowance.name}:{source}"
        if await self._counters.increment(key, allowance.window_seconds) > allowance.count:
            seconds_left = await self._counters.seconds_left(key)
            raise TooManyAttemptsError(retry_after=max(1, seconds_left))


def _login_keys(email: str) -> tuple[str, str, str]:
    """What counts the failures, what counts the waits, and what is there during a wait."""
    account = _name_account(email)
    return f"login-failures:{account}", f"login-waits:{account}", f"login-wait:{account}"


def _name_account(email: str) -> str:
    """The same for every spelling of an address, short whatever was sent, and no address in a store."""
    return hashlib.sha256(normalize_email(email).encode("utf-8", "replace")).hexdigest()[:32]


def _name_network(address: str) -> str:
    """An IPv6 host owns at least a /64: counting single addresses would count nothing."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    # A server that listens on both sees IPv4 as ::ffff:192.0.2.1: all of it would be one /64.
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, 64), strict=False))
