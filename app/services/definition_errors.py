"""The refusals of quests, bosses and badges as they are defined, each with its stable code."""

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleViolationError


class AdminRequiredError(ForbiddenError):
    """Only admins may do this."""

    code = "admin_required"
    detail = "Only admins may do this."


class QuestNotFoundError(NotFoundError):
    """No such quest in force."""

    code = "quest_not_found"
    detail = "There is no such quest."


class BossNotFoundError(NotFoundError):
    """No such boss in force."""

    code = "boss_not_found"
    detail = "There is no such boss."


class BadgeNotFoundError(NotFoundError):
    """No such badge in force."""

    code = "badge_not_found"
    detail = "There is no such badge."


class DefinitionExistsError(ConflictError):
    """One of this key is in force."""

    code = "definition_exists"
    detail = "One with this key is in force already: change that one."


class DefinitionChangedError(ConflictError):
    """The revision in force is not the one that the change was meant for."""

    code = "definition_changed"
    detail = "It was changed meanwhile: fetch it again."


class DefinitionInUseError(ConflictError):
    """Another definition in force refers to it."""

    code = "definition_in_use"
    detail = "Another quest, or a challenge that is not over, needs it as it is."


class BadDefinitionError(RuleViolationError):
    """Its parts don't fit together."""

    code = "bad_definition"
    detail = "Its parts don't fit together."


class UnknownCourseError(RuleViolationError):
    """No published course has the slug."""

    code = "unknown_course"
    detail = "There is no published course with this slug."


class UnknownPrizeError(RuleViolationError):
    """No badge in force with the key is a prize."""

    code = "unknown_prize"
    detail = "No badge in force has this key, or it has a metric: goals give badges without one."


class UnknownQuestError(RuleViolationError):
    """No quest in force, to be completed once, has the key."""

    code = "unknown_quest"
    detail = "No quest in force with this key is one that is completed once."


class QuestCycleError(RuleViolationError):
    """The quest would require itself, directly or by way of others."""

    code = "quest_cycle"
    detail = "The quest would have to be completed before itself."


class NotMeasurableError(RuleViolationError):
    """The past does not tell."""

    code = "not_measurable"
    detail = "The past does not tell how far anybody was in this metric in each period."
