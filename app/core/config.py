"""The settings: from the environment and ``.env``; none is needed to start."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SQLITE_SCHEME = "sqlite+aiosqlite"
POSTGRESQL_SCHEME = "postgresql+asyncpg"

_SCHEMES = {
    "sqlite": SQLITE_SCHEME,
    SQLITE_SCHEME: SQLITE_SCHEME,
    "postgres": POSTGRESQL_SCHEME,
    "postgresql": POSTGRESQL_SCHEME,
    POSTGRESQL_SCHEME: POSTGRESQL_SCHEME,
}


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


CommaList = Annotated[list[str], NoDecode]


class Settings(BaseSettings):
    """Every setting, with its default. ``.env.example`` explains each (a test holds the two equal)."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    environment: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    database_pool_size: int = Field(default=20, ge=1, le=1000)
    test_database_url: SecretStr | None = None

    access_secret_key: SecretStr | None = None
    reset_password_secret_key: SecretStr | None = None
    verification_secret_key: SecretStr | None = None
    access_token_expire_seconds: int = Field(default=600, ge=30, le=86_400)
    refresh_token_idle_seconds: int = Field(default=14 * 86_400, ge=300, le=60 * 86_400)
    refresh_token_max_seconds: int = Field(default=60 * 86_400, ge=300, le=366 * 86_400)

    mail_server: str | None = None
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_username: str | None = None
    mail_password: SecretStr | None = None
    mail_from: str = "Questboard <questboard@localhost>"
    mail_tls: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    frontend_url: str = Field(default="http://localhost:8000", pattern="^https?://")

    cors_origins: CommaList = []
    trusted_proxies: CommaList = []

    split_lists = field_validator("cors_origins", "trusted_proxies", mode="before")(_split_commas)

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, value: SecretStr) -> SecretStr:
        """Let operators write ``postgresql://`` as every provider does, and hold out other databases."""
        url = value.get_secret_value()
        if not url:
            return value
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in _SCHEMES:
            raise ValueError("should begin with sqlite:/// or postgresql://")
        return SecretStr(f"{_SCHEMES[scheme]}://{rest}")

    @field_validator("cors_origins")
    @classmethod
    def refuse_half_origins(cls, value: list[str]) -> list[str]:
        """An origin is a scheme and a host without a path; ``*`` with credentials is never meant."""
        for origin in value:
            if not origin.startswith(("http://", "https://")) or origin.count("/") != 2:
                raise ValueError(
                    "should be origins such as https://play.example.org, separated by commas"
                )
        return value

    @model_validator(mode="after")
    def refuse_shared_sqlite(self) -> "Settings":
        """Several processes would each hold a writer of their own: SQLite has one."""
        if self.workers > 1 and self.is_sqlite:
            raise ValueError(
                "WORKERS should be 1 with SQLite; set DATABASE_URL to a PostgreSQL for more"
            )
        return self

    @property
    def resolved_database_url(self) -> str:
        """``DATABASE_URL``, or the SQLite file in the data folder."""
        return (
            self.database_url.get_secret_value()
            or f"{SQLITE_SCHEME}:///{self.data_dir.resolve()}/questboard.sqlite3"
        )

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.resolved_database_url.startswith(SQLITE_SCHEME)

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
        name = ".".join(str(part) for part in first["loc"]).upper()
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {message}" if name else message) from None
