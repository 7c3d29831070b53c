"""What the OpenAPI document promises, held against answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from app.schemas.problem import Problem

MAX_PROBLEM_BYTES = 4096
PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    spec: dict[str, Any]

    @property
    def name(self) -> str:
        name: str = self.spec["operationId"]
        return name


def list_operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All operations of the document, in its order."""
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            yield Operation(method.upper(), path, spec)


def check_problem(answer: httpx.Response) -> dict[str, Any]:
    """Hold a refusal to the one form of refusals; gives its body."""
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == PROBLEM_TYPE, where
    assert len(answer.content) < MAX_PROBLEM_BYTES, where
    body: dict[str, Any] = answer.json()
    required = {name for name, field in Problem.model_fields.items() if field.is_required()}
    assert required | {"type"} <= body.keys() <= Problem.model_fields.keys(), where
    Problem.model_validate(body)
    assert body["status"] == answer.status_code, where
    assert body["request_id"] == answer.headers["x-request-id"], where
    assert body["code"], where
    assert body["title"], where
    return body


def check_documented(operation: Operation, answer: httpx.Response) -> None:
    """The document names this status for the operation, with this content type (or none)."""
    where = f"{operation.method} {operation.path}: {answer.status_code} {answer.text}"
    documented = operation.spec["responses"].get(str(answer.status_code))
    assert documented is not None, f"not documented: {where}"
    promised = set(documented.get("content", {}))
    sent = {answer.headers["content-type"].partition(";")[0]} if answer.content else set()
    assert sent == promised, f"{sent} instead of {promised}: {where}"
