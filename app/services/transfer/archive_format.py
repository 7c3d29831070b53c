"""What an archive is: lines of JSON, compressed by gzip.

The first line is the header. Then come the tables in its order: each row is a line with a list of its
values, in the order of the header's columns; after the last row of a table a line with an object says how
many there were, and their checksum. The last line is ``{"end": true}``, so that nothing can be cut off
unseen. It is the same archive from either database, and goes to either.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.errors import RuleViolationError

FORMAT: Final = "questboard-archive"
FORMAT_VERSION: Final = 1
SUFFIX: Final = ".jsonl.gz"

MAX_LINE_BYTES: Final = 8 * 2**20
"""Of a row. The longest are lessons, and answers that are kept for a retry."""

MAX_HEADER_BYTES: Final = 2**20
MAX_RATIO: Final = 500
FREE_BYTES: Final = 64 * 2**20
"""What is unpacked may be so many times as large as what is packed, and this much more: rows that are much
alike are packed to a fiftieth. Beyond that it is made to fill a disk."""

END_LINE: Final = b'{"end":true}'

Name = Annotated[str, Field(min_length=1, max_length=63)]
Id = Annotated[int, Field(ge=0, le=2**63 - 2)]


class ArchiveError(RuleViolationError):
    """The archive is damaged, or of a kind that is not read."""

    code = "bad_archive"


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TableHeader(_Line):
    """A table, as it was when the archive was begun."""

    name: Name
    columns: Annotated[list[Name], Field(min_length=1, max_length=500)]
    rows: Id


class Header(_Line):
    """What the archive is, and what it holds."""

    format: Literal["questboard-archive"] = FORMAT
    format_version: Literal[1] = FORMAT_VERSION
    program_version: Annotated[str, Field(max_length=50)]
    revision: Annotated[str, Field(max_length=200)]
    created_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    tables: Annotated[list[TableHeader], Field(max_length=1000)]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.rows for table in self.tables)


class TableEnd(_Line):
    """What was in a table."""

    table: Name
    rows: Id
    checksum: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    last_id: Id | None
