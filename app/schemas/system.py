"""Bodies about the service itself."""

from typing import Literal

from app.schemas.common import AnswerModel


class HealthRead(AnswerModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class ReadinessRead(AnswerModel):
    """The service can take requests."""

    status: Literal["ok"] = "ok"
    database: Literal["ok"] = "ok"
    migrations: Literal["ok"] = "ok"


class LimitsRead(AnswerModel):
    """The numbers that a client should know before it is refused."""

    max_body_bytes: int
    max_page_size: int
    min_password_length: int
    max_password_length: int
    paid_tasks_per_day: int
    idempotency_key_seconds: int


class FeaturesRead(AnswerModel):
    """What can be done here."""

    registration: bool
    mail: bool


class ConfigRead(AnswerModel):
    """What a client may know of the service."""

    version: str
    api_version: str
    rules_version: int
    access_token_seconds: int
    limits: LimitsRead
    features: FeaturesRead
