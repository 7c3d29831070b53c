"""Which mails a change of an account makes: jobs, wanted in its transaction. Their links are made later."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.auth.external_profile import is_placeholder
from app.core.jobs import JobKind, JobRequest
from app.core.text import normalize_email
from app.db.models import User


def list_first_mails(user: User) -> Iterator[JobRequest]:
    """A new account is asked to confirm its address."""
    if user.is_active and not user.is_verified and not is_placeholder(user.email):
        yield JobRequest(JobKind.SEND_VERIFICATION, user_id=user.id)


def list_mails(old_email: str, changes: Mapping[str, Any], user: User) -> Iterator[JobRequest]:
    """What the owner is told of changes, who may not have made them; ``user`` is as it is now.

    A new address has to be confirmed, and the old one is told.
    """
    if "hashed_password" in changes:
        yield _tell(user, user.email)
    if user.email != normalize_email(old_email):
        yield _tell(user, old_email, new_email=user.email)
        yield from list_first_mails(user)


def _tell(user: User, to: str, **data: str) -> JobRequest:
    return JobRequest(JobKind.TELL_ACCOUNT_CHANGED, {"to": to, **data}, user_id=user.id)
