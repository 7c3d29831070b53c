"""A walk through the whole API: every operation of the OpenAPI document is asked at least once.

What is done about each request is the caller's affair (``Observe``): one test counts its statements, another
looks at their plans. Who adds an operation, or a parameter of a list, adds a step here, or those tests fail.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.main import app
from tests.support.contract import Operation, list_operations
from tests.support.service import Learner, Service

PREFIX = "/api/v1"
OF_PAGES = {"limit", "cursor"}
"""The parameters that every list has: they are used wherever there is a next page."""
OPERATIONS = {operation.name: operation for operation in list_operations(app.openapi())}

Observe = Callable[[str], AbstractAsyncContextManager[None]]
"""Given the name of a step, watches over its one request."""


def name_operation(step: str) -> str:
    """Of which operation a step is."""
    return re.split("[:,]", step, maxsplit=1)[0]


def list_parameters(operation: Operation) -> Iterator[str]:
    """What may stand in the query."""
    for parameter in operation.spec.get("parameters", []):
        if parameter["in"] == "query":
            yield parameter["name"]


@dataclass(frozen=True)
class _Asking:
    """What is the same for all pages of an answer."""

    name: str
    by: Learner | httpx.AsyncClient
    send: dict[str, Any]
    names: dict[str, Any]

    @property
    def client(self) -> httpx.AsyncClient:
        return self.by.client if isinstance(self.by, Learner) else self.by


@dataclass
class Journey:
    """Who walks, and what was asked so far.

    ``learner`` is whose rows are read: any number of them may be there before. Their password is
    ``PASSWORD``.
    """

    service: Service
    observe: Observe
    learner: Learner
    author: Learner
    admin: Learner
    asked: set[str] = field(default_factory=set)
    """Names of operations."""
    used: set[tuple[str, str]] = field(default_factory=set)
    """Names of operations, and of parameters in their queries."""

    async def ask(
        self,
        name: str,
        by: Learner | httpx.AsyncClient | None = None,
        what: str = "",
        *,
        query: dict[str, Any] | None = None,
        send: dict[str, Any] | None = None,
        **names: Any,
    ) -> Any:
        """Send one request, which has to succeed, and where it is a list one for the next page.

        ``what`` tells several steps of one operation apart; ``send`` goes to httpx; ``names`` stand in
        the path. Gives the body.
        """
        step = f"{name}: {what}" if what else name
        asking = _Asking(name, by or self.learner, send or {}, names)
        body = await self._ask_once(step, asking, query or {})
        cursor = body.get("next_cursor") if isinstance(body, dict) else None
        if cursor is not None:
            # A cursor says itself around whom.
            kept = {key: value for key, value in (query or {}).items() if key != "around"}
            await self._ask_once(f"{step}, next page", asking, {**kept, "cursor": cursor})
        return body

    async def _ask_once(self, step: str, asking: _Asking, query: dict[str, Any]) -> Any:
        operation = OPERATIONS[asking.name]
        path = operation.path.removeprefix(PREFIX).format(**asking.names)
        async with self.observe(step):
            answer = await asking.client.request(
                operation.method, path, params=query, **asking.send
            )
        assert answer.is_success, f"{step}: {answer.status_code} {answer.text}"
        self.asked.add(asking.name)
        self.used |= {(asking.name, parameter) for parameter in query}
        is_json = answer.headers.get("content-type") == "application/json"
        return answer.json() if is_json and answer.content else None


def check_complete(journey: Journey) -> None:
    """Nothing of the API was left out: no operation, and no filter of a list."""
    left_out = OPERATIONS.keys() - journey.asked
    assert not left_out, f"without a step in tests/budgets: {sorted(left_out)}"
    parameters = {
        (name, parameter)
        for name, operation in OPERATIONS.items()
        for parameter in list_parameters(operation)
        if parameter not in OF_PAGES
    }
    unused = parameters - journey.used
    assert not unused, f"in no step of tests/budgets: {sorted(unused)}"
