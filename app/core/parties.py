"""How large parties are, and how many there may be of what."""

MAX_MEMBERS = 30
MAX_PARTIES = 3
"""Of one learner: each activity hits the bosses of all of them."""
MAX_NAME_LENGTH = 50
MAX_INVITATIONS = 30
"""Of one party, at a time."""
MAX_INVITATION_HOURS = 30 * 24
INVITATION_TOKEN_BYTES = 32
INVITATION_TOKEN_LENGTH = 43
"""In characters: base64 without padding, safe in URLs."""
