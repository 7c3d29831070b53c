"""What an export holds of an account and of the tasks of its owner."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from app.db.models import (
    AuditEntry,
    BackgroundTask,
    ExternalIdentity,
    MailPreferences,
    Notification,
    Task,
    TaskOccurrence,
    User,
    UserSession,
)
from app.db.repositories.export_tables import OF_USER, ExportTable, describe

_BY_USER: ColumnElement[bool] = func.coalesce(AuditEntry.actor_id == OF_USER, False)
_ABOUT_USER: ColumnElement[bool] = func.coalesce(AuditEntry.subject_id == OF_USER, False)
_ABOUT_NOBODY_ELSE = or_(_ABOUT_USER, AuditEntry.subject_id.is_(None))

ACCOUNT: Final = describe(
    "account",
    "your account",
    select(
        User.id,
        User.email,
        User.display_name,
        User.timezone,
        User.day_starts_at,
        User.role,
        User.is_active,
        User.is_superuser,
        User.is_verified,
        User.created_at,
        User.updated_at,
    ).where(User.id == OF_USER),
)

ACCOUNT_TABLES: Final[Sequence[ExportTable]] = (
    ACCOUNT,
    describe(
        "external_identities",
        "accounts elsewhere that you log in with",
        select(ExternalIdentity.issuer, ExternalIdentity.subject, ExternalIdentity.created_at)
        .where(ExternalIdentity.user_id == OF_USER)
        .order_by(ExternalIdentity.issuer, ExternalIdentity.subject),
    ),
    describe(
        "sessions",
        "where you logged in",
        select(
            UserSession.id,
            UserSession.created_at,
            UserSession.user_agent,
            UserSession.address,
            UserSession.last_used_at,
            UserSession.rotated_at,
            UserSession.expires_at,
            UserSession.revoked_at,
        )
        .where(UserSession.user_id == OF_USER)
        .order_by(UserSession.created_at, UserSession.id),
    ),
    describe(
        "mail_preferences",
        "which mails you wish",
        select(
            MailPreferences.reminder_hour,
            MailPreferences.weekly_report,
            MailPreferences.remind_at,
            MailPreferences.report_at,
        ).where(MailPreferences.user_id == OF_USER),
    ),
    describe(
        "background_tasks",
        "what was done for you beside your requests",
        select(
            BackgroundTask.id,
            BackgroundTask.kind,
            BackgroundTask.status,
            BackgroundTask.attempts,
            BackgroundTask.created_at,
            BackgroundTask.due_at,
            BackgroundTask.started_at,
            BackgroundTask.finished_at,
            BackgroundTask.result,
        )
        .where(BackgroundTask.user_id == OF_USER)
        .order_by(BackgroundTask.id),
    ),
    describe(
        "audit",
        "what was written down for your security, and what you did that is written down",
        # Who else did something, from where, and to whom, are others' data.
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.event,
            _BY_USER.label("by_you"),
            _ABOUT_USER.label("about_you"),
            case((_BY_USER, AuditEntry.address)).label("address"),
            case((_ABOUT_NOBODY_ELSE, AuditEntry.details)).label("details"),
        )
        .where(or_(AuditEntry.actor_id == OF_USER, AuditEntry.subject_id == OF_USER))
        .order_by(AuditEntry.id),
    ),
    describe(
        "notifications",
        "what you were told; kept for 90 days",
        select(
            Notification.id,
            Notification.created_at,
            Notification.kind,
            Notification.data,
            Notification.read_at,
        )
        .where(Notification.user_id == OF_USER)
        .order_by(Notification.id),
    ),
    describe(
        "tasks",
        "your own tasks, with their checklists",
        select(
            Task.id,
            Task.title,
            Task.description,
            Task.difficulty,
            Task.due_on,
            Task.due_time,
            Task.tags,
            Task.checklist,
            Task.checklist_on,
            Task.recurrence,
            Task.starts_on,
            Task.last_done_on,
            Task.completed_at,
            Task.created_at,
            Task.updated_at,
        )
        .where(Task.user_id == OF_USER)
        .order_by(Task.id),
    ),
    describe(
        "task_occurrences",
        "the days on which you completed recurring tasks",
        select(
            TaskOccurrence.task_id,
            Task.title.label("task_title"),
            TaskOccurrence.occurrence_on,
            TaskOccurrence.completed_at,
            TaskOccurrence.checklist,
        )
        .join(Task, and_(Task.user_id == TaskOccurrence.user_id, Task.id == TaskOccurrence.task_id))
        .where(TaskOccurrence.user_id == OF_USER)
        .order_by(TaskOccurrence.task_id, TaskOccurrence.occurrence_on),
    ),
)
