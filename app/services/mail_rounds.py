"""Rounds: whoever is due a reminder or a report gets a job for it, and the time of the next one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.clock import Clock
from app.core.jobs import JobKind, JobRequest
from app.db.repositories.mail_preferences import DueMail, Later
from app.db.unit_of_work import UnitOfWork
from app.services.mail_times import REPORT_HOUR, find_next_hour, find_next_report, is_timely

BATCH = 200
"""How many are seen to in one transaction."""


class MailRounds:
    """Wants the mails that are due; each call sees to some, in a transaction of its own."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def remind_some(self) -> bool:
        """See to some whose reminders are due; whether there were any."""
        now = self._clock.now()
        due = await self._uow.mail_preferences.list_reminders(now, BATCH)
        later = []
        for mail in due:
            zone, hour = _find_place(mail)
            if is_timely(mail.due_at, now, zone, hour):
                await self._want(JobKind.SEND_REMINDER, mail, now)
            later.append(Later(mail.user_id, mail.due_at, find_next_hour(now, zone, hour)))
        await self._uow.mail_preferences.remind_later(later)
        return bool(due)

    async def report_some(self) -> bool:
        """See to some whose reports are due; whether there were any."""
        now = self._clock.now()
        due = await self._uow.mail_preferences.list_reports(now, BATCH)
        later = []
        for mail in due:
            zone, hour = _find_place(mail)
            if is_timely(mail.due_at, now, zone, hour):
                await self._want(JobKind.SEND_REPORT, mail, now)
            later.append(Later(mail.user_id, mail.due_at, find_next_report(now, zone, hour)))
        await self._uow.mail_preferences.report_later(later)
        return bool(due)

    async def _want(self, kind: JobKind, mail: DueMail, now: datetime) -> None:
        slot = f"{kind}/{mail.user_id}/{mail.due_at.isoformat()}"
        data = {"due_at": mail.due_at.isoformat()}
        request = JobRequest(kind, data, user_id=mail.user_id, slot=slot)
        await self._uow.background_tasks.add(request, now)


def _find_place(mail: DueMail) -> tuple[ZoneInfo, int]:
    """The zone and the hour by which the mail comes."""
    hour = REPORT_HOUR if mail.reminder_hour is None else mail.reminder_hour
    return ZoneInfo(mail.timezone), hour
