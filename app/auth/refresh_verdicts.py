"""What becomes of a session when a refresh token of its family is sent."""

from datetime import datetime, timedelta
from enum import Enum, auto

from app.auth.refresh_tokens import RefreshToken
from app.db.models import UserSession

RETRY_SECONDS = 10
"""How long a parent token still gets its successor again: long enough for a lost reply."""


class Verdict(Enum):
    """Go on with the next token, give the same one again, end the session, or just refuse."""

    ROTATE = auto()
    REPEAT = auto()
    REPLAY = auto()
    REFUSE = auto()


def judge(session: UserSession | None, token: RefreshToken, now: datetime) -> Verdict:
    """What a token that knows its family's secret is: the newest, a retry, or one used before."""
    if session is None or session.revoked_at is not None or session.expires_at <= now:
        return Verdict.REFUSE
    if session.token_hash == token.secret_hash:
        return Verdict.ROTATE
    # While the parent is the direct one, its successor has not been used.
    in_time = now - session.rotated_at <= timedelta(seconds=RETRY_SECONDS)
    if session.parent_hash == token.secret_hash and in_time:
        return Verdict.REPEAT
    return Verdict.REPLAY
