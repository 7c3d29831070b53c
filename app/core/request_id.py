"""The id of the request under way, for logs and answers; who sent it and from where, for the audit log."""

import secrets
from contextvars import ContextVar

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

NO_REQUEST = "-"

_MAX_ADDRESS = 45
"""The longest that an IPv6 address can be written."""

_address: ContextVar[str | None] = ContextVar("address", default=None)
# Not among structlog's own variables: lines of the log need no addresses of people.


def begin_request(address: str | None = None) -> str:
    """Give the request under way a fresh id: 128 random bits, so that ids of many servers don't meet.

    Every line that the request logs carries it. A client's own id is not taken over: it would let
    strangers write into our logs. ``address`` is the client's network address, if it is known.
    """
    request_id = secrets.token_hex(16)
    clear_contextvars()
    _address.set(None if address is None else address[:_MAX_ADDRESS])
    bind_contextvars(request_id=request_id)
    return request_id


def current_request_id() -> str:
    """The id of the request under way, or ``-`` outside of one."""
    return str(get_contextvars().get("request_id", NO_REQUEST))


def current_address() -> str | None:
    """Where the request under way comes from; None outside of one."""
    return _address.get()


def current_caller() -> int | None:
    """Whose request is under way; None while nobody knows, and outside of one."""
    user_id = get_contextvars().get("user_id")
    return None if user_id is None else int(user_id)


def name_caller(user_id: int) -> None:
    """Have the lines that this request logs from here on say whose it is."""
    bind_contextvars(user_id=user_id)
