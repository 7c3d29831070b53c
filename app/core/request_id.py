"""The id of the request under way, for logs and answers."""

import secrets

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

NO_REQUEST = "-"


def begin_request() -> str:
    """Give the request under way a fresh id: 128 random bits, so that ids of many servers don't meet.

    Every line that the request logs carries it. A client's own id is not taken over: it would let
    strangers write into our logs.
    """
    request_id = secrets.token_hex(16)
    clear_contextvars()
    bind_contextvars(request_id=request_id)
    return request_id


def current_request_id() -> str:
    """The id of the request under way, or ``-`` outside of one."""
    return str(get_contextvars().get("request_id", NO_REQUEST))


def name_caller(user_id: int) -> None:
    """Have the lines that this request logs from here on say whose it is."""
    bind_contextvars(user_id=user_id)
