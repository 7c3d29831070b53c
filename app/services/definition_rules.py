"""What makes a definition a sound one, beyond the bounds of its parts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.core.definitions import Cadence
from app.game.metrics import SCOPED
from app.services.definition_errors import BadDefinitionError, QuestCycleError, UnknownQuestError

Values = Mapping[str, Any]
"""A definition by the names and with the types of its row's columns, but for key, revision and dates."""

ALWAYS_IN_POOL = date(2000, 1, 1)
"""From when on daily quests that come with the program are in the pool."""

_FIRST_ZONE = timedelta(hours=14)
"""How far the earliest zone is ahead of UTC."""


def date_of_effect(now: datetime) -> date:
    """The first date that has begun nowhere on Earth: what changes then changes nobody's today."""
    return (now + _FIRST_ZONE).date() + timedelta(days=1)


def check_quest(values: Values) -> None:
    """Hold a quest to the rules.

    Raises:
        BadDefinitionError: its parts don't fit together.
    """
    check_scope(values)
    if values["cadence"] != Cadence.DAILY:
        return
    if values["min_level"] > 1 or values["requires_quest"] is not None:
        raise BadDefinitionError("A daily quest has no conditions: everybody gets the same pool.")


def check_badge(values: Values) -> None:
    """Hold a badge to the rules.

    Raises:
        BadDefinitionError: its parts don't fit together.
    """
    check_scope(values)
    if (values["metric"] is None) != (values["target"] is None):
        raise BadDefinitionError("A badge has a metric and a target, or neither.")


def check_requirement(key: str, required: str | None, chain: Mapping[str, str | None]) -> None:
    """Hold what a quest requires to the rules; ``chain``: what each once-quest in force requires.

    Raises:
        UnknownQuestError: what it requires is not in force.
        QuestCycleError: it would require itself.
    """
    if required is not None and required != key and required not in chain:
        raise UnknownQuestError
    seen = {key}
    while required is not None:
        if required in seen:
            raise QuestCycleError
        seen.add(required)
        required = chain.get(required)


def check_scope(values: Values) -> None:
    """Hold a goal's metric and its course to the rules.

    Raises:
        BadDefinitionError: the metric knows no course.
    """
    if values["course_id"] is None or values["metric"] in SCOPED:
        return
    raise BadDefinitionError("This metric knows no course.")
