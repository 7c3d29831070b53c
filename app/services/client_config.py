"""What a client may know of the service: versions, limits, features, and the notice."""

import hashlib
from dataclasses import dataclass

from app.core.config import Settings
from app.core.limits import (
    IDEMPOTENCY_KEY_SECONDS,
    MAX_BODY_BYTES,
    MAX_PASSWORD_LENGTH,
    MIN_PASSWORD_LENGTH,
)
from app.core.listing import MAX_PAGE_SIZE
from app.core.live_settings import LiveSettings
from app.core.rate_limits import RateLimits
from app.core.version import API_VERSION, VERSION
from app.game.rules import RULES
from app.schemas.system import ConfigRead, FeaturesRead, LimitsRead


@dataclass(frozen=True, slots=True)
class ConfigAnswer:
    """The answer as it is sent, in JSON, and a tag that differs whenever it does."""

    tag: str
    body: bytes


class ClientConfig:
    """Keeps the answer ready until something in it changes: asking for it costs no statement."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made_of: tuple[LiveSettings, RateLimits] | None = None
        self._answer = ConfigAnswer("", b"")

    def get(self, live: LiveSettings, rates: RateLimits) -> ConfigAnswer:
        """The answer while these are in force."""
        if self._made_of != (live, rates):
            body = self._describe(live, rates).model_dump_json().encode()
            self._answer = ConfigAnswer(hashlib.sha256(body).hexdigest()[:32], body)
            self._made_of = (live, rates)
        return self._answer

    def _describe(self, live: LiveSettings, rates: RateLimits) -> ConfigRead:
        return ConfigRead(
            version=VERSION,
            api_version=API_VERSION,
            rules_version=RULES.version,
            access_token_seconds=self._settings.access_token_expire_seconds,
            limits=LimitsRead(
                max_body_bytes=MAX_BODY_BYTES,
                max_page_size=MAX_PAGE_SIZE,
                min_password_length=MIN_PASSWORD_LENGTH,
                max_password_length=MAX_PASSWORD_LENGTH,
                paid_tasks_per_day=RULES.paid_tasks_per_day,
                idempotency_key_seconds=IDEMPOTENCY_KEY_SECONDS,
                user_requests_per_minute=rates.user.count,
                address_requests_per_minute=rates.address.count,
            ),
            features=FeaturesRead(
                registration=live.registration_open,
                external_registration=bool(self._settings.issuers)
                and live.external_registration_open,
                mail=self._settings.mail_server is not None,
            ),
            notice=live.notice,
        )
