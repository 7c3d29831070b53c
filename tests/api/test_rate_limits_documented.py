"""The document says where requests are counted, and what answers tell of it."""

import pytest

from app.main import app
from tests.support.contract import PROBLEM_TYPE, Operation, list_operations

DOCUMENT = app.openapi()
OPERATIONS = list(list_operations(DOCUMENT))
FIELDS = {"RateLimit-Policy", "RateLimit"}
UNCOUNTED = {"get_health", "get_readiness"}

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)


@each_operation
def test_what_is_counted_may_be_refused(operation: Operation) -> None:
    refusal = operation.spec["responses"].get("429")
    assert (refusal is None) == (operation.name in UNCOUNTED)
    if refusal is not None:
        assert "too_many_requests" in refusal["content"][PROBLEM_TYPE]["examples"]
        assert refusal["headers"].keys() == {*FIELDS, "Retry-After"}


@each_operation
def test_what_is_counted_tells_what_is_left(operation: Operation) -> None:
    tells = operation.name not in {*UNCOUNTED, "stream_events"}
    for status, response in operation.spec["responses"].items():
        if status < "300":
            assert (response.get("headers", {}).keys() >= FIELDS) == tells


@each_operation
def test_each_header_that_is_referred_to_is_there(operation: Operation) -> None:
    known = DOCUMENT["components"]["headers"]
    for response in operation.spec["responses"].values():
        for header in response.get("headers", {}).values():
            assert header.get("$ref", "").rpartition("/")[2] in {*known, ""}
