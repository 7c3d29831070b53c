"""The audit log: entries are added, read, and erased when they are old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from app.core.audit import AuditEvent
from app.core.text import normalize_email
from app.db.models import AuditEntry, User
from app.db.repositories.base import Repository, rows_affected
from app.db.types import Instant, Json

AuditRow = Row[
    tuple[int, datetime, str, int | None, int | None, str | None, str | None, dict[str, Any]]
]
"""id, at, event, actor id, subject id, address, request id, details"""

CLOCKS_APART = timedelta(hours=1)
"""More than the clocks of servers differ, and than an entry's instant is before its id was given."""

_ADD = insert(AuditEntry)
_ADD_ABOUT_EMAIL = insert(AuditEntry).values(
    subject_id=select(User.id).where(User.email == bindparam("about_email")).scalar_subquery()
)
_FIELDS = select(
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.event,
    AuditEntry.actor_id,
    AuditEntry.subject_id,
    AuditEntry.address,
    AuditEntry.request_id,
    AuditEntry.details,
)
_PAGE = (
    _FIELDS.where(AuditEntry.id < bindparam("before_id"))
    .order_by(AuditEntry.id.desc())
    .limit(bindparam("count"))
)
# Ids follow the instants but for a little: so an index on the instants tells where the ids of a time begin
# and end, and the list can be read by id alone.
_LAST_BEFORE = (
    select(AuditEntry.id)
    .where(AuditEntry.at < bindparam("well_before", type_=Instant))
    .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    .limit(1)
    .scalar_subquery()
)
_FIRST_AFTER = (
    select(AuditEntry.id)
    .where(AuditEntry.at > bindparam("well_after", type_=Instant))
    .order_by(AuditEntry.at, AuditEntry.id)
    .limit(1)
    .scalar_subquery()
)
# Rows are compared, and not one column: between two bounds on a column that it doesn't know PostgreSQL
# expects next to nothing, and would read and sort all that there are.
_NO_ID = literal(0)
_CONDITIONS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "event": (AuditEntry.event == bindparam("of_event"),),
    "actor_id": (AuditEntry.actor_id == bindparam("of_actor"),),
    "subject_id": (AuditEntry.subject_id == bindparam("of_subject"),),
    "since": (
        tuple_(AuditEntry.at, AuditEntry.id) >= tuple_(bindparam("since", type_=Instant), _NO_ID),
        tuple_(AuditEntry.id, _NO_ID) > tuple_(func.coalesce(_LAST_BEFORE, 0), _NO_ID),
    ),
    "until": (
        tuple_(AuditEntry.at, AuditEntry.id) < tuple_(bindparam("until", type_=Instant), _NO_ID),
        AuditEntry.id < func.coalesce(_FIRST_AFTER, 2**63 - 1),
    ),
}
_FORGET = (
    update(AuditEntry)
    .where(
        or_(
            AuditEntry.subject_id == bindparam("forgotten"),
            AuditEntry.actor_id == bindparam("forgotten"),
        )
    )
    .values(
        address=None,
        details=case(
            (AuditEntry.subject_id == bindparam("forgotten"), bindparam("nothing", {}, Json)),
            else_=AuditEntry.details,
        ),
    )
    .execution_options(synchronize_session=False)
)
_PURGE = delete(AuditEntry).where(
    AuditEntry.id.in_(
        select(AuditEntry.id)
        .where(AuditEntry.at < bindparam("before"))
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(bindparam("count"))
    )
)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; None means any. ``since`` is inclusive, ``until`` exclusive."""

    event: AuditEvent | None = None
    actor_id: int | None = None
    subject_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditReader(Repository):
    """Reads the audit log."""

    async def list_page(
        self, wanted: AuditFilter, before_id: int, count: int
    ) -> Sequence[AuditRow]:
        """At most ``count`` entries with a smaller id than ``before_id``, newest first."""
        conditions = [
            condition
            for name, theirs in _CONDITIONS.items()
            if getattr(wanted, name) is not None
            for condition in theirs
        ]
        parameters = {
            "before_id": before_id,
            "count": count,
            "of_event": wanted.event,
            "of_actor": wanted.actor_id,
            "of_subject": wanted.subject_id,
            "since": wanted.since,
            "until": wanted.until,
            "well_before": wanted.since and wanted.since - CLOCKS_APART,
            "well_after": wanted.until and wanted.until + CLOCKS_APART,
        }
        found = await self._session.execute(_PAGE.where(*conditions), parameters)
        return found.tuples().all()


class AuditRepository(AuditReader):
    """Writes things down."""

    async def add(self, values: dict[str, Any]) -> None:
        """Add an entry."""
        await self._session.execute(_ADD, values)

    async def add_about_email(self, email: str, values: dict[str, Any]) -> None:
        """Add an entry about the account with this address, if there is one.

        One statement, whether there is one or not.
        """
        await self._session.execute(
            _ADD_ABOUT_EMAIL, {**values, "about_email": normalize_email(email)}
        )

    async def forget(self, user_id: int) -> None:
        """Leave only the number of somebody: no address from which, and no details about them."""
        await self._session.execute(_FORGET, {"forgotten": user_id})

    async def purge(self, before: datetime, count: int) -> int:
        """Erase at most ``count`` of the oldest entries from before ``before``; how many there were."""
        result = await self._session.execute(_PURGE, {"before": before, "count": count})
        return rows_affected(result)
