"""The route class of the API: strict JSON in, and answers kept for retries."""

import json
import math
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.api.idempotency import Replay, keep_answer


class StrictJsonRequest(Request):
    """A request whose JSON body means one thing only.

    Python's parser takes what RFC 8259 leaves open or forbids: NaN, numbers that overflow to infinity,
    keys that appear twice (the last wins, where a proxy may have looked at the first).
    """

    async def json(self) -> Any:
        """The body.

        Raises:
            ValueError: it is no strict JSON (FastAPI answers 400, or 422 where the place is known).
        """
        text = (await self.body()).decode("utf-8")
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_parse_finite,
            object_pairs_hook=_refuse_repeats,
        )


class ApiRoute(APIRoute):
    """A route of the JSON API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, between strict parsing and the keeping of answers."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            try:
                response = await handle(StrictJsonRequest(request.scope, request.receive))
            except Replay as replay:
                return replay.response
            # The unit of work is still open here: it commits when this function has returned.
            await keep_answer(request, response)
            return response

        return handle_strictly


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _parse_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key appears twice")
    return members
