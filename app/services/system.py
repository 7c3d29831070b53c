"""What the service tells of itself."""

from dataclasses import dataclass

from app.core.config import Settings
from app.core.departure import THIS_PROCESS
from app.core.errors import UnavailableError
from app.core.limits import (
    IDEMPOTENCY_KEY_SECONDS,
    MAX_BODY_BYTES,
    MAX_PASSWORD_LENGTH,
    MIN_PASSWORD_LENGTH,
)
from app.core.listing import MAX_PAGE_SIZE
from app.core.version import API_VERSION, VERSION
from app.db.schema_version import read_expected_revision
from app.db.session import Database
from app.game.rules import RULES


class NotReadyError(UnavailableError):
    """The database is not migrated as this version wants it."""

    code = "not_migrated"
    detail = "The database is not at the revision that this version wants. Run the migrations."


class LeavingError(UnavailableError):
    """The process was told to leave: what is under way is finished, new work belongs elsewhere."""

    code = "leaving"
    detail = "This server is leaving. Ask another one."


@dataclass(frozen=True, slots=True)
class LimitsView:
    """The numbers that a client should know before it is refused."""

    max_body_bytes: int = MAX_BODY_BYTES
    max_page_size: int = MAX_PAGE_SIZE
    min_password_length: int = MIN_PASSWORD_LENGTH
    max_password_length: int = MAX_PASSWORD_LENGTH
    paid_tasks_per_day: int = RULES.paid_tasks_per_day
    idempotency_key_seconds: int = IDEMPOTENCY_KEY_SECONDS


@dataclass(frozen=True, slots=True)
class FeaturesView:
    """What can be done here."""

    registration: bool
    mail: bool


@dataclass(frozen=True, slots=True)
class ConfigView:
    """What a client may know of the service."""

    version: str
    api_version: str
    rules_version: int
    access_token_seconds: int
    limits: LimitsView
    features: FeaturesView


class SystemService:
    """Readiness and configuration."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    async def check_ready(self) -> None:
        """Look whether requests can be served.

        Raises:
            UnavailableError: the process is leaving, or the database is out of reach, busy, or not
                migrated.
        """
        if THIS_PROCESS.is_leaving:
            raise LeavingError(retry_after=5)
        expected = await read_expected_revision()
        async with self._database.reading() as uow:
            present = await uow.schema_version.get()
        if present != expected:
            raise NotReadyError(retry_after=5)

    def get_config(self) -> ConfigView:
        """What a client may know. The static part: it changes with a restart only."""
        return ConfigView(
            version=VERSION,
            api_version=API_VERSION,
            rules_version=RULES.version,
            access_token_seconds=self._settings.access_token_expire_seconds,
            limits=LimitsView(),
            features=FeaturesView(registration=True, mail=self._settings.mail_server is not None),
        )
