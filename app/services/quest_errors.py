"""The refusals of quests, each with its stable code."""

from types import MappingProxyType

from app.core.errors import ConflictError


class QuestNotTodayError(ConflictError):
    """A daily quest, but none of the learner's today."""

    code = "quest_not_today"
    detail = "This daily quest is none of yours today."


class QuestLockedError(ConflictError):
    """A condition is not met. Members: ``min_level`` and ``requires_quest``, each if it is not met."""

    code = "quest_locked"
    detail = "You can't accept this quest yet."
    example_members = MappingProxyType({"min_level": 5, "requires_quest": "first-steps"})


class QuestCompletedError(ConflictError):
    """It is completed: a weekly quest for this week, one that is completed once for good."""

    code = "quest_completed"
    detail = "You have completed this quest."


class QuestNotAcceptedError(ConflictError):
    """What was not accepted can't be abandoned."""

    code = "quest_not_accepted"
    detail = "You have not accepted this quest."


class TooManyQuestsError(ConflictError):
    """As many weekly and once-quests are under way as may be."""

    code = "too_many_quests"
    detail = "You have accepted as many quests as you can: complete or abandon one first."
