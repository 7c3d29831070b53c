"""What the export says of itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.core.version import VERSION
from app.db.repositories.export import EXPORT_TABLES

README_FILE: Final = "README.txt"
CONTENTS_FILE: Final = "contents.json"
FORMAT: Final = "questboard-export"
FORMAT_VERSION: Final = 1

_INTRODUCTION: Final = """\
This is all that Questboard keeps of you, as it was at one moment: see contents.json for when.

Each file is a list in JSON (UTF-8), with one row a line, oldest or smallest first. contents.json tells how
many rows each has. Your own number is in account.json; the rows of the other files are all yours, so they
don't repeat it.

Names that end in _at are instants in UTC (2026-03-02T12:00:00Z); those that end in _on are dates of
your own calendar, and due_time is a time of day on your wall clock. XP, gold, damage and hit points (hp) are
whole numbers. Names that end in _id or _sequence lead to other rows. null means none.

What is not in it: secrets (your password and the tokens of your sessions are kept as hashes only, and even
these are left out), copies that the service makes for itself, and what belongs to others, such as the
names of those in your parties.

The files:

"""


def write_readme() -> str:
    """For people: what the files are."""
    width = max(len(table.name) for table in EXPORT_TABLES) + len(".json")
    lines = [f"  {f'{table.name}.json':<{width}}  {table.title}\n" for table in EXPORT_TABLES]
    return _INTRODUCTION + "".join(lines)


def list_contents(user_id: int, made_at: datetime, rows: Sequence[int]) -> Mapping[str, Any]:
    """For programs: what the export is, and how many ``rows`` each file has, in their order."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "program_version": VERSION,
        "exported_at": made_at,
        "user_id": user_id,
        "files": [
            {"name": f"{table.name}.json", "rows": count}
            for table, count in zip(EXPORT_TABLES, rows, strict=True)
        ],
    }
