"""The refusals of the services, each with its stable code."""

from app.core.errors import ConflictError, NotFoundError, RuleViolationError


class TaskNotFoundError(NotFoundError):
    """No such task, or another's."""

    code = "task_not_found"
    detail = "There is no such task."


class OccurrenceRequiredError(RuleViolationError):
    """The task recurs: the request has to say which occurrence it means."""

    code = "occurrence_required"
    detail = "This task recurs: send occurrence_on (see the task's current_occurrence_on)."


class NotAnOccurrenceError(RuleViolationError):
    """The task has no occurrence on that date."""

    code = "not_an_occurrence"
    detail = "The task has no occurrence on this date."


class NotDueError(ConflictError):
    """The occurrence lies in the owner's future."""

    code = "not_due"
    detail = "This occurrence is not due yet."


class BadRecurrenceError(RuleViolationError):
    """The recurrence is no RRULE that a task can have."""

    code = "bad_recurrence"
    detail = "The recurrence is not a usable RFC 5545 RRULE."


class TimeWithoutDateError(RuleViolationError):
    """A time of day needs a date."""

    code = "time_without_date"
    detail = "due_time needs due_on or recurrence."


class BadCursorError(RuleViolationError):
    """The cursor is not one that this list gave."""

    code = "bad_cursor"
    detail = "The cursor is not one that this list gave."
