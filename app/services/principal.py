"""Who calls, as far as services need to know."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.roles import Role
from app.game.calendar import Calendar


@dataclass(frozen=True)
class Principal:
    """The authenticated caller: who it is, in which session, and what its day is."""

    user_id: int
    session_id: UUID
    role: Role
    is_superuser: bool
    is_verified: bool
    timezone: str
    day_starts_at: int

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
