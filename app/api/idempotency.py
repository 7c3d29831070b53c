"""``Idempotency-Key``: a request that is sent again gets the answer of the first.

After the IETF draft draft-ietf-httpapi-idempotency-key-header. The key is claimed, the work done and the
answer kept in one transaction: either all of it happened or none.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import StringConstraints

from app.api.deps import CurrentUser, parts_of
from app.api.work import work_of
from app.core.errors import RuleViolationError
from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.db.repositories.idempotency import RequestInFlightError
from app.db.unit_of_work import UnitOfWork

KEPT_FOR = timedelta(seconds=IDEMPOTENCY_KEY_SECONDS)
REPLAYED_HEADER = "Idempotency-Replayed"

_KEPT_HEADERS = ("content-type", "location")
_STATE = "idempotency"


class KeyReusedError(RuleViolationError):
    """The key was sent before, with another request."""

    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used for another request."


class AnswerKnownError(Exception):
    """The way out of a handler that is not to run: the answer is known."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


@dataclass(frozen=True, slots=True)
class _Claim:
    uow: UnitOfWork
    user_id: int
    key: str


KeyHeader = Annotated[
    str | None,
    Header(
        description="1-255 printable characters, unique for the request; kept for 24 hours.",
        alias="Idempotency-Key",
    ),
    StringConstraints(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$"),
]


async def claim_key(
    request: Request, caller: CurrentUser, idempotency_key: KeyHeader = None
) -> None:
    """Claim the request's key, if it has one.

    Raises:
        AnswerKnownError: the request was answered before.
        KeyReusedError: the key belongs to another request.
        RequestInFlightError: the first request with the key is still under way.
    """
    if idempotency_key is None:
        return
    parts = parts_of(request)
    now = parts.clock.now()
    fingerprint = await _take_fingerprint(request, parts.keys.access)
    uow = await work_of(request).write()
    kept = await uow.idempotency.claim(
        caller.user_id, idempotency_key, fingerprint, now, now - KEPT_FOR
    )
    if kept is None:
        setattr(request.state, _STATE, _Claim(uow, caller.user_id, idempotency_key))
        return
    if kept.fingerprint != fingerprint or kept.status is None:
        raise KeyReusedError
    headers = {**json.loads(kept.headers or "{}"), REPLAYED_HEADER: "true"}
    raise AnswerKnownError(Response(kept.body, kept.status, headers))


async def keep_answer(request: Request, response: Response) -> None:
    """Keep the answer of a request that claimed a key, in the request's own unit of work."""
    claim: _Claim | None = getattr(request.state, _STATE, None)
    if claim is None or not 200 <= response.status_code < 300:
        return
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    await claim.uow.idempotency.keep_answer(
        claim.user_id, claim.key, response.status_code, json.dumps(headers), bytes(response.body)
    )


async def _take_fingerprint(request: Request, key: str) -> bytes:
    # Keyed: a body may hold a password, which a plain hash would let a thief of the database guess at.
    digest = hmac.new(key.encode(), b"idempotency\n", "sha256")
    for part in (request.method, request.url.path, request.url.query):
        digest.update(part.encode() + b"\n")
    digest.update(await request.body())
    return digest.digest()


Idempotent = Depends(claim_key)
"""For the ``dependencies=`` of a route whose retries should be harmless."""

RETRY_REFUSALS = (KeyReusedError, RequestInFlightError)
"""What such a route may refuse."""
