"""The IANA zones that users may choose."""

from functools import cache
from zoneinfo import available_timezones

# Names that the machine defines for itself, and a zone without a place: no learner's calendar.
_NOT_PLACES = {"localtime", "posixrules", "Factory"}


@cache
def known_zones() -> frozenset[str]:
    """All zone names, read from disk once (call it at the start, not in the first request)."""
    return frozenset(available_timezones() - _NOT_PLACES)
