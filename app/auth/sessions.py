"""Sessions: opened by a login, kept going by refresh tokens, ended at once by logout or revocation."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import structlog

from app.auth.access_tokens import AccessClaims, AccessTokens
from app.auth.errors import (
    BadCredentialsError,
    InvalidRefreshTokenError,
    InvalidTokenError,
    NoSessionError,
    SessionNotFoundError,
)
from app.auth.refresh_tokens import RefreshToken
from app.auth.refresh_verdicts import Verdict, judge
from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.listing import Page
from app.core.metrics import REFRESHES
from app.db.models import UserSession
from app.db.session import Database
from app.services.audit import write_down
from app.services.errors import BadCursorError
from app.services.paging import cut_page, decode_cursor, encode_cursor
from app.services.principal import Principal

_log = structlog.get_logger(__name__)
_LIST = "sessions"
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class SessionLifetimes:
    """In seconds: without use, and at the very most."""

    idle: int
    at_most: int


@dataclass(frozen=True, slots=True)
class Device:
    """Where a login comes from, as far as it says."""

    user_agent: str
    address: str


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a login or a refresh gives."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class SessionService:
    """Opens, renews, lists and ends sessions; tells who a token belongs to."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        access_tokens: AccessTokens,
        *,
        key: str,
        lifetimes: SessionLifetimes,
    ) -> None:
        """``key`` makes the successors of refresh tokens."""
        self._database = database
        self._clock = clock
        self._access_tokens = access_tokens
        self._key = key
        self._lifetimes = lifetimes

    async def identify(self, token: str) -> Principal:
        """Who calls with this access token, by one look-up.

        Raises:
            InvalidTokenError: the token does not count, or no longer.
        """
        now = self._clock.now()
        claims = self._access_tokens.read(token, now)
        async with self._database.reading() as uow:
            row = await uow.sessions.get_caller(claims.user_id, claims.session_id, now)
        if row is None:
            raise InvalidTokenError
        return Principal(*row)

    async def open(
        self, user_id: int, device: Device, hashed_password: str | None = None
    ) -> TokenPair:
        """Begin a session of a user who has just proved to be it.

        ``hashed_password`` is what the password was proved against: hashing takes its time, and the
        owner may have chosen another password meanwhile, to shut somebody out.

        Raises:
            BadCredentialsError: the account was disabled, deleted or given another password.
        """
        now = self._clock.now()
        token = RefreshToken.make()
        session = UserSession(
            id=uuid4(),
            user_id=user_id,
            family_hash=token.family_hash,
            token_hash=token.secret_hash,
            parent_hash=None,
            rotated_at=now,
            user_agent=device.user_agent,
            address=device.address,
            created_at=now,
            last_used_at=now,
            expires_at=self._expiry(now, now),
            revoked_at=None,
        )
        async with self._database.writing() as transaction:
            user = await transaction.uow.users.lock(user_id)
            if user is None or not user.is_active:
                raise BadCredentialsError
            if hashed_password not in (None, user.hashed_password):
                raise BadCredentialsError
            await transaction.uow.sessions.add(session)
            await write_down(
                transaction.uow,
                AuditEvent.LOGIN_SUCCEEDED,
                now,
                subject_id=user_id,
                actor_id=user_id,
            )
            await transaction.commit()
        return self._pair(session, token, now)

    async def refresh(self, text: str) -> TokenPair:
        """The successor of a refresh token, and a new access token.

        A replay ends the session, for the thief and for the owner alike; that write is committed
        although the request is refused.

        Raises:
            InvalidRefreshTokenError: the token does not count, or no longer.
        """
        token = RefreshToken.parse(text)
        if token is None:
            raise _refuse("refused")
        async with self._database.writing() as transaction:
            session = await transaction.uow.sessions.lock_family(token.family_hash)
            now = self._clock.now()
            verdict = judge(session, token, now)
            if session is None or verdict is Verdict.REFUSE:
                raise _refuse("refused")
            self._carry_out(verdict, session, token, now)
            await transaction.uow.sessions.flush()
            if verdict is Verdict.REPLAY:
                await write_down(
                    transaction.uow,
                    AuditEvent.REFRESH_REPLAYED,
                    now,
                    subject_id=session.user_id,
                    details={"session_id": str(session.id)},
                )
            await transaction.commit()
        if verdict is Verdict.REPLAY:
            _log.warning(
                "refresh_token_replayed", user_id=session.user_id, session_id=str(session.id)
            )
            raise _refuse("replayed")
        REFRESHES.labels("ok").inc()
        return self._pair(session, token.succeed(self._key), now)

    async def list_page(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> Page[SessionView]:
        """The caller's live sessions, newest first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        now = self._clock.now()
        before = (now + timedelta(days=1), _LAST_ID)
        if cursor is not None:
            before = _read_position(cursor)
        async with self._database.reading() as uow:
            rows = await uow.sessions.list_page(principal.user_id, now, before, limit + 1)
        return cut_page(
            rows,
            limit,
            lambda row: _show(row, principal.session_id),
            lambda row: encode_cursor(_LIST, [row.created_at.isoformat(), row.id.hex]),
        )

    async def end(self, user_id: int, session_id: UUID | None) -> None:
        """End one session of the user, at once.

        Raises:
            SessionNotFoundError: the user has no such live session.
            NoSessionError: it is the one of a token of another issuer, which has none.
        """
        if session_id is None:
            raise NoSessionError
        now = self._clock.now()
        async with self._database.writing() as transaction:
            if not await transaction.uow.sessions.revoke(user_id, session_id, now):
                raise SessionNotFoundError
            await write_down(
                transaction.uow,
                AuditEvent.SESSION_ENDED,
                now,
                subject_id=user_id,
                details={"session_id": str(session_id)},
            )
            await transaction.commit()

    async def end_others(self, user_id: int, kept: UUID | None) -> None:
        """End all sessions of the user but one, at once."""
        now = self._clock.now()
        async with self._database.writing() as transaction:
            count = await transaction.uow.sessions.revoke_others(user_id, kept, now)
            if count:
                await write_down(
                    transaction.uow,
                    AuditEvent.OTHER_SESSIONS_ENDED,
                    now,
                    subject_id=user_id,
                    details={"sessions": count},
                )
            await transaction.commit()

    def _carry_out(
        self, verdict: Verdict, session: UserSession, token: RefreshToken, now: datetime
    ) -> None:
        if verdict is Verdict.REPLAY:
            session.revoked_at = now
            return
        session.last_used_at = now
        session.expires_at = self._expiry(session.created_at, now)
        if verdict is Verdict.ROTATE:
            session.parent_hash = token.secret_hash
            session.token_hash = token.succeed(self._key).secret_hash
            session.rotated_at = now

    def _expiry(self, created_at: datetime, now: datetime) -> datetime:
        idle = now + timedelta(seconds=self._lifetimes.idle)
        return min(idle, created_at + timedelta(seconds=self._lifetimes.at_most))

    def _pair(self, session: UserSession, token: RefreshToken, now: datetime) -> TokenPair:
        access_token = self._access_tokens.issue(AccessClaims(session.user_id, session.id), now)
        return TokenPair(access_token, token.encode(), self._access_tokens.seconds)


def _refuse(outcome: str) -> InvalidRefreshTokenError:
    REFRESHES.labels(outcome).inc()
    return InvalidRefreshTokenError()


def _show(row: UserSession, current_id: UUID | None) -> SessionView:
    return SessionView(
        id=row.id,
        user_agent=row.user_agent,
        address=row.address,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        current=row.id == current_id,
    )


def _read_position(cursor: str) -> tuple[datetime, UUID]:
    try:
        created_at, session_id = decode_cursor(_LIST, cursor)
        instant = datetime.fromisoformat(str(created_at))
        if instant.tzinfo is None:
            raise BadCursorError
        return instant.astimezone(UTC), UUID(str(session_id))
    except (ValueError, OverflowError):
        raise BadCursorError from None
