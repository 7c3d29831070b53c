"""What makes a challenge a sound one, beyond the bounds of its parts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.core.challenges import MAX_AHEAD, MAX_LENGTH, MIN_LENGTH, START_TOLERANCE
from app.db.unit_of_work import UnitOfWork
from app.services.challenge_errors import BadPeriodError, RewardNotAllowedError
from app.services.definition_revisions import require_prize

Values = Mapping[str, Any]
"""A challenge by the names and with the types of its row's columns."""

_REWARD = ("xp", "gold", "freezes", "badge_key")


def check_length(values: Values) -> None:
    """Hold a challenge to how long one may be.

    Raises:
        BadPeriodError: it is too short, or too long.
    """
    length: timedelta = values["ends_at"] - values["starts_at"]
    if not MIN_LENGTH <= length <= MAX_LENGTH:
        raise BadPeriodError


def check_start(starts_at: datetime, now: datetime) -> None:
    """Hold a new start to what lies ahead.

    Raises:
        BadPeriodError: it is past, or too far ahead.
    """
    if not now - START_TOLERANCE <= starts_at <= now + MAX_AHEAD:
        raise BadPeriodError


async def check_reward(uow: UnitOfWork, values: Values) -> None:
    """Hold a reward to those who may have one, and its badge to prizes in force.

    Raises:
        RewardNotAllowedError: the challenge is one of a party.
        UnknownPrizeError: its badge is none in force, or no prize.
    """
    if values["party_id"] is not None and any(values[name] for name in _REWARD):
        raise RewardNotAllowedError
    if values["badge_key"] is None:
        return
    await uow.definitions.lock()  # against a badge that is retired at this moment
    await require_prize(uow, values["badge_key"])
