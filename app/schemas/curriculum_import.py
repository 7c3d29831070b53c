"""What is answered to an import."""

from typing import Literal

from pydantic import Field

from app.schemas.common import AnswerModel


class CurriculumChangeRead(AnswerModel):
    """A part of the course that changed. ``fields`` names what differs, of what was there before."""

    kind: Literal["added", "changed", "restored", "archived"]
    part: Literal["course", "week", "task", "question"]
    what: str = Field(examples=["week-01/day-2"])
    fields: tuple[str, ...] = Field(examples=[["title"]])


class ChangeCountsRead(AnswerModel):
    """How many parts changed, and how."""

    added: int
    changed: int
    restored: int
    archived: int


class CurriculumImportRead(AnswerModel):
    """What an import did; after a dry run: what it would do.

    ``created`` says that there was no such course; ``revision`` is the course's own, and went up only
    if anything changed. ``changes`` lists the first 100.
    """

    slug: str = Field(examples=["python-from-zero"])
    created: bool
    dry_run: bool
    revision: int
    counts: ChangeCountsRead
    changes: list[CurriculumChangeRead]
