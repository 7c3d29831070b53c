"""The users of other issuers: known by (issuer, subject) alone, and made when they are first seen."""

import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import structlog

from app.auth.errors import InvalidTokenError, RegistrationClosedError
from app.auth.external_profile import make_placeholder, read_display_name, read_email
from app.auth.external_tokens import Envelope, ExternalClaims, ExternalTokens
from app.auth.passwords import UNUSABLE
from app.auth.user_store import UserStore
from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.errors import TooManyRequestsError
from app.core.live_settings import FindLiveSettings
from app.core.network import name_network
from app.core.request_id import current_address
from app.db.repositories.external_identities import ExternalCallerRow, IdentityKnownError
from app.db.repositories.users import EmailTakenError
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.infra.rate_limiter import RateLimiter
from app.services.audit import write_down
from app.services.principal import Principal

_log = structlog.get_logger(__name__)


class ExternalUsers:
    """Tells who a token of another issuer belongs to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        store: UserStore,
        tokens: ExternalTokens,
        trusted_for_email: Collection[str],
        *,
        find_live: FindLiveSettings,
        limiter: RateLimiter,
    ) -> None:
        """``trusted_for_email`` are the issuers that give nobody a token with an unverified address."""
        self._database = database
        self._clock = clock
        self._store = store
        self._tokens = tokens
        self._trusted_for_email = trusted_for_email
        self._find_live = find_live
        self._limiter = limiter

    def open(self, token: str) -> Envelope | None:
        """The token, if it says to be of one of the issuers; not verified."""
        return self._tokens.open(token)

    async def identify(self, envelope: Envelope) -> Principal:
        """Who calls, by one look-up; with a token of somebody new, an account is made.

        Raises:
            InvalidTokenError: the token does not count, or its user is disabled.
            RegistrationClosedError: it is of somebody new, and an admin closed that way.
            TooManyRequestsError: it is of somebody new, like too many others from this address.
            KeysUnavailableError: the issuer's keys can't be had at the moment.
        """
        claims = await self._tokens.read(envelope, self._clock.now())
        row = await self._find(claims) or await self._welcome(claims)
        return _admit(row, claims)

    async def recognise(self, envelope: Envelope) -> Principal:
        """Who calls, as ``identify`` has it, but for an account that is no more: that stays so.

        Raises:
            InvalidTokenError: the token does not count, or its user is disabled or erased.
            KeysUnavailableError: the issuer's keys can't be had at the moment.
        """
        claims = await self._tokens.read(envelope, self._clock.now())
        return _admit(await self._find(claims), claims)

    async def _find(self, claims: ExternalClaims) -> ExternalCallerRow | None:
        async with self._database.reading() as uow:
            return await uow.external_identities.get_caller(claims.issuer, claims.subject)

    async def _welcome(self, claims: ExternalClaims) -> ExternalCallerRow | None:
        """Make the account, unless another request is first: then its account is the one."""
        if not (await self._find_live()).external_registration_open:
            raise RegistrationClosedError
        await self._count_newcomer()
        try:
            async with self._database.writing() as transaction:
                now = self._clock.now()
                user_id = await self._create(transaction.uow, claims.profile, claims.issuer)
                await transaction.uow.external_identities.add(
                    claims.issuer, claims.subject, user_id, now
                )
                await write_down(
                    transaction.uow,
                    AuditEvent.EXTERNAL_IDENTITY_SEEN,
                    now,
                    subject_id=user_id,
                    details={"issuer": claims.issuer},
                )
                await transaction.commit()
        except IdentityKnownError:
            return await self._find(claims)
        _log.info("external_user_created", user_id=user_id, issuer=claims.issuer)
        return await self._find(claims)

    async def _count_newcomer(self) -> None:
        """Hold an address to as many new accounts as by registering: some issuers give subjects freely."""
        network = name_network(current_address() or "unknown")
        rate = self._limiter.rates.registrations_of_address
        standing = await self._limiter.count(rate, network)
        if standing.is_exceeded:
            raise TooManyRequestsError(standing=standing)

    async def _create(self, uow: UnitOfWork, profile: Mapping[str, Any], issuer: str) -> int:
        """An account that nobody can log in to, with the address of the token only if it is free.

        Whoever has the address already is not the same person for that.
        """
        store = self._store.within(uow)
        values: dict[str, Any] = {
            "hashed_password": f"{UNUSABLE}{secrets.token_urlsafe(32)}",
            "display_name": read_display_name(profile),
        }
        email = read_email(profile, trusted=issuer in self._trusted_for_email)
        if email is not None:
            with suppress(EmailTakenError):
                return (await store.create({**values, "email": email, "is_verified": True})).id
        return (await store.create({**values, "email": make_placeholder()})).id


def _admit(row: ExternalCallerRow | None, claims: ExternalClaims) -> Principal:
    if row is None or not row.is_active:
        raise InvalidTokenError
    return Principal(
        user_id=row.id,
        session_id=None,
        role=row.role,
        is_superuser=row.is_superuser,
        is_verified=row.is_verified,
        timezone=row.timezone,
        day_starts_at=row.day_starts_at,
        registered_at=row.created_at,
        subject=claims.subject,
        issued_at=claims.issued_at,
    )
