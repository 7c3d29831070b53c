"""HTTP connections that are never closed while a request is on its way in.

uvicorn closes a silent connection at once when it shuts down, and after a while otherwise, without a look at
what the system has received on it meanwhile. The client sees its request cut.
"""

import select

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.departure import THIS_PROCESS

LINGER_SECONDS = 1
"""How long a silent connection is kept when the server leaves: who uses it is told to close it."""

_NEWS_SECONDS = 0.05


class GracefulProtocol(HttpToolsProtocol):
    """One connection. While the process leaves each answer says ``Connection: close``."""

    _is_receiving = False
    """Whether the head of a request has begun, and not ended."""
    _has_received = False
    """Whether the head of any request has ended: before that there is no cycle."""

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_receiving = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is there, and its answer begins."""
        self._is_receiving = False
        self._has_received = True
        super().on_headers_complete()
        if THIS_PROCESS.is_leaving:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """End when nothing is under way any more, and nothing more came for a while."""
        self.timeout_keep_alive = LINGER_SECONDS
        if not self._has_received or self.cycle.response_complete:
            if not self._is_receiving:
                self._close_after(LINGER_SECONDS)
        elif not self.cycle.response_started:
            # Once begun, the answer has promised that the connection stays.
            self.cycle.keep_alive = False

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless something came in that was not read yet."""
        if not self.transport.is_closing() and self._has_news():
            self._close_after(_NEWS_SECONDS)
        else:
            super().timeout_keep_alive_handler()

    def _close_after(self, seconds: float) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def _has_news(self) -> bool:
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))
