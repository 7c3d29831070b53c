"""Conditional requests: who has the present answer already is not sent it again (RFC 9110, 13.1.2)."""

import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Depends, Header, Response, status

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    status.HTTP_304_NOT_MODIFIED: {
        "description": "The caller has the present answer: `If-None-Match` names its `ETag`."
    }
}
"""For the ``responses=`` of a route that takes ``Freshness``."""

_FOR_ALL = {"Cache-Control": "public, no-cache"}
_FOR_ONE = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}

# Weak and strong tags count alike here, so the mark of weak ones is passed over.
_TAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')

IfNoneMatch = Annotated[
    list[str] | None,
    Header(
        alias="If-None-Match", description="The `ETag` of an answer that the caller has, or `*`."
    ),
]


class Freshness:
    """Tells whether the caller has the present answer, and marks the answers that are sent."""

    def __init__(self, response: Response, given: str) -> None:
        """``given``: what the header says, its lines put together."""
        self._response = response
        self._given = given

    def check(self, tag: str, *, is_public: bool = False) -> Response | None:
        """The answer "not modified", if the caller has that of this tag; else mark the one to be sent.

        ``tag`` is without its quotation marks; of characters that an ETag may have. ``is_public``: it is
        the same for all, so that caches between may keep it; they ask before they give it as well.
        """
        quoted = f'"{tag}"'
        headers = {"ETag": quoted, **(_FOR_ALL if is_public else _FOR_ONE)}
        if self._given == "*" or quoted in _TAG.findall(self._given):
            return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
        self._response.headers.update(headers)
        return None

    def send(self, body: bytes) -> Response:
        """An answer that was kept as JSON, with the marks of ``check``."""
        return Response(body, media_type="application/json", headers=self._response.headers)


async def get_freshness(response: Response, if_none_match: IfNoneMatch = None) -> Freshness:
    """What the request says that its sender has."""
    return Freshness(response, ",".join(if_none_match or ()).strip())


FreshnessDep = Annotated[Freshness, Depends(get_freshness)]


def hash_rows(rows: Iterable[object], *more: object) -> str:
    """A tag for an answer made of these (dataclasses and plain values: their ``repr`` tells all)."""
    digest = hashlib.sha256()
    for part in (*rows, *more):
        digest.update(repr(part).encode() + b"\n")
    return digest.hexdigest()[:32]
