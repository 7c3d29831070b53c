"""Who calls, as far as services need to know."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.roles import Role
from app.game.calendar import Calendar


@dataclass(frozen=True)
class Principal:
    """The authenticated caller: who it is, in which session, and what its day is.

    Who comes with a token of another issuer has no session, but a ``subject``: its name there; and
    ``issued_at`` is when the token was made, if the token says so.
    """

    user_id: int
    session_id: UUID | None
    role: Role
    is_superuser: bool
    is_verified: bool
    timezone: str
    day_starts_at: int
    registered_at: datetime
    subject: str | None = None
    issued_at: datetime | None = None

    @property
    def names(self) -> frozenset[str]:
        """What the caller may be called in paths."""
        own_id = str(self.user_id)
        return frozenset({own_id} if self.subject is None else {own_id, self.subject})

    @property
    def may_author(self) -> bool:
        """Whether the caller writes courses: authors and admins do."""
        return self.is_superuser or self.role in {Role.AUTHOR, Role.ADMIN}

    @property
    def may_administer(self) -> bool:
        """Whether the caller defines quests, bosses and badges for everybody: admins do."""
        return self.is_superuser or self.role is Role.ADMIN

    @cached_property
    def calendar(self) -> Calendar:
        """The learner's day: the zone's wall clock, shifted by the hour at which the day begins."""
        return Calendar(ZoneInfo(self.timezone), self.day_starts_at)
