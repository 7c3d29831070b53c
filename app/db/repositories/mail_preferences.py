"""Which mails learners wish, and when the next ones are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app.db.models import MailPreferences, User
from app.db.repositories.base import Repository

_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}
_GET = select(MailPreferences.reminder_hour, MailPreferences.weekly_report).where(
    MailPreferences.user_id == bindparam("of_user")
)
_OF_LEARNER = (MailPreferences.user_id, MailPreferences.reminder_hour, User.timezone)
_REMINDED = (
    select(*_OF_LEARNER, MailPreferences.remind_at)
    .join(User, User.id == MailPreferences.user_id)
    .where(MailPreferences.remind_at <= bindparam("now"))
    .order_by(MailPreferences.remind_at, MailPreferences.user_id)
    .limit(bindparam("count"))
)
_REPORTED = (
    select(*_OF_LEARNER, MailPreferences.report_at)
    .join(User, User.id == MailPreferences.user_id)
    .where(MailPreferences.report_at <= bindparam("now"))
    .order_by(MailPreferences.report_at, MailPreferences.user_id)
    .limit(bindparam("count"))
)
_OF_USER = MailPreferences.user_id == bindparam("of_user")
_REMIND_LATER = (
    update(MailPreferences)
    .where(_OF_USER, MailPreferences.remind_at == bindparam("was"))
    .values(remind_at=bindparam("next_at"))
)
_REPORT_LATER = (
    update(MailPreferences)
    .where(_OF_USER, MailPreferences.report_at == bindparam("was"))
    .values(report_at=bindparam("next_at"))
)


@dataclass(frozen=True, slots=True)
class MailWishes:
    """What a learner wishes; ``reminder_hour`` is None for no reminders."""

    reminder_hour: int | None = None
    weekly_report: bool = False


@dataclass(frozen=True, slots=True)
class DueMail:
    """A learner to whom a mail is due, and the learner's zone."""

    user_id: int
    reminder_hour: int | None
    timezone: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Later:
    """When a learner's mail was due, and when the next one is."""

    user_id: int
    was: datetime
    next_at: datetime


class MailPreferencesReader(Repository):
    """Looks wishes up."""

    async def get(self, user_id: int) -> MailWishes:
        """What a user wishes: nothing, unless they said so."""
        row = (await self._session.execute(_GET, {"of_user": user_id})).one_or_none()
        return MailWishes() if row is None else MailWishes(*row)

    async def list_reminders(self, now: datetime, count: int) -> Sequence[DueMail]:
        """At most ``count`` learners whose reminder is due, those due first (ix_..._remind_at)."""
        found = await self._session.execute(_REMINDED, {"now": now, "count": count})
        return [DueMail(*row) for row in found]

    async def list_reports(self, now: datetime, count: int) -> Sequence[DueMail]:
        """The same whose report is due (ix_..._report_at)."""
        found = await self._session.execute(_REPORTED, {"now": now, "count": count})
        return [DueMail(*row) for row in found]


class MailPreferencesRepository(MailPreferencesReader):
    """Changes wishes."""

    async def save(
        self,
        user_id: int,
        wishes: MailWishes,
        remind_at: datetime | None,
        report_at: datetime | None,
    ) -> None:
        """Keep what a user wishes, and when the next mails are due."""
        kept = {
            "reminder_hour": wishes.reminder_hour,
            "weekly_report": wishes.weekly_report,
            "remind_at": remind_at,
            "report_at": report_at,
        }
        statement = self._insert_into(MailPreferences).values(user_id=user_id, **kept)
        saved = statement.on_conflict_do_update(index_elements=["user_id"], set_=kept)
        await self._session.execute(saved)

    async def remind_later(self, reminders: Sequence[Later]) -> None:
        """Put reminders off to their next time, unless their learners did meanwhile."""
        await self._put_off(_REMIND_LATER, reminders)

    async def report_later(self, reports: Sequence[Later]) -> None:
        """Put reports off to their next time, unless their learners did meanwhile."""
        await self._put_off(_REPORT_LATER, reports)

    async def _put_off(self, statement: Any, mails: Sequence[Later]) -> None:
        if not mails:
            return
        rows = [
            {"of_user": mail.user_id, "was": mail.was, "next_at": mail.next_at} for mail in mails
        ]
        connection = await self._session.connection()
        await connection.execute(statement, rows)
