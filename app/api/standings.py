"""What a request was counted against, for the header fields of its answer.

The fields are those of draft-ietf-httpapi-ratelimit-headers: the policies, and what is left of each.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from app.core.rate_limits import Standing

POLICY_FIELD = "RateLimit-Policy"
LIMIT_FIELD = "RateLimit"

_KEY = "questboard.standings"


def begin_counting(scope: Scope) -> None:
    """Give the request a place for its standings, which copies of the scope share."""
    scope[_KEY] = []


def note_standing(scope: Scope, standing: Standing) -> None:
    """Have the answer tell how its request stands against a rate."""
    standings: list[Standing] = scope[_KEY]
    standings.append(standing)


def add_fields(scope: Scope, headers: MutableHeaders) -> None:
    """Tell what was noted, if anything."""
    standings: list[Standing] = scope[_KEY]
    if standings:
        headers[POLICY_FIELD] = ", ".join(map(_show_policy, standings))
        headers[LIMIT_FIELD] = ", ".join(map(_show_limit, standings))


def _show_policy(standing: Standing) -> str:
    rate = standing.rate
    return f'"{rate.name}";q={rate.count};w={rate.seconds}'


def _show_limit(standing: Standing) -> str:
    return f'"{standing.rate.name}";r={standing.remaining};t={standing.seconds_left}'
