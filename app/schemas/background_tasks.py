"""Bodies about background jobs."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.core.jobs import JobKind, JobStatus
from app.schemas.common import AnswerModel, Cursor, PageLimit, RequestModel


class BackgroundTaskQuery(RequestModel):
    """Which part of the jobs to show."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class BackgroundTaskRead(AnswerModel):
    """Something that is done for you beside your requests."""

    id: int
    kind: str = Field(
        description="What is done. More kinds may come.",
        examples=[str(kind) for kind in JobKind],
    )
    status: JobStatus = Field(
        description=(
            "`queued` and `running` are under way; a `dead` one failed too often, and waits for an operator."
        )
    )
    attempts: int = Field(description="How often it was tried.")
    created_at: datetime
    due_at: datetime = Field(
        description="When it is tried next; while it runs, when another worker may take it over."
    )
    finished_at: datetime | None
    result: dict[str, Any] | None = Field(description="What came of it, if it says so.")
