"""Jobs that send mails: about accounts, reminders and reports.

The text is made when it is sent, from what is so then; a link with a secret never stands in a job. A mail
that is sent again has the same Message-ID, so that it can be recognised.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from app.auth.external_profile import is_placeholder
from app.core.jobs import JobFailedError, PermanentJobError
from app.core.mail import Mail, MailError, mask_address
from app.core.metrics import MAILS
from app.db.models import User
from app.db.repositories.background_tasks import JobRow
from app.parts import Parts
from app.services.mail_rounds import MailRounds
from app.services.mails import ReminderService, ReportService
from app.worker.mails import (
    email_changed_mail,
    password_changed_mail,
    password_reset_mail,
    reminder_mail,
    report_mail,
    verification_mail,
)

_log = structlog.get_logger(__name__)


async def send_verification(parts: Parts, job: JobRow) -> None:
    """Ask whoever reads the address to confirm it, unless that is done."""
    user = await _find(parts, job)
    if user is not None and not user.is_verified:
        token = parts.manager.make_verification_token(user)
        url = parts.settings.frontend_url
        await _send(parts, job, verification_mail(user.email, user.display_name, token, url))


async def send_reset_link(parts: Parts, job: JobRow) -> None:
    """Let the owner of the address choose a new password."""
    user = await _find(parts, job)
    if user is not None:
        token = parts.manager.make_reset_token(user)
        url = parts.settings.frontend_url
        await _send(parts, job, password_reset_mail(user.email, user.display_name, token, url))


async def tell_account_changed(parts: Parts, job: JobRow) -> None:
    """Tell the owner of an address that the password, or the address itself, was changed."""
    user = await parts.manager.user_db.get(job.user_id or 0)
    to, new_email = job.data["to"], job.data.get("new_email")
    if user is None or is_placeholder(to):
        return
    url = parts.settings.frontend_url
    if new_email is None:
        await _send(parts, job, password_changed_mail(to, user.display_name, url))
    else:
        await _send(parts, job, email_changed_mail(to, user.display_name, new_email, url))


async def want_mails(parts: Parts, _job: JobRow) -> None:
    """Want the reminders and reports that are due by now."""
    more = True
    while more:
        async with parts.database.writing() as transaction:
            more = await MailRounds(transaction.uow, parts.clock).remind_some()
            await transaction.commit()
    more = True
    while more:
        async with parts.database.writing() as transaction:
            more = await MailRounds(transaction.uow, parts.clock).report_some()
            await transaction.commit()


async def send_reminder(parts: Parts, job: JobRow) -> Mapping[str, Any]:
    """Remind a learner of what is due today, if anything is."""
    user = await _find(parts, job)
    if user is None or not user.is_verified:
        return {"sent": False}
    async with parts.database.reading() as uow:
        reminder = await ReminderService(uow, parts.clock).get(user)
    if reminder is None:
        return {"sent": False}
    await _send(parts, job, reminder_mail(user, reminder, parts.settings.frontend_url))
    return {"sent": True}


async def send_report(parts: Parts, job: JobRow) -> Mapping[str, Any]:
    """Report a learner's last week, if anything was done in it."""
    user = await _find(parts, job)
    if user is None or not user.is_verified:
        return {"sent": False}
    async with parts.database.reading() as uow:
        report = await ReportService(uow, parts.clock).get(user)
    if report is None:
        return {"sent": False}
    await _send(parts, job, report_mail(user, report, parts.settings.frontend_url))
    return {"sent": True}


async def _find(parts: Parts, job: JobRow) -> User | None:
    """Whom a job is about; None if there is nobody any more who could be written to."""
    user = await parts.manager.user_db.get(job.user_id or 0)
    if user is None or not user.is_active or is_placeholder(user.email):
        return None
    return user


async def _send(parts: Parts, job: JobRow, mail: Mail) -> None:
    log = _log.bind(to=mask_address(mail.to), subject=mail.subject)
    try:
        await parts.sender.send(replace(mail, key=f"job-{job.id}-{job.created_at:%Y%m%d%H%M%S}"))
    except MailError as error:
        failure = PermanentJobError if error.permanent else JobFailedError
        MAILS.labels("lost" if error.permanent else "delayed").inc()
        raise failure(str(error)) from error
    MAILS.labels("sent").inc()
    log.info("mail_sent", tries=job.attempts)
