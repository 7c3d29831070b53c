"""The refusals of those who would fight a boss, each with its stable code."""

from app.core.errors import ConflictError, RuleViolationError


class AlreadyFightingError(ConflictError):
    """A battle of this kind is running."""

    code = "already_fighting"
    detail = "One battle at a time: beat the boss that is being fought first."


class BossLockedError(ConflictError):
    """The boss is for higher levels."""

    code = "boss_locked"
    detail = "Your level is too low for this boss."


class PartyRequiredError(RuleViolationError):
    """The boss is fought by a party, and none was named."""

    code = "party_required"
    detail = "This boss is fought by a party: say by which in party_id."


class NoPartyBossError(RuleViolationError):
    """The boss is fought alone, and a party was named."""

    code = "no_party_boss"
    detail = "This boss is fought alone: leave out party_id."
