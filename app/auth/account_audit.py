"""Which entries of the audit log a change of an account makes."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.audit import AuditEvent
from app.core.mail import mask_address
from app.core.request_id import current_caller
from app.core.roles import Role
from app.core.text import normalize_email
from app.db.models import User

Entry = tuple[AuditEvent, Mapping[str, Any]]

_SWITCHES = {
    "is_active": (AuditEvent.ACCOUNT_ENABLED, AuditEvent.ACCOUNT_DISABLED),
    "is_superuser": (AuditEvent.SUPERUSER_GRANTED, AuditEvent.SUPERUSER_REVOKED),
}
"""What is written down when it is switched on, and off."""


def list_first_rights(values: Mapping[str, Any]) -> Iterator[Entry]:
    """A new account, and the rights that it begins with."""
    yield AuditEvent.ACCOUNT_CREATED, {}
    if Role(values["role"]) is not Role.LEARNER:
        yield (
            AuditEvent.ROLE_CHANGED,
            {"from": Role.LEARNER.value, "to": Role(values["role"]).value},
        )
    if values["is_superuser"]:
        yield AuditEvent.SUPERUSER_GRANTED, {}


def list_changes(user: User, changes: Mapping[str, Any]) -> Iterator[Entry]:
    """What of an account becomes different. ``user`` is as it was before."""
    yield from _list_proofs(user, changes)
    for name, (on, off) in _SWITCHES.items():
        if changes.get(name) not in {None, getattr(user, name)}:
            yield (on if changes[name] else off), {}
    role = changes.get("role")
    if role not in {None, user.role}:
        yield AuditEvent.ROLE_CHANGED, {"from": Role(user.role).value, "to": Role(role).value}


def _list_proofs(user: User, changes: Mapping[str, Any]) -> Iterator[Entry]:
    if "hashed_password" in changes:
        # Who comes with a token from a mail is not logged in.
        is_reset = current_caller() is None
        yield (AuditEvent.CREDENTIAL_RESET if is_reset else AuditEvent.CREDENTIAL_CHANGED), {}
    email = changes.get("email", user.email)
    if normalize_email(email) != user.email:
        masked = {"from": mask_address(user.email), "to": mask_address(email)}
        yield AuditEvent.EMAIL_CHANGED, masked
    if changes.get("is_verified") and not user.is_verified:
        yield AuditEvent.EMAIL_VERIFIED, {}
