"""The settings: from the environment and ``.env``; none is needed to start."""

from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.core.database_url import SQLITE_SCHEME, Pooler, pass_pooler, read_database_url
from app.core.external_issuers import (
    ExternalIssuer,
    ExternalIssuers,
    better_auth_issuer,
    check_address,
    check_secret,
    refuse_careless,
    refuse_confusion,
    split_web_address,
)

ENV_FILE = ".env"


class Environment(StrEnum):
    """Where the service runs: ``production`` demands secrets of its own and is strict at the start."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is wrong. The message is one line that names it and says what it should be."""


def _split_commas(value: Any) -> Any:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _is_redis_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        is_whole = parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
    return is_whole if parts.scheme in {"redis", "rediss"} else parts.scheme == "unix"


CommaList = Annotated[list[str], NoDecode]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
DatabasePooler = Annotated[Pooler, BeforeValidator(_lower)]
MailTls = Annotated[Literal["starttls", "tls", "none"], BeforeValidator(_lower)]


class Settings(BaseSettings):
    """Every setting, with its default. ``.env.example`` explains each (a test holds the two equal)."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    log_level: LogLevel = "info"

    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    database_pooler: DatabasePooler = "auto"
    database_pool_size: int = Field(default=20, ge=1, le=1000)
    test_database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    test_redis_url: SecretStr | None = None

    run_jobs: bool = True
    job_lease_seconds: int = Field(default=60, ge=1, le=3600)

    start_wait_seconds: int = Field(default=30, ge=0, le=3600)
    shutdown_drain_seconds: int = Field(default=0, ge=0, le=300)

    access_secret_key: SecretStr | None = None
    reset_password_secret_key: SecretStr | None = None
    verification_secret_key: SecretStr | None = None
    access_token_expire_seconds: int = Field(default=600, ge=30, le=86_400)
    refresh_token_idle_seconds: int = Field(default=14 * 86_400, ge=300, le=60 * 86_400)
    refresh_token_max_seconds: int = Field(default=60 * 86_400, ge=300, le=366 * 86_400)

    better_auth_url: str | None = None
    better_auth_secret: SecretStr | None = None
    external_issuers: ExternalIssuers = ()

    mail_server: str | None = None
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_username: str | None = None
    mail_password: SecretStr | None = None
    mail_from: str = "Questboard <questboard@localhost>"
    mail_tls: MailTls = "starttls"
    frontend_url: str = "http://localhost:8000"

    cors_origins: CommaList = []
    trusted_proxies: CommaList = []

    metrics_token: SecretStr | None = Field(default=None, min_length=16, max_length=200)
    metrics_allowed: CommaList = ["127.0.0.0/8", "::1"]
    audit_kept_days: int = Field(default=400, ge=1, le=3660)

    split_lists = field_validator(
        "cors_origins", "trusted_proxies", "metrics_allowed", mode="before"
    )(_split_commas)
    refuse_short_secret = field_validator("better_auth_secret")(check_secret)
    refuse_no_better_auth = field_validator("better_auth_url")(check_address)

    @field_validator("database_url", "test_database_url")
    @classmethod
    def name_the_driver(cls, value: SecretStr | None) -> SecretStr | None:
        """Let operators write ``postgresql://`` as every provider does, and hold out other databases."""
        url = value.get_secret_value() if value else ""
        return SecretStr(read_database_url(url)) if url else value

    @field_validator("redis_url", "test_redis_url")
    @classmethod
    def refuse_no_redis(cls, value: SecretStr | None) -> SecretStr | None:
        """What is no address would only be found out, and only logged, when it is first used."""
        if value is not None and not _is_redis_address(value.get_secret_value()):
            raise ValueError("should be an address such as redis://localhost:6379/0")
        return value

    @field_validator("frontend_url")
    @classmethod
    def refuse_no_address(cls, value: str) -> str:
        """Links in mails begin with it."""
        if split_web_address(value) is None:
            raise ValueError("should be an address such as https://play.example.org")
        return value

    @field_validator("cors_origins")
    @classmethod
    def refuse_half_origins(cls, value: list[str]) -> list[str]:
        """An origin is a scheme and a host without a path; ``*`` with credentials is never meant."""
        for origin in value:
            parts = split_web_address(origin)
            if parts is None or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(
                    "should be origins such as https://play.example.org, separated by commas"
                )
        return value

    @field_validator("trusted_proxies", "metrics_allowed")
    @classmethod
    def refuse_names(cls, value: list[str]) -> list[str]:
        """What is no address would never be trusted, and nobody would know why."""
        if "*" in value and len(value) > 1:
            raise ValueError("should be * alone, or addresses and networks separated by commas")
        for proxy in value:
            try:
                ip_network(proxy if proxy != "*" else "0.0.0.0/0")
            except ValueError:
                raise ValueError(
                    "should be addresses or networks such as 10.0.0.0/8, separated by commas, or *"
                ) from None
        return value

    @model_validator(mode="after")
    def refuse_shared_sqlite(self) -> "Settings":
        """Several processes would each hold a writer of their own: SQLite has one."""
        if self.workers > 1 and self.is_sqlite:
            raise ValueError(
                "WORKERS: should be 1 with SQLite; set DATABASE_URL to a PostgreSQL for more"
            )
        return self

    @model_validator(mode="after")
    def refuse_wrong_issuers(self) -> "Settings":
        """Tokens of other issuers let people in: they must not pass for ours, nor for each other's."""
        if self.better_auth_secret is not None and self.better_auth_url is None:
            raise ValueError(
                "BETTER_AUTH_URL: should be Better Auth's base address, the iss and aud of the tokens"
                " that BETTER_AUTH_SECRET signs"
            )
        keys = (
            self.access_secret_key,
            self.reset_password_secret_key,
            self.verification_secret_key,
        )
        refuse_confusion(self.issuers, {key.get_secret_value() for key in keys if key is not None})
        if self.is_production:
            refuse_careless(self.issuers)
        return self

    @property
    def issuers(self) -> tuple[ExternalIssuer, ...]:
        """All whose tokens count besides our own."""
        if self.better_auth_url is None:
            return self.external_issuers
        better_auth = better_auth_issuer(self.better_auth_url, self.better_auth_secret)
        return (better_auth, *self.external_issuers)

    @property
    def resolved_database_url(self) -> str:
        """``DATABASE_URL`` and what ``DATABASE_POOLER`` adds, or the SQLite file in the data folder."""
        return (
            pass_pooler(self.database_url.get_secret_value(), self.database_pooler)
            or f"{SQLITE_SCHEME}:///{self.data_dir.resolve()}/questboard.sqlite3"
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.resolved_database_url.startswith(SQLITE_SCHEME)

    @property
    def database_file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        if not self.is_sqlite:
            return None
        return Path(self.resolved_database_url.partition(":///")[2].partition("?")[0])

    @property
    def is_production(self) -> bool:
        """Whether the service holds other people's data for good."""
        return self.environment is Environment.PRODUCTION


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and ``.env``.

    Raises:
        SettingsError: one line that names the wrong setting and says what it should be. The wrong
            value itself is left out: it may be a secret.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name, *inside = map(str, first["loc"] or [""])
        message = first["msg"].removeprefix("Value error, ").replace("Input should", "should")
        message = message.partition(", unable to parse")[0]
        where = ".".join([name.upper(), *inside])
        raise SettingsError(f"{where}: {message}" if where else message) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{ENV_FILE}: should be a readable text file in UTF-8") from None
