"""The words by which quests are taken up, and the dates that stand for no period."""

from datetime import date
from enum import StrEnum


class QuestStatus(StrEnum):
    """How a quest stands for a learner in its present period. The first two are never stored."""

    AVAILABLE = "available"
    LOCKED = "locked"
    """A condition is not met."""
    ACTIVE = "active"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class QuestLock(StrEnum):
    """A condition of a quest that a learner does not meet."""

    LEVEL = "level"
    QUEST = "quest"
    """Another quest is to be completed before."""


ONCE_ON = date.min
ONCE_UNTIL = date.max
"""The period of a quest that is completed once; no local date is one of these."""
