"""Bodies about pausing."""

from datetime import date

from pydantic import Field

from app.game.rules import RULES
from app.schemas.common import AnswerModel, RequestModel


class PauseUpdate(RequestModel):
    """For how long to rest."""

    days: int = Field(
        strict=True,
        ge=1,
        le=RULES.pause_days_per_year,
        description="How many local days, today included.",
        examples=[7],
    )


class PauseRead(AnswerModel):
    """Whether you rest, and how many days of the calendar year are left for it."""

    paused: bool = Field(description="Whether a pause is set that is not over yet.")
    from_on: date | None = Field(description="Its first local date; null without a pause.")
    until_on: date | None = Field(description="Its last local date; null without a pause.")
    days_used_this_year: int = Field(
        description="Paused dates of the calendar year, those of the running pause to come included."
    )
    days_left_this_year: int = Field(
        description="How many more the year has. The rest of a running pause can be planned anew on "
        "top of these."
    )
