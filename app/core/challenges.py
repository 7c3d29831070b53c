"""How long challenges last, how many there are, and the words by which they are listed."""

from datetime import timedelta
from enum import StrEnum


class ChallengeState(StrEnum):
    """Where a challenge stands by the clock."""

    UPCOMING = "upcoming"
    OPEN = "open"
    PAST = "past"


MAX_OPEN_IN_PARTY = 5
"""Of one party at a time, those to come included: an activity moves all that a learner is in."""
MIN_LENGTH = timedelta(hours=1)
MAX_LENGTH = timedelta(days=90)
MAX_AHEAD = timedelta(days=365)
"""How far ahead a challenge may start."""
START_TOLERANCE = timedelta(minutes=1)
"""How far back a new challenge may start: clients' clocks are never quite right."""
