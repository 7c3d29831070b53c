"""How often accounts and network addresses may try.

A login counts as failed until it turns out right: so parallel guesses can't all pass before the first
failure is known.
"""

import hashlib

from app.auth.errors import TooManyAttemptsError
from app.auth.refresh_tokens import RefreshToken
from app.core.counters import Backoff, Counters
from app.core.network import name_network
from app.core.rate_limits import Rate, RateLimits, Standing
from app.core.text import normalize_email
from app.infra.rate_limiter import RateLimiter


class Throttle:
    """Counts attempts and refuses those beyond what is allowed."""

    def __init__(self, counters: Counters, limiter: RateLimiter) -> None:
        self._counters = counters
        self._limiter = limiter

    @property
    def rates(self) -> RateLimits:
        """The rates in force now."""
        return self._limiter.rates

    async def admit(self, rate: Rate, address: str) -> None:
        """Count a request from a network address.

        Raises:
            TooManyAttemptsError: with the seconds until the window ends.
        """
        await self._admit(rate, name_network(address))

    async def admit_refresh(self, refresh_token: str) -> None:
        """Count a refresh of a session, whatever token of it is sent and from wherever.

        Raises:
            TooManyAttemptsError: with the seconds until the window ends.
        """
        token = RefreshToken.parse(refresh_token)
        if token is not None:
            await self._admit(self.rates.refreshes_of_session, token.family_hash.hex()[:32])

    async def admit_mail(self, email: str) -> bool:
        """Count a mail to an account; False when it has had its share. Nobody is told."""
        standing = await self._limiter.count(self.rates.mails_to_account, name_account(email))
        return not standing.is_exceeded

    async def admit_email_change(self, user_id: int) -> None:
        """Count a change of an account's address: each mails somebody who may not want it.

        Raises:
            TooManyAttemptsError: with the seconds until the window ends.
        """
        await self._admit(self.rates.email_changes_of_account, str(user_id))

    async def begin_login(self, email: str) -> None:
        """Count a login as failed before it is tried.

        Raises:
            TooManyAttemptsError: the account has to wait, whoever asks and with whatever password.
        """
        backoff = self.rates.failed_logins
        wait = await self._counters.begin_attempt(_login_key(email), backoff)
        if wait:
            raise TooManyAttemptsError(standing=_stand_waiting(backoff, wait))

    async def succeed_login(self, email: str) -> None:
        """Forget the failures of an account: its owner is here."""
        await self._counters.forgive(_login_key(email))

    async def _admit(self, rate: Rate, source: str) -> None:
        standing = await self._limiter.count(rate, source)
        if standing.is_exceeded:
            raise TooManyAttemptsError(standing=standing)


def _stand_waiting(backoff: Backoff, seconds: int) -> Standing:
    """The same for every account, so that it tells nothing about one."""
    rate = Rate("failed-login", backoff.free_failures, backoff.window_seconds)
    return Standing(rate, remaining=0, seconds_left=seconds, is_exceeded=True)


def _login_key(email: str) -> str:
    return f"failed-logins:{name_account(email)}"


def name_account(email: str) -> str:
    """The same for every spelling of an address, short whatever was sent, and no address in a store."""
    return hashlib.sha256(normalize_email(email).encode("utf-8", "replace")).hexdigest()[:32]
