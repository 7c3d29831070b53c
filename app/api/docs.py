"""How refusals appear in the OpenAPI document: by status, with an example for each code."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import body_limit
from app.api.errors import MEDIA_TYPE, problem, status_of
from app.api.standings import LIMIT_FIELD, POLICY_FIELD
from app.api.summary_docs import SUMMARY_EXAMPLE
from app.auth.errors import RegistrationClosedError
from app.core.errors import QuestboardError, TooManyRequestsError
from app.db.conflicts import DatabaseBusyError, DatabaseUnavailableError
from app.schemas.problem import Problem

Responses = dict[int | str, dict[str, Any]]

_REF = {"$ref": "#/components/schemas/Problem"}
_EXAMPLE_ID = "5f0c1f6f8f0e4d1b9a3a6a3f6d2c7b10"
_WITHOUT_DATABASE = {"get_health", "get_config"}
_UNCOUNTED = {"get_health", "get_readiness"}
_UNCOUNTED_IF_WELL = {"stream_events"}
_LIMIT_FIELDS: Mapping[str, Any] = {
    POLICY_FIELD: {
        "description": "The rates that the request counted for: q requests in each w seconds.",
        "schema": {"type": "string"},
        "example": '"user";q=600;w=60',
    },
    LIMIT_FIELD: {
        "description": "What is left of each: r requests, until all are there again in t seconds.",
        "schema": {"type": "string"},
        "example": '"user";r=599;t=42',
    },
}
"""As draft-ietf-httpapi-ratelimit-headers has them."""

_RETRY_FIELD = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 42,
    }
}
_ANSWERS: Mapping[str, Any] = {"get_summary": SUMMARY_EXAMPLE}
"""Examples by operation. Given with the route, FastAPI would leave out whatever is null."""

DESCRIPTION = """
Questboard turns to-do lists and courses into a role-playing game.

* Send `Authorization: Bearer <access token>`; `POST /auth/login` gives one, `POST /auth/refresh` the next.
* Every refusal is an RFC 9457 problem document; branch on its `code`.
* `RateLimit` tells what is left of your requests, and when they are all there again. Beyond that is 429 with
  `Retry-After`.
* Lists are pages: send `next_cursor` as `?cursor=` to go on.
* A `POST` with an `Idempotency-Key` can be sent again without harm: the same request gets the same answer.
  (Those of `/auth` and imports take none; an import that is repeated changes nothing.)
* Fields that end in `_html` hold the Markdown of the field without it as HTML that is safe to show.
"""


def problems(*errors: type[QuestboardError]) -> Responses:
    """The ``responses=`` of a route that may refuse for these reasons."""
    responses: Responses = {}
    for error in errors:
        status = status_of(error)
        if status not in responses:
            responses[status] = _describe(status)
        _add_example(responses[status], status, error.code, error.detail, error.example_members)
    return responses


def _describe(status: int) -> dict[str, Any]:
    title = str(_example(status, "", "")["title"])
    return {"description": title, "content": {MEDIA_TYPE: {"schema": _REF, "examples": {}}}}


def _add_example(
    response: dict[str, Any],
    status: int,
    code: str,
    detail: Any,
    members: Mapping[str, Any] | None = None,
) -> None:
    examples = response["content"][MEDIA_TYPE]["examples"]
    examples[code] = {"value": {**_example(status, code, detail), **(members or {})}}


def _example(status: int, code: str, detail: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(bytes(problem(status, code, detail).body))
    return {**body, "request_id": _EXAMPLE_ID}


def build_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, in which every refusal is what the service really answers. It takes its time."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info=app.license_info,
    )
    _mend(document)
    return document


def _mend(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem_schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem_schema.pop("$defs"))
    schemas["Problem"] = problem_schema
    document["components"]["headers"] = {**_LIMIT_FIELDS, **_RETRY_FIELD}
    for path in document["paths"].values():
        for operation in path.values():
            _mend_operation(operation)


def _mend_operation(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    invalid = responses.get("422")
    if invalid is not None and MEDIA_TYPE not in invalid["content"]:
        responses["422"] = invalid = _describe(422)
    if invalid is not None:
        detail = "The request does not fit its schema; see errors."
        _add_example(invalid, 422, "validation_error", detail)
    if "requestBody" in operation:
        _add(responses, 400, "bad_request", "There was an error parsing the body")
        _add(responses, 413, body_limit.CODE, body_limit.DETAIL)
        wanted = next(iter(operation["requestBody"]["content"]))
        _add(responses, 415, "unsupported_media_type", f"The body should be {wanted}.")
    _mend_refusals(operation)
    if operation["operationId"] not in _UNCOUNTED:
        _mend_limits(operation["operationId"], responses)
    if operation["operationId"] in _ANSWERS:
        answer = responses["200"]["content"]["application/json"]
        answer["example"] = _ANSWERS[operation["operationId"]]
    operation["responses"] = dict(sorted(responses.items()))


def _mend_refusals(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    errors: list[type[QuestboardError]] = []
    if "security" in operation:  # somebody's first token of another issuer makes an account
        errors.append(RegistrationClosedError)
    if operation["operationId"] not in _WITHOUT_DATABASE:
        errors += [DatabaseBusyError, DatabaseUnavailableError]
    for error in errors:
        _add(responses, status_of(error), error.code, error.detail)


def _mend_limits(name: str, responses: dict[str, Any]) -> None:
    error = TooManyRequestsError
    _add(responses, status_of(error), error.code, error.detail)
    for status, response in responses.items():
        if status < "300" and name not in _UNCOUNTED_IF_WELL:
            _refer(response, _LIMIT_FIELDS)
    _refer(responses["429"], {**_LIMIT_FIELDS, **_RETRY_FIELD})


def _refer(response: dict[str, Any], fields: Mapping[str, Any]) -> None:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in fields}
    response["headers"] = {**response.get("headers", {}), **headers}


def _add(responses: dict[str, Any], status: int, code: str, detail: Any) -> None:
    response = responses.setdefault(str(status), _describe(status))
    if MEDIA_TYPE in response["content"]:
        _add_example(response, status, code, detail)
