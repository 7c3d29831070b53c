"""The OpenAPI document: complete, true, and the one that the project keeps."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.main import app
from app.schemas.problem import Problem
from commands.export_openapi import FILE, main, render_document
from tests.support.contract import PROBLEM_TYPE, Operation, list_operations

DOCUMENT = app.openapi()
OPERATIONS = list(list_operations(DOCUMENT))

OPEN_TO_ALL = {
    "get_health", "get_readiness", "get_config", "register", "log_in", "refresh", "forgot_password",
    "reset_password", "request_verify_token", "verify",
}  # fmt: skip
"""DESIGN 4's open circles, but for the logout, which has to know whose session ends."""

KEYWORDS = {
    "$ref", "additionalProperties", "anyOf", "const", "default", "description", "discriminator", "enum",
    "examples", "exclusiveMinimum", "format", "items", "maxItems", "maxLength", "maximum", "minItems",
    "minLength", "minimum", "oneOf", "pattern", "properties", "propertyNames", "required", "title", "type",
}  # fmt: skip
"""What JSON Schema knows, as far as we use it."""

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)


def list_refusals(operation: Operation) -> Iterator[tuple[int, dict[str, Any]]]:
    """The documented refusals of an operation."""
    for status, response in operation.spec["responses"].items():
        if int(status) >= 400:
            yield int(status), response


def list_schemas(part: Any) -> Iterator[dict[str, Any]]:
    """All schemas within a schema, itself included."""
    if isinstance(part, dict) and part:
        yield part
        for inner in [*part.get("properties", {}).values(), part.get("items", {})]:
            yield from list_schemas(inner)
        for inner in [*part.get("anyOf", []), *part.get("oneOf", [])]:
            yield from list_schemas(inner)


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is one that the schema describes, as far as our schemas go."""
    if "$ref" in schema:
        return fits(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value)
    if "anyOf" in schema:
        return any(fits(choice, value) for choice in schema["anyOf"])
    if "type" not in schema:
        return True
    if isinstance(value, str):
        shape = schema["type"] == "string" and re.search(schema.get("pattern", ""), value)
        size = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return bool(shape) and size and value in schema.get("enum", [value])
    if isinstance(value, list):
        return schema["type"] == "array" and all(fits(schema["items"], v) for v in value)
    bounds = schema.get("minimum", value) <= value <= schema.get("maximum", value)
    is_number = schema["type"] == "number" or isinstance(value, int)
    return schema["type"] in {"integer", "number"} and is_number and bounds


@each_operation
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    assert operation.spec["summary"]
    assert operation.spec["description"].endswith((".", "?"))
    assert len(operation.spec["tags"]) == 1


def test_every_tag_is_explained() -> None:
    used = {tag for operation in OPERATIONS for tag in operation.spec["tags"]}

    assert {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]} == used


def test_operations_have_names_of_their_own() -> None:
    names = [operation.name for operation in OPERATIONS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z_]+", name) for name in names)


@each_operation
def test_an_operation_has_one_success(operation: Operation) -> None:
    responses = operation.spec["responses"]
    successes = {status for status in responses if int(status) < 300}

    # What is there already may be answered with 200 instead of 201, in the same form.
    assert len(successes - {"200"}) == 1 or successes == {"200"}
    assert successes <= {"200", "201", "202", "204"}
    assert len({str(responses[status].get("content")) for status in successes}) == 1


@each_operation
def test_only_204_and_304_have_no_body(operation: Operation) -> None:
    for status, response in operation.spec["responses"].items():
        assert (status in {"204", "304"}) == ("content" not in response)


@each_operation
def test_every_refusal_is_a_problem_with_true_examples(operation: Operation) -> None:
    for status, response in list_refusals(operation):
        assert response["content"].keys() == {PROBLEM_TYPE}
        examples = response["content"][PROBLEM_TYPE]["examples"]
        assert examples
        for code, example in examples.items():
            body = Problem.model_validate(example["value"])
            assert (body.status, body.code) == (status, code)


@each_operation
def test_what_needs_a_token_says_so(operation: Operation) -> None:
    is_open = operation.name in OPEN_TO_ALL

    assert ("security" not in operation.spec) == is_open
    if not is_open:
        assert "401" in operation.spec["responses"]


@each_operation
def test_what_takes_input_may_refuse_it(operation: Operation) -> None:
    expected = set()
    if operation.spec.get("parameters"):
        expected |= {"422"}
    if "requestBody" in operation.spec:
        expected |= {"400", "413", "415", "422"}

    assert expected <= operation.spec["responses"].keys()


@each_operation
def test_what_asks_the_database_may_find_it_gone(operation: Operation) -> None:
    asks = operation.name not in {"get_health", "get_config"}

    assert ("503" in operation.spec["responses"]) == asks


def test_fastapis_own_errors_are_not_in_it() -> None:
    assert "ValidationError" not in render_document()


def test_only_the_current_version_is_in_it() -> None:
    assert all(path.startswith("/api/v1/") for path in DOCUMENT["paths"])


def test_every_schema_is_used() -> None:
    document = render_document()

    for name in DOCUMENT["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in document, name


def test_schemas_say_nothing_that_json_schema_does_not_know() -> None:
    roots = list(DOCUMENT["components"]["schemas"].values())
    roots += [p["schema"] for op in OPERATIONS for p in op.spec.get("parameters", [])]

    unknown = {key for root in roots for schema in list_schemas(root) for key in schema} - KEYWORDS

    assert unknown == set()


def test_request_bodies_forbid_what_they_do_not_know() -> None:
    for operation in OPERATIONS:
        for media in operation.spec.get("requestBody", {}).get("content", {}).values():
            if media["schema"].get("format") == "binary":
                continue
            choices = media["schema"].get("anyOf") or media["schema"].get("oneOf")
            for choice in choices or [media["schema"]]:
                if choice != {"type": "null"}:
                    schema = DOCUMENT["components"]["schemas"][choice["$ref"].rpartition("/")[2]]
                    assert schema["additionalProperties"] is False, operation.name


def test_the_examples_fit_their_schemas() -> None:
    roots = list(DOCUMENT["components"]["schemas"].values())
    roots += [p["schema"] for op in OPERATIONS for p in op.spec.get("parameters", [])]
    schemas = [schema for root in roots for schema in list_schemas(root) if "examples" in schema]

    misfits = [s for s in schemas if not all(fits(s, example) for example in s["examples"])]

    assert len(schemas) > 20
    assert misfits == []


def test_the_project_keeps_the_document_of_its_app() -> None:
    kept = FILE.read_text(encoding="utf-8")

    assert kept == render_document(), "run python -m commands.export_openapi"


def test_the_command_writes_the_document(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"

    assert main([], file) == 0

    assert file.read_text(encoding="utf-8") == render_document()
    assert main(["--check"], file) == 0


@pytest.mark.parametrize("content", ["", "{}", None])
def test_the_command_tells_an_outdated_document(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.json"
    if content is not None:
        file.write_text(content)

    assert main(["--check"], file) == 1

    assert capsys.readouterr().err.startswith("error: openapi.json is out of date")
    assert file.exists() == (content is not None)


def test_the_settings_of_the_machine_are_not_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = render_document()
    monkeypatch.setenv("CORS_ORIGINS", "https://play.example.org")
    monkeypatch.setenv("FRONTEND_URL", "https://play.example.org")

    assert render_document() == before
