"""Why a database can't be carried to another."""

from app.core.errors import ConflictError, RuleViolationError


class BadRowError(RuleViolationError):
    """A row holds what its table, or the database that it goes to, does not. Nothing was written."""

    code = "bad_row"


class RowsRefusedError(ConflictError):
    """The database refused rows, as by a constraint. Nothing was written."""

    code = "rows_refused"


class NotPermittedError(ConflictError):
    """The database does not permit its user what is needed. Nothing was written."""

    code = "not_permitted"
