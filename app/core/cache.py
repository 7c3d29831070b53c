"""Keeping answers that cost much to make. What is kept may be gone at any time, and is never the truth."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

TABLES = "tables"
"""The group of what tables show: scores, names, and who appears."""


class RedisState(StrEnum):
    """How the service stands with Redis."""

    OK = "ok"
    DEGRADED = "degraded"
    """It does not answer: each process caches, limits and wakes for itself."""
    NONE = "none"
    """None is set."""


class Cache(Protocol):
    """Keeps values under keys whose value never changes, for as long as there is room. Never fails.

    A key names what the value was made from, its revision included. So there is nothing to invalidate:
    after a change another key is asked for.
    """

    async def get(self, key: str) -> bytes | None:
        """The value; None if it is not there, or can't be had at the moment."""
        ...

    async def set(self, key: str, value: bytes, seconds: int) -> None:
        """Keep a value for at most so long."""
        ...

    async def delete(self, key: str) -> None:
        """Forget a value."""
        ...

    async def clear(self) -> None:
        """Forget all of this service's values."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a group, as it was found. Without a ``stamp`` nothing can be kept in it now."""

    key: str
    stamp: str | None = None
    value: bytes | None = None


class GroupCache(Protocol):
    """Keeps values that are right until something of their group is committed. Never fails.

    A slot is found first, then the database is read (a statement before that could have fixed an
    older state), then the slot is filled. If the group was changed meanwhile, in whichever process, nobody
    finds what was filled in. Where changes in other processes could not be heard of nothing is kept.
    """

    async def find(self, group: str, key: str) -> Slot:
        """The place of a value, and the value if it is there and right."""
        ...

    async def fill(self, slot: Slot, value: bytes, seconds: int) -> None:
        """Keep a value in a slot that ``find`` gave, for at most so long."""
        ...

    def change(self, groups: Collection[str]) -> None:
        """Something of these groups was committed: from now on nothing kept of them is right."""
        ...

    async def close(self) -> None:
        """Let go of what runs beside."""
        ...
