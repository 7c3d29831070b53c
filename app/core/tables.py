"""The words of tables: whom they show, and which there are."""

from enum import StrEnum


class Visibility(StrEnum):
    """How a learner appears in tables: by name, without one, or not at all."""

    SHOWN = "shown"
    ANONYMOUS = "anonymous"
    HIDDEN = "hidden"


class TableScope(StrEnum):
    """Among whom a table ranks."""

    ALL = "all"
    PARTY = "party"
    CHALLENGE = "challenge"


class TablePeriod(StrEnum):
    """Whose XP counts: that of the present ISO week in UTC, or all there is."""

    WEEK = "week"
    ALL = "all"
