"""Which caches a process has, by what it can hear of the others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.core.cache import Cache, GroupCache, RedisState
from app.infra.cache import InProcessCache, InProcessGroups, LayeredCache, NoGroups

NEAR_SECONDS = 600
"""How long what Redis keeps is kept in a process as well."""


@dataclass(frozen=True, slots=True)
class Caches:
    """What is kept, and how Redis is."""

    lasting: Cache
    """For values that never change under their key."""
    groups: GroupCache
    """For values that commits make wrong."""
    probe_redis: Callable[[], Awaitable[RedisState]]
    """Ask whether Redis answers, within half a second."""
    close: Callable[[], Awaitable[None]]
    """Let go of connections."""


def create_caches(redis_url: str | None, namespace: str, *, is_alone: bool) -> Caches:
    """The caches of a process.

    ``namespace`` tells services apart that share a Redis. ``is_alone``: no other process changes the
    database, so what this one commits is all.
    """
    near = InProcessCache()
    if redis_url is None:
        groups = InProcessGroups(near) if is_alone else NoGroups()
        return Caches(near, groups, _tell_of_none, groups.close)
    # Heavy, and most servers have no Redis.
    from app.infra.redis_cache import RedisCache, RedisGroups
    from app.infra.redis_link import RedisLink

    link = RedisLink(redis_url, "cache")
    far = RedisCache(link, namespace)
    shared_groups = RedisGroups(link, namespace)

    async def close() -> None:
        await shared_groups.close()
        await link.close()

    return Caches(LayeredCache(near, far, NEAR_SECONDS), shared_groups, far.probe, close)


async def _tell_of_none() -> RedisState:
    return RedisState.NONE
