"""The refusals of parties, each with its stable code."""

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleViolationError


class PartyNotFoundError(NotFoundError):
    """No such party, or one that the caller is not in."""

    code = "party_not_found"
    detail = "You are in no such party."


class MemberNotFoundError(NotFoundError):
    """Nobody of this id is in the party."""

    code = "member_not_found"
    detail = "There is no such member in this party."


class InvitationNotFoundError(NotFoundError):
    """No such invitation, or one that was withdrawn, has expired or is used up."""

    code = "invitation_not_found"
    detail = "There is no such invitation, or it can't be used any more."


class LeaderRequiredError(ForbiddenError):
    """Only the leader of the party may do this."""

    code = "leader_required"
    detail = "Only the leader of the party may do this."


class NotYourInvitationError(ForbiddenError):
    """Only the leader and whoever made an invitation may withdraw it."""

    code = "not_your_invitation"
    detail = "Only the leader and whoever made the invitation may withdraw it."


class PartyFullError(ConflictError):
    """The party has as many members as it can."""

    code = "party_full"
    detail = "This party is full."


class TooManyPartiesError(ConflictError):
    """The caller is in as many parties as a learner can be."""

    code = "too_many_parties"
    detail = "You are in as many parties as you can be; leave one first."


class TooManyInvitationsError(ConflictError):
    """The party has as many open invitations as it can."""

    code = "too_many_invitations"
    detail = "This party has too many open invitations; withdraw one first."


class NotAMemberError(RuleViolationError):
    """A party can only go to one of its members."""

    code = "not_a_member"
    detail = "Only a member can become the leader."
