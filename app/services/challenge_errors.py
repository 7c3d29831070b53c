"""The refusals of challenges, each with its stable code."""

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleViolationError


class ChallengeNotFoundError(NotFoundError):
    """No such challenge, or one of a party that the caller is not in."""

    code = "challenge_not_found"
    detail = "There is no such challenge."


class NotYourChallengeError(ForbiddenError):
    """Only admins and, in a party, whoever made the challenge and the leader may change it."""

    code = "not_your_challenge"
    detail = "Only whoever made the challenge, the leader of its party, and admins may change it."


class ChallengeStartedError(ConflictError):
    """The challenge runs, so what it demands and gives stays."""

    code = "challenge_started"
    detail = "The challenge has started: only its title and description can be changed."


class ChallengeOverError(ConflictError):
    """The challenge has ended, so nothing of it changes any more."""

    code = "challenge_over"
    detail = "The challenge is over."


class ChallengeChangedError(ConflictError):
    """The challenge has another revision than the one that the change was meant for."""

    code = "challenge_changed"
    detail = "The challenge was changed meanwhile: fetch it again."


class TooManyChallengesError(ConflictError):
    """The party has as many challenges as it can that are not over."""

    code = "too_many_challenges"
    detail = "This party has as many challenges as it can; wait until one of them ends."


class BadPeriodError(RuleViolationError):
    """The challenge would be too long, too short, begin in the past or too far ahead."""

    code = "bad_period"
    detail = "A challenge lasts an hour to 90 days, and starts within a year, but not in the past."


class RewardNotAllowedError(RuleViolationError):
    """A party's challenge pays nothing: otherwise friends could print money."""

    code = "reward_not_allowed"
    detail = "Only challenges for all can have a reward."
