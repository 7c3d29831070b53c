"""The refusals of tables."""

from app.core.errors import RuleViolationError


class BadTableError(RuleViolationError):
    """The parameters don't name one table, or one part of it."""

    code = "bad_table"
    detail = "These parameters don't go together."
