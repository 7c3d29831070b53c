"""What a check finds."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. With a problem the service does not work, or not safely."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and how to mend it where it is not right."""

    check: str
    level: Level
    message: str
    mend: str | None = None


def ok(check: str, message: str) -> Finding:
    """It is right."""
    return Finding(check, Level.OK, message)


def warn(check: str, message: str, mend: str) -> Finding:
    """It works, but may not be what is wanted."""
    return Finding(check, Level.WARNING, message, mend)


def complain(check: str, message: str, mend: str) -> Finding:
    """It does not work, or not safely."""
    return Finding(check, Level.PROBLEM, message, mend)
