"""Structured logs: readable on a terminal, JSON lines elsewhere, with the request's id in every line."""

import logging
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor

_SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie")
_HIDDEN = "***"

_NOISY = ("aiosqlite", "alembic.runtime.plugins", "httpcore", "httpx", "urllib3")
"""Libraries that write a line for every step they take."""


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send all logs, ours and the libraries', through one format to ``stream`` (standard error)."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_render(readable=stream.isatty()),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    # One line a request is ours (with its id); uvicorn's would be a second one.
    logging.getLogger("uvicorn.access").disabled = True
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _render(*, readable: bool) -> list[Processor]:
    # structlog's own defaults show the local variables of a traceback, passwords among them.
    if readable:
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [
        structlog.processors.ExceptionRenderer(tracebacks),
        structlog.processors.JSONRenderer(),
    ]


def _hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A last line of defence: whatever is named like a secret is not written."""
    return {name: _hide(name, value) for name, value in event.items()}


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)


def _hide(name: Any, value: Any) -> Any:
    if _is_secret(str(name)):
        return _HIDDEN
    if isinstance(value, Mapping):
        return {inner: _hide(inner, part) for inner, part in value.items()}
    return value
