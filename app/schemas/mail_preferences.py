"""Bodies about the mails that learners wish."""

from typing import Annotated

from pydantic import Field

from app.schemas.common import AnswerModel, RequestModel, omittable
from app.schemas.users import Flag

Hour = Annotated[int, Field(ge=0, le=23, strict=True, examples=[18])]


class MailPreferencesRead(AnswerModel):
    """Which mails you get, beside those about your account."""

    reminder_hour: Hour | None = Field(
        description=(
            "The hour of your wall clock at which you are reminded of what is due that day, if anything is."
        )
    )
    weekly_report: bool = Field(description="Whether you get a report of the week on Mondays.")


class MailPreferencesUpdate(RequestModel):
    """Changes to them; what is left out stays."""

    reminder_hour: Hour | None = omittable()
    weekly_report: Flag = omittable()
