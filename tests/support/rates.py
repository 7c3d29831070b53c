"""The header fields that tell what is left of a rate."""

import re
from dataclasses import dataclass

import httpx

_POLICY = re.compile(r'"([a-z-]+)";q=([0-9]+);w=([0-9]+)')
_LIMIT = re.compile(r'"([a-z-]+)";r=([0-9]+);t=([0-9]+)')


@dataclass(frozen=True)
class Told:
    """What an answer tells of one rate: so many of so many in so many seconds, for so long."""

    quota: int
    window: int
    remaining: int
    seconds: int


def read_rates(answer: httpx.Response) -> dict[str, Told]:
    """What an answer tells of each rate, by its name. Both fields have to tell of the same ones."""
    policies = _read(_POLICY, answer.headers.get("ratelimit-policy"))
    limits = _read(_LIMIT, answer.headers.get("ratelimit"))
    assert policies.keys() == limits.keys()
    return {name: Told(*policies[name], *limits[name]) for name in policies}


def _read(item: re.Pattern[str], field: str | None) -> dict[str, tuple[int, int]]:
    found = {}
    for text in [] if field is None else field.split(", "):
        match = item.fullmatch(text)
        assert match, text
        found[match[1]] = (int(match[2]), int(match[3]))
    return found
