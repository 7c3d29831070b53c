"""The route class of the API: strict bodies in, and answers kept for retries."""

import json
import math
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from email.message import Message
from typing import Any

from fastapi import HTTPException, Request, Response, params, status
from fastapi.routing import APIRoute

from app.api.idempotency import AnswerKnownError, keep_answer
from app.api.solving import simplify
from app.api.work import begin_work

_CHARSETS = {"utf-8", "utf8"}
_FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}


class StrictRequest(Request):
    """A request whose body means one thing only.

    Python's JSON parser takes what RFC 8259 leaves open or forbids: NaN, numbers that overflow to
    infinity, keys that appear twice (the last wins, where a proxy may have looked at the first).
    FastAPI would decode any charset as UTF-8.
    """

    async def body(self) -> bytes:
        """The body, which has to be JSON if there is any.

        Raises:
            HTTPException: 415, it says to be something else.
        """
        body = await super().body()
        if body:
            content_type = _read_content_type(self)
            if content_type != "application/json" and not content_type.endswith("+json"):
                raise _refuse_type("The body should be application/json.")
        return body

    async def json(self) -> Any:
        """The body's meaning.

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
    """A route of the API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, between strict parsing and the keeping of answers."""
        documented = self.dependant
        self.dependant = simplify(documented)
        handle = super().get_route_handler()
        self.dependant = documented
        field = self.body_field
        takes_form = field is not None and isinstance(field.field_info, params.Form)

        async def handle_strictly(given: Request) -> Response:
            request = StrictRequest(given.scope, given.receive)
            if takes_form and _read_content_type(request) not in _FORM_TYPES:
                raise _refuse_type("The body should be application/x-www-form-urlencoded.")
            try:
                async with AsyncExitStack() as stack:
                    work = begin_work(request, stack)
                    response = await handle(request)
                    await keep_answer(request, response)
                    await work.commit()
            except AnswerKnownError as known:
                return known.response
            return response

        return handle_strictly


def _read_content_type(request: Request) -> str:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    if header.get_content_charset("utf-8") not in _CHARSETS:
        raise _refuse_type("The body's charset should be UTF-8.")
    return header.get_content_type()


def _refuse_type(detail: str) -> HTTPException:
    return HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, detail)


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
