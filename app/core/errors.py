"""What can go wrong, said without HTTP.

A few semantic kinds; each concrete error has a stable ``code`` that clients may rely on.
``app/api/errors.py`` alone turns kinds into statuses.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from app.core.rate_limits import Standing


class QuestboardError(Exception):
    """The base of every expected refusal.

    ``code`` is stable and machine-readable; ``detail`` is one sentence for people (fastapi-users'
    clients find its constants there instead). ``retry_after`` is in seconds. ``members`` are further
    facts for programs, by the names that they have in the answer (RFC 9457's extension members).
    """

    code: ClassVar[str] = "error"
    example_members: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """What ``members`` may be, for the API's manual."""
    detail: str | dict[str, str] = "The request could not be carried out."

    def __init__(
        self,
        detail: str | dict[str, str] | None = None,
        *,
        retry_after: int | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        if detail is not None:
            self.detail = detail
        self.retry_after = retry_after
        self.members = members or {}
        super().__init__(str(self.detail))


class NotFoundError(QuestboardError):
    """There is no such thing, or none that the caller may know of."""

    code = "not_found"
    detail = "There is no such thing."


class ConflictError(QuestboardError):
    """The present state does not allow it."""

    code = "conflict"
    detail = "The present state does not allow this."


class RuleViolationError(QuestboardError):
    """The request is well-formed, but breaks a rule that only the server can check."""

    code = "rule_violation"
    detail = "This breaks a rule."


class BadRequestError(QuestboardError):
    """The request is refused as it stands (fastapi-users' constants are of this kind)."""

    code = "bad_request"
    detail = "The request is refused."


class ForbiddenError(QuestboardError):
    """The caller is known, but may not do this."""

    code = "forbidden"
    detail = "You may not do this."


class UnauthenticatedError(QuestboardError):
    """The caller is not known: no token, or one that does not count (any more)."""

    code = "unauthenticated"
    detail = "A valid bearer token is needed."


class TooManyRequestsError(QuestboardError):
    """Too much in too short a time; ``retry_after`` says how long to wait.

    ``standing`` says against which rate, where it is one.
    """

    code = "too_many_requests"
    detail = "Too many requests. Try again later."

    def __init__(
        self,
        detail: str | None = None,
        *,
        standing: Standing | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.standing = standing
        if standing is not None:
            retry_after = standing.seconds_left
        super().__init__(detail, retry_after=retry_after)


class UnavailableError(QuestboardError):
    """A part that the service needs is out of reach for the moment."""

    code = "unavailable"
    detail = "The service is not available at the moment. Try again later."
