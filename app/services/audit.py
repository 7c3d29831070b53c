"""Writing down what matters for security, and showing it to admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.audit import AuditEvent
from app.core.listing import Page
from app.core.request_id import (
    NO_REQUEST,
    current_address,
    current_caller,
    current_request_id,
)
from app.db.repositories.audit import AuditFilter, AuditRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor

__all__ = ["AuditFilter", "AuditReadService", "AuditView", "describe_entry", "write_down"]

_LIST = "audit"


@dataclass(frozen=True, slots=True)
class AuditView:
    """An entry of the audit log."""

    id: int
    at: datetime
    event: str
    actor_id: int | None
    subject_id: int | None
    address: str | None
    request_id: str | None
    details: Mapping[str, Any]


def describe_entry(
    event: AuditEvent,
    now: datetime,
    *,
    actor_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of an entry but for its subject. Address and request are those under way.

    Who did it is the caller of the request unless it is said. Details are few and short, and never a
    password, a token or a whole address of mail.
    """
    request_id = current_request_id()
    return {
        "at": now,
        "event": event.value,
        "actor_id": current_caller() if actor_id is None else actor_id,
        "address": current_address(),
        "request_id": None if request_id == NO_REQUEST else request_id,
        "details": dict(details or {}),
    }


async def write_down(
    uow: UnitOfWork,
    event: AuditEvent,
    now: datetime,
    *,
    subject_id: int | None = None,
    actor_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry, in the transaction of what it is about. ``subject_id`` is whom it concerns."""
    entry = describe_entry(event, now, actor_id=actor_id, details=details)
    await uow.audit.add({**entry, "subject_id": subject_id})


class AuditReadService:
    """Shows the audit log."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_page(
        self, wanted: AuditFilter, limit: int, cursor: str | None
    ) -> Page[AuditView]:
        """A page, newest first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before_id = decode_id(_LIST, cursor, NEWEST)
        rows = await self._uow.audit.list_page(wanted, before_id, limit + 1)
        return cut_page(rows, limit, _show, lambda row: encode_cursor(_LIST, [row.id]))


def _show(row: AuditRow) -> AuditView:
    return AuditView(*row)
