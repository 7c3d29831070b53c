"""Requests that nobody should send, made from the OpenAPI document: a new route is attacked unasked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from app.services.curriculum.archive import write_archive
from tests.services.curriculum.course_files import tiny_course
from tests.support.contract import Operation

JSON = "application/json"
ZIP = "application/zip"
ARCHIVE = write_archive(tiny_course(), "tiny")

IDS = [
    "0", "-1", "1_0", "%D9%A3", "%00", "1%00", "9223372036854775807", "9223372036854775808",
    "9" * 5000, "1.5", "1e3", "+1", "%201", "null", "NaN", "0x10", "%FF", "%ED%A0%80", "%F0%9F%90%89",
    "1%3Bdrop%20table%20tasks", "00000000-0000-0000-0000-000000000000", "x" * 50_000,
]  # fmt: skip
QUERY_VALUES = [
    "", "-1", "0", "101", "1_0", "%D9%A3", "%00", "%FF", "%ED%A0%80", "NaN", "Infinity", "1e400",
    "9" * 5000, "x" * 50_000, "null", "9999-12-31", "0000-00-00", "%27%20OR%201%3D1%20--", "%25_%25",
    "e30", "W10",
]  # fmt: skip
FIELD_VALUES: list[Any] = [
    None, True, -1, 0, 2**63, 10**4000, 1.5, float("nan"), float("inf"), "", " ", "\x00", "a\x00b",
    "\ud800", "\udfff\ud800", "x" * 50_000, "\N{DRAGON}" * 300, "9999-12-31", "0000-00-00", "24:00",
    "FREQ=SECONDLY", [], {}, [None], ["\ud800"], [0] * 100_000, ["x"] * 1000, [{"text": "\x00"}],
    {"": None}, {"a": {"b": {"c": []}}},
]  # fmt: skip
UNKNOWN_FIELDS: list[tuple[str, Any]] = [
    ("is_superuser", True), ("xp", 1000), ("gold", 1000), ("user_id", 1), ("id", 1), ("role", "admin"),
    ("completed", True), ("created_at", "2020-01-01T00:00:00Z"), ("hashed_password", "x"),
    ("__proto__", {}), ("", 1), ("\x00", 1), ("\ud800", 1), ("x" * 50_000, 1),
    ("\N{DRAGON}" * 1000, {"a": []}),
]  # fmt: skip
BODIES = [
    b"", b"null", b"0", b'""', b"[]", b"{}", b"NaN", b"-Infinity", b"1e400", b"9" * 5000,
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000, b"[" + b"0," * 100_000 + b"0]",
    b"{", b'{"a"', b'{"a": 1,}', b'{"a": 1, "a": 2}', b"\xff\xfe\x00", b'{"a": "\xed\xa0\x80"}',
    b'"\\ud800"', b"\x1f\x8b\x08\x00\x00", b"\xef\xbb\xbf{}", b"a=1&a=2", b"%", b"=" * 5000,
    b"&" * 5000, b"--x\r\n\r\n--x--", b" " * 100_000,
]  # fmt: skip
CONTENT_TYPES = [
    None, "", "text/plain", "application/xml", "application/json; charset=utf-7",
    "application/json; charset=klingon", "multipart/form-data", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded", "/", "\xe4/\xff",
]  # fmt: skip
KEYS = ["", " ", "x" * 256, "\t", "\xe9", "\x7f", "x" * 50_000]
CREDENTIALS = [
    "", "Bearer", "Bearer ", "bearer null", "Basic YTpi", "Bearer a.b.c", "Bearer \xff",
    "Bearer " + "x" * 50_000, "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer ..", "Bearer " + "." * 5000,
]  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """One request. ``headers`` come beside the token, or in its place."""

    method: str
    path: str
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self) -> str:
        headers = {name: value[:80] for name, value in self.headers.items()}
        return f"{self.method} {self.path[:200]} {headers} {self.body[:200]!r}"


class Attacker:
    """Makes attacks on one operation, each of which differs in one thing from a request in order."""

    def __init__(
        self, document: dict[str, Any], operation: Operation, names: dict[str, str]
    ) -> None:
        """``names`` are values for the parameters in the path."""
        self._schemas = document["components"]["schemas"]
        self._operation = operation
        self._names = names
        content: dict[str, Any] = operation.spec.get("requestBody", {}).get("content", {})
        self._type = next(iter(content), None)
        self._body = self._resolve(content[self._type]["schema"]) if self._type else {}

    def in_order(self) -> Attack:
        """A request that should be fine, as far as the document tells."""
        return self._with_body(self._make_body())

    def by_path(self) -> Iterator[Attack]:
        """Absurd values in the path."""
        for name in self._parameters("path"):
            for value in IDS:
                path = self._fill_path({**self._names, name: value})
                yield replace(self.in_order(), path=path)

    def by_query(self) -> Iterator[Attack]:
        """Absurd values in the query, and parameters that there are not."""
        start = self.in_order()
        yield replace(start, path=f"{start.path}?is_superuser=true&%00=%00&limit=1&limit=2")
        for name in self._parameters("query"):
            for value in QUERY_VALUES:
                yield replace(start, path=f"{start.path}?{quote(name)}={value}")

    def by_header(self) -> Iterator[Attack]:
        """Absurd credentials and keys."""
        headers = {"authorization": CREDENTIALS} if "security" in self._operation.spec else {}
        headers |= dict.fromkeys(self._parameters("header"), KEYS)
        for name, values in headers.items():
            for value in values:
                yield self._with_header(name, value)

    def by_body(self) -> Iterator[Attack]:
        """What is no body for this operation at all."""
        if self._type is None:
            return
        for body in BODIES:
            yield replace(self.in_order(), body=body)
        for content_type in CONTENT_TYPES:
            yield self._with_header("content-type", content_type)

    def by_field(self) -> Iterator[Attack]:
        """Absurd values in a body that is otherwise in order, and fields that there are not."""
        if self._type is None:
            return
        body = self._make_body()
        for name in self._body.get("properties", {}):
            for value in FIELD_VALUES:
                yield self._with_body({**body, name: value})
        for name, value in UNKNOWN_FIELDS:
            yield self._with_body({**body, name: value})

    def _parameters(self, place: str) -> list[str]:
        return [p["name"] for p in self._operation.spec.get("parameters", []) if p["in"] == place]

    def _fill_path(self, names: dict[str, str]) -> str:
        path = self._operation.path
        for name in self._parameters("path"):
            path = path.replace(f"{{{name}}}", names.get(name, "1"))
        return path

    def _with_header(self, name: str, value: str | None) -> Attack:
        attack = self.in_order()
        headers = {key: kept for key, kept in attack.headers.items() if key != name.encode()}
        if value is not None:
            headers[name.lower().encode()] = value.encode("latin-1")
        return replace(attack, headers=headers)

    def _with_body(self, body: dict[str, Any]) -> Attack:
        start = Attack(self._operation.method, self._fill_path(self._names))
        if self._type is None:
            return start
        if self._type == ZIP:
            content = ARCHIVE
        else:
            content = json.dumps(body).encode() if self._type == JSON else _encode_form(body)
        return replace(start, headers={b"content-type": self._type.encode()}, body=content)

    def _make_body(self) -> dict[str, Any]:
        properties = self._body.get("properties", {})
        return {name: self._example(properties[name]) for name in self._body.get("required", [])}

    def _example(self, schema: dict[str, Any]) -> Any:
        schema = self._resolve(schema)
        for key in ("examples", "enum"):
            if key in schema:
                return schema[key][0]
        if "const" in schema:
            return schema["const"]
        least = int(schema.get("minimum", 0))
        return {"integer": least, "boolean": True, "array": [], "object": {}}.get(
            schema.get("type", ""), "x"
        )

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Follow references; of alternatives take the first.

        Of those told apart by a discriminator (the kinds of questions) take the last: its examples go
        together, those of the first are two equal choices.
        """
        while "$ref" in schema or "anyOf" in schema or "oneOf" in schema:
            if "anyOf" in schema:
                schema = schema["anyOf"][0]
            elif "oneOf" in schema:
                schema = schema["oneOf"][-1]
            else:
                schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        return schema


def _encode_form(fields: dict[str, Any]) -> bytes:
    return "&".join(
        f"{_quote(name)}={_quote(value if isinstance(value, str) else json.dumps(value))}"
        for name, value in fields.items()
    ).encode()


def _quote(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
