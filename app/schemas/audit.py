"""Bodies about the audit log."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.audit import AuditEvent
from app.schemas.common import AnswerModel, Cursor, EntityId, Instant, PageLimit, RequestModel


class AuditQuery(RequestModel):
    """Which part of the audit log to show."""

    event: AuditEvent | None = Field(default=None, description="Only of this kind.")
    actor_id: EntityId | None = Field(default=None, description="Only what this user did.")
    subject_id: EntityId | None = Field(default=None, description="Only what concerns this user.")
    since: Instant | None = Field(default=None, description="Only from this instant on.")
    until: Instant | None = Field(default=None, description="Only before this instant.")
    limit: PageLimit = 20
    cursor: Cursor | None = None


class AuditEntryRead(AnswerModel):
    """Something that matters for security."""

    id: int
    at: datetime
    event: str = Field(
        description="What happened. More may come.", examples=[str(event) for event in AuditEvent]
    )
    actor_id: int | None = Field(
        description="Who did it; null if nobody knows, or if it was a command or a job."
    )
    subject_id: int | None = Field(
        description="Whose account it concerns; the number stays when the account is erased."
    )
    address: str | None = Field(description="The network address that it came from.")
    request_id: str | None = Field(
        description="The request, as in the log and in answers; null if it was a command or a job."
    )
    details: dict[str, Any] = Field(
        description="docs/operations/seeing.md tells those of each kind."
    )
