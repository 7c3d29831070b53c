"""Which mails learners wish, beside those about their accounts."""

from fastapi import status

from app.api.deps import CurrentUser
from app.api.mail_preferences_deps import (
    MailPreferencesReadServiceDep,
    MailPreferencesServiceDep,
)
from app.api.resource import ResourceRouter
from app.schemas.mail_preferences import MailPreferencesRead, MailPreferencesUpdate
from app.services.mail_preferences import MailPreferencesView

router = ResourceRouter("/users/me/mail-preferences", tag="users")


@router.get(
    "",
    summary="Show which mails you get",
    status_code=status.HTTP_200_OK,
    response_model=MailPreferencesRead,
)
async def get_mail_preferences(
    caller: CurrentUser, preferences: MailPreferencesReadServiceDep
) -> MailPreferencesView:
    """Reminders and reports; none unless you wish them, and none before your address is verified."""
    return await preferences.get(caller)


@router.patch(
    "",
    summary="Choose which mails you get",
    status_code=status.HTTP_200_OK,
    response_model=MailPreferencesRead,
)
async def update_mail_preferences(
    given: MailPreferencesUpdate, caller: CurrentUser, preferences: MailPreferencesServiceDep
) -> MailPreferencesView:
    """Change what you send; the rest stays. A reminder comes only on days on which something is due.

    The hour is that of your time zone, through every change of the clock. Reports come on Mondays, at the
    same hour, or at eight if you wish no reminders.
    """
    return await preferences.update(caller, given.model_dump(exclude_unset=True))
