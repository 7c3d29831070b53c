"""What the service writes to its log."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.core.logging import configure_logging


class Stream(io.StringIO):
    """Where the log goes. It says whether it is a terminal."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of a log in JSON."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def listen(*, level: str = "info", is_terminal: bool = False) -> Iterator[Stream]:
    """Everything that is logged in the block, as the service writes it."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = Stream(is_terminal=is_terminal)
    configure_logging(level, stream)
    try:
        yield stream
    finally:
        root.handlers, root.level = before
