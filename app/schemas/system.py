"""Bodies about the service itself."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from app.core.cache import RedisState
from app.core.live_settings import BOUNDS, MAX_NOTICE
from app.schemas.common import MAX_ID, AnswerModel, Line, RequestModel, omittable

_REDIS = (
    "`none`: none is set. `degraded`: it does not answer, so each process does for itself what they"
    " would do together; nothing fails."
)
_REVISION = "The revision that you change; if another is in force the change is refused."
_SWITCH: dict[str, Any] = {"strict": True}

Notice = Annotated[
    Line, StringConstraints(max_length=MAX_NOTICE), Field(examples=["Back at 18:00 UTC."])
]


class HealthRead(AnswerModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class ReadinessRead(AnswerModel):
    """The service can take requests."""

    status: Literal["ok"] = "ok"
    database: Literal["ok"] = "ok"
    migrations: Literal["ok"] = "ok"
    redis: RedisState = Field(description=_REDIS)


class LimitsRead(AnswerModel):
    """The numbers that a client should know before it is refused."""

    max_body_bytes: int
    max_page_size: int
    min_password_length: int
    max_password_length: int
    paid_tasks_per_day: int
    idempotency_key_seconds: int
    user_requests_per_minute: int
    address_requests_per_minute: int = Field(description="Without a token that counts.")


class FeaturesRead(AnswerModel):
    """What can be done here."""

    registration: bool = Field(description="Whether `POST /auth/register` makes accounts.")
    external_registration: bool = Field(
        description="Whether the first request with a token of another issuer makes an account."
    )
    mail: bool


class ConfigRead(AnswerModel):
    """What a client may know of the service."""

    version: str
    api_version: str
    rules_version: int
    access_token_seconds: int
    limits: LimitsRead
    features: FeaturesRead
    notice: str | None = Field(description="A line to be shown to everybody; null: none.")


class LiveSettingsRead(AnswerModel):
    """The settings that change without a restart."""

    registration_open: bool
    external_registration_open: bool
    notice: str | None
    user_requests_per_minute: int
    address_requests_per_minute: int
    logins_per_quarter_hour: int
    registrations_per_hour: int
    mails_per_hour: int


class SettingChangeRead(AnswerModel):
    """Who last set a setting that has not its default, and when."""

    name: str
    updated_at: datetime
    updated_by: int | None = Field(description="The number of an account, perhaps erased by now.")


class ConfigSettingsRead(AnswerModel):
    """All settings that change without a restart."""

    revision: int = Field(ge=0, description="Raised with every change.")
    settings: LiveSettingsRead = Field(description="What is in force.")
    defaults: LiveSettingsRead
    changed: list[SettingChangeRead] = Field(description="Those that have not their defaults.")


def _limit(name: str, description: str) -> Any:
    bounds = BOUNDS[name]
    return omittable(strict=True, ge=bounds.least, le=bounds.most, description=description)


class ConfigSettingsUpdate(RequestModel):
    """What to change. What is left out stays, null is the default."""

    revision: int = Field(ge=0, le=MAX_ID, strict=True, description=_REVISION)
    registration_open: bool | None = omittable(
        **_SWITCH, description="Whether `POST /auth/register` makes accounts. Admins always can."
    )
    external_registration_open: bool | None = omittable(
        **_SWITCH,
        description="Whether the first request with a token of another issuer makes an account.",
    )
    notice: Notice | None = omittable(description="A line that clients show to everybody.")
    user_requests_per_minute: int | None = _limit(
        "user_requests_per_minute", "How often each user may ask."
    )
    address_requests_per_minute: int | None = _limit(
        "address_requests_per_minute", "How often an address may ask without a token that counts."
    )
    logins_per_quarter_hour: int | None = _limit(
        "logins_per_quarter_hour", "How many logins an address may try."
    )
    registrations_per_hour: int | None = _limit(
        "registrations_per_hour", "How many accounts an address may try to register."
    )
    mails_per_hour: int | None = _limit(
        "mails_per_hour", "How many mails with links an address may ask for."
    )

    def to_changes(self) -> dict[str, Any]:
        """What was sent, by the names of the settings."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"revision"}}
