"""Engines for PostgreSQL: whichever host takes writes, through poolers, within limits of time."""

from typing import Any

from pydantic_core import from_json
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.db.postgres_faults import watch_faults
from app.db.postgres_hosts import PostgresHosts
from app.db.postgres_limits import DEFAULT_LIMITS, TimeLimits

_CACHES = ("statement_cache_size", "prepared_statement_cache_size")
_NO_CACHES = dict.fromkeys(_CACHES, 0)


def is_behind_pooler(url: str | URL) -> bool:
    """Whether each transaction may get another connection to the server."""
    return any(make_url(url).query.get(cache) == "0" for cache in _CACHES)


def create_postgres_engine(
    url: str, limits: TimeLimits | None = DEFAULT_LIMITS, **options: Any
) -> AsyncEngine:
    """An engine for ``url``; without ``limits``, statements and locks may take as long as they like."""
    address = make_url(url)
    limited = limits.settings if limits else {}
    caches, on_begin = {}, ""
    if is_behind_pooler(address):
        # Poolers refuse settings at the start of a connection, and lose those of a session.
        caches, limited, on_begin = _NO_CACHES, {}, limits.local_settings if limits else ""
    hosts = PostgresHosts(on_begin)
    engine = create_async_engine(
        address.difference_update_query(_CACHES),
        json_deserializer=from_json,
        hide_parameters=True,  # a failing statement goes to the log, with what users entered
        connect_args={
            "async_creator_fn": hosts.connect,
            "timeout_seconds": (limits or DEFAULT_LIMITS).connect,
            "command_timeout": limits.silence if limits else None,
            "server_settings": {"application_name": "questboard", "timezone": "UTC", **limited},
            **caches,
        },
        **options,
    )
    watch_faults(engine.sync_engine, hosts)
    return engine
