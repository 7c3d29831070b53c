"""Why there is no export."""

from app.core.errors import BadRequestError, TooManyRequestsError, UnavailableError


class ExportRunningError(TooManyRequestsError):
    """Another export of the same user is being made or sent."""

    code = "export_running"
    detail = "Another export of yours is under way. Wait until you have it."


class ExportsBusyError(UnavailableError):
    """This process makes, or sends, as many exports as it can."""

    code = "exports_busy"
    detail = "Too many exports are under way. Try again later."


class ExportUnwritableError(UnavailableError):
    """There is no room for the file."""

    code = "export_unwritable"
    detail = "The export could not be written. Try again later."


class ExportAbandonedError(BadRequestError):
    """Who asked for it has left: nobody gets this answer."""

    code = "export_abandoned"
    detail = "Who asked for the export has left."
