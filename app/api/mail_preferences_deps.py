"""The annotated aliases of the mails that learners wish."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, ReadUowDep, UowDep
from app.services.mail_preferences import MailPreferencesReadService, MailPreferencesService


async def get_mail_preferences_reader(uow: ReadUowDep) -> MailPreferencesReadService:
    """Shows the wishes."""
    return MailPreferencesReadService(uow)


async def get_mail_preferences(uow: UowDep, clock: ClockDep) -> MailPreferencesService:
    """Changes them."""
    return MailPreferencesService(uow, clock)


MailPreferencesReadServiceDep = Annotated[
    MailPreferencesReadService, Depends(get_mail_preferences_reader)
]
MailPreferencesServiceDep = Annotated[MailPreferencesService, Depends(get_mail_preferences)]
