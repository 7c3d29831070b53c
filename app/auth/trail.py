"""What is written down about refusals: afterwards, in units of work of their own.

A refusal takes back its own transaction, so nothing can be written in it. Here each is counted and written in
the background, when the answer is under way and its connection returned. That takes no time of the answer, so
it can't tell an account that is there from one that is not.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from app.auth.errors import BadCredentialsError, CurrentPasswordError, TooManyAttemptsError
from app.auth.throttle import name_account
from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.counters import Counters
from app.core.errors import QuestboardError
from app.core.mail import mask_address
from app.core.metrics import LOGINS
from app.core.network import UNKNOWN, name_network
from app.core.request_id import current_address
from app.db.session import Database
from app.infra.background import Background
from app.services.audit import describe_entry, write_down

WINDOW_SECONDS = 15 * 60
HOUR_SECONDS = 3600
MOST_AN_HOUR = 300
"""So many entries of one kind an hour; beyond that only sums."""

_MAX_MASKED = 100

_log = structlog.get_logger(__name__)


class AuditTrail:
    """Writes down refusals, but not each of many: a flood must not fill the table."""

    def __init__(
        self, database: Database, background: Background, counters: Counters, clock: Clock
    ) -> None:
        self._database = database
        self._background = background
        self._counters = counters
        self._clock = clock

    @contextmanager
    def watch_login(self, email: str) -> Iterator[None]:
        """Count how a login ends, and write down what kept it from succeeding."""
        try:
            yield
        except BadCredentialsError:
            LOGINS.labels("failed").inc()
            self._note_login(AuditEvent.LOGIN_FAILED, email)
            raise
        except TooManyAttemptsError:
            LOGINS.labels("throttled").inc()
            self._note_login(AuditEvent.LOGIN_THROTTLED, email)
            raise
        LOGINS.labels("ok").inc()

    @contextmanager
    def watch_proof(self, email: str) -> Iterator[None]:
        """Write down that the current password, which a change needs, was wrong."""
        try:
            yield
        except (CurrentPasswordError, TooManyAttemptsError):
            self._note_login(AuditEvent.PROOF_REFUSED, email)
            raise

    def note_refusal(self, user_id: int, code: str, route: str | None) -> None:
        """Write down that somebody was refused at a door of admins."""
        self._background.spawn(
            "audit", self._write_refusal(user_id, {"code": code, "route": route})
        )

    async def note_reset_asked(self, user_id: int) -> None:
        """Write down that somebody asked for a link that sets a new password (few are mailed)."""
        await self._write(AuditEvent.CREDENTIAL_RESET_ASKED, {}, subject_id=user_id)

    def _note_login(self, event: AuditEvent, email: str) -> None:
        self._background.spawn("audit", self._write_login(event, email))

    async def _write_login(self, event: AuditEvent, email: str) -> None:
        network = name_network(current_address() or UNKNOWN)
        nth = await self._counters.increment(
            f"audit:{event}:{name_account(email)}:{network}", WINDOW_SECONDS
        )
        if not _is_worth_an_entry(nth):
            return
        masked = "".join(
            character for character in mask_address(email)[:_MAX_MASKED] if character.isprintable()
        )
        await self._write(event, {"email": masked, "attempts": nth}, email=email)

    async def _write_refusal(self, user_id: int, details: Mapping[str, Any]) -> None:
        event = AuditEvent.ACCESS_REFUSED
        nth = await self._counters.increment(f"audit:{event}:{user_id}", WINDOW_SECONDS)
        if _is_worth_an_entry(nth):
            await self._write(event, {**details, "attempts": nth}, subject_id=user_id)

    async def _write(
        self,
        event: AuditEvent,
        details: Mapping[str, Any],
        *,
        email: str | None = None,
        subject_id: int | None = None,
    ) -> None:
        total = await self._counters.increment(f"audit:{event}", HOUR_SECONDS)
        if total > MOST_AN_HOUR:
            if not _is_worth_an_entry(total):
                return
            details, email, subject_id = {"entries_this_hour": total}, None, None
        now = self._clock.now()
        try:
            async with self._database.writing() as transaction:
                if email is None:
                    await write_down(
                        transaction.uow, event, now, subject_id=subject_id, details=details
                    )
                else:
                    entry = describe_entry(event, now, details=details)
                    await transaction.uow.audit.add_about_email(email, entry)
                await transaction.commit()
        except QuestboardError as error:  # out of reach or busy; the log has the refusal itself
            _log.warning("audit_entry_lost", kind=event.value, code=error.code)


def _is_worth_an_entry(nth: int) -> bool:
    """The first, second, fourth, eighth, ... of a row: so a million are twenty entries."""
    return nth & (nth - 1) == 0
