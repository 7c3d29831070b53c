"""Which mails a learner wishes, beside those about the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.repositories.mail_preferences import MailWishes
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.mail_times import REPORT_HOUR, find_next_hour, find_next_report
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class MailPreferencesView:
    """See ``app.schemas.mail_preferences.MailPreferencesRead`` for what the fields mean to clients."""

    reminder_hour: int | None
    weekly_report: bool


class MailPreferencesReadService:
    """Shows the wishes."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def get(self, principal: Principal) -> MailPreferencesView:
        """What the caller wishes."""
        return _show(await self._uow.mail_preferences.get(principal.user_id))


class MailPreferencesService:
    """Changes them."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def update(self, principal: Principal, changes: Mapping[str, Any]) -> MailPreferencesView:
        """Change what is given (``reminder_hour``, ``weekly_report``); it counts from now on.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        if await self._uow.players.lock(principal.user_id) is None:
            raise UnauthenticatedError
        before = await self._uow.mail_preferences.get(principal.user_id)
        wishes = MailWishes(
            changes.get("reminder_hour", before.reminder_hour),
            changes.get("weekly_report", before.weekly_report),
        )
        now, zone = self._clock.now(), ZoneInfo(principal.timezone)
        hour = wishes.reminder_hour
        report_hour = REPORT_HOUR if hour is None else hour
        await self._uow.mail_preferences.save(
            principal.user_id,
            wishes,
            None if hour is None else find_next_hour(now, zone, hour),
            find_next_report(now, zone, report_hour) if wishes.weekly_report else None,
        )
        return _show(wishes)


def _show(wishes: MailWishes) -> MailPreferencesView:
    return MailPreferencesView(wishes.reminder_hour, wishes.weekly_report)
