"""The one table from refusals to statuses, and the one form in which they are answered."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException

from app.api.standings import note_standing
from app.core.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    QuestboardError,
    RuleViolationError,
    TooManyRequestsError,
    UnauthenticatedError,
    UnavailableError,
)
from app.core.request_id import current_request_id

STATUS_OF: Mapping[type[QuestboardError], int] = {
    BadRequestError: 400,
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    RuleViolationError: 422,
    TooManyRequestsError: 429,
    UnavailableError: 503,
}

MEDIA_TYPE = "application/problem+json"

_CODE_OF_STATUS = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
# RFC 9110's names: those of Python's own table differ between its versions.
_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
_MAX_ERRORS = 10
_MAX_PART_LENGTH = 40
_log = structlog.get_logger(__name__)


def status_of(error: QuestboardError | type[QuestboardError]) -> int:
    """The HTTP status of a refusal's kind."""
    cls = error if isinstance(error, type) else type(error)
    return next(status for kind, status in STATUS_OF.items() if issubclass(cls, kind))


def problem(
    status: int,
    code: str,
    detail: Any,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[dict[str, Any]] | None = None,
    members: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """An RFC 9457 answer."""
    body: dict[str, Any] = {
        **to_jsonable_python(members or {}),
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": current_request_id(),
    }
    if errors is not None:
        body["errors"] = list(errors)
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA_TYPE)


async def answer_refusal(request: Request, error: QuestboardError) -> JSONResponse:
    """Answer one of our own refusals. That a part is out of reach, the operator has to know as well."""
    if isinstance(error, UnavailableError):
        _log.warning("unavailable", code=error.code, cause=_explain(error.__cause__))
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, TooManyRequestsError) and error.standing is not None:
        note_standing(request.scope, error.standing)
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status_of(error), error.code, error.detail, headers=headers, members=error.members
    )


async def answer_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    """Answer a request that does not fit its schema. What was sent is not repeated: it may be secret."""
    errors = [
        {
            "loc": [_shorten(part) for part in item["loc"]],
            "msg": _shorten(item["msg"], 200),
            "type": item["type"],
        }
        for item in error.errors()[:_MAX_ERRORS]
    ]
    detail = "The request does not fit its schema; see errors."
    return problem(422, "validation_error", detail, errors=errors)


async def answer_http(request: Request, error: HTTPException) -> JSONResponse:
    """Answer what the framework itself refuses: no such route, wrong method, unreadable body."""
    code = _CODE_OF_STATUS.get(error.status_code, "error")
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_list_methods(request))
    return problem(error.status_code, code, error.detail, headers=headers)


async def answer_defect(_request: Request, error: Exception) -> JSONResponse:
    """Answer a defect of ours: nothing about it but where to look for it."""
    _log.error("unhandled_error", exc_info=error)
    return problem(500, "internal_error", "Something went wrong on our side. It has been logged.")


def install_error_handlers(app: FastAPI) -> None:
    """Make every failure answer in the one form."""
    # Not by add_exception_handler, whose type would have each of them take any exception.
    app.exception_handlers.update(
        {
            QuestboardError: answer_refusal,
            RequestValidationError: answer_invalid,
            HTTPException: answer_http,
            Exception: answer_defect,
        }
    )


def _list_methods(request: Request) -> list[str]:
    """The methods of a path. FastAPI tells those of the first of its routes, each of ours has one."""
    path: str = request.scope["path"]
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(path):
            methods.update(route.methods)
    return sorted(methods)


def _explain(cause: BaseException | None) -> str | None:
    """One line. A database's error is told in the driver's words: SQLAlchemy's tell the statement."""
    if cause is None:
        return None
    original = getattr(cause, "orig", None) or cause
    return f"{type(cause).__name__}: {original}".splitlines()[0]


def _shorten(part: Any, length: int = _MAX_PART_LENGTH) -> Any:
    """Keep hostile names of fields from filling the answer or breaking its encoding."""
    if not isinstance(part, str):
        return part
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in part[:length]
    )
