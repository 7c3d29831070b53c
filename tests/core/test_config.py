"""Settings: from the environment, checked at the start, told in one line when wrong."""

import inspect
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.config import Environment, Settings, SettingsError, load_settings
from app.db.session import Database


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test, and no ``.env``."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """The settings that an environment gives."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def read_url(monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    """The address that a ``DATABASE_URL`` stands for."""
    return load(monkeypatch, DATABASE_URL=url).resolved_database_url


def test_no_setting_is_needed() -> None:
    settings = load_settings()

    assert settings.environment is Environment.DEVELOPMENT
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.is_sqlite


def test_the_database_lies_in_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, DATA_DIR="/srv/questboard")

    assert (
        settings.resolved_database_url == "sqlite+aiosqlite:////srv/questboard/questboard.sqlite3"
    )
    assert settings.database_file == Path("/srv/questboard/questboard.sqlite3")


def test_a_file_gives_settings_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("PORT=9000\nHOST=0.0.0.0\n")

    settings = load(monkeypatch, HOST="127.0.0.2")

    assert (settings.port, settings.host) == (9000, "127.0.0.2")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, PORT="", DATABASE_URL="", CORS_ORIGINS="") == Settings()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://play.example.org", ["https://play.example.org"]),
        (
            " https://a.example , http://localhost:3000,",
            ["https://a.example", "http://localhost:3000"],
        ),
    ],
)
def test_origins_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, given: str, expected: list[str]
) -> None:
    assert load(monkeypatch, CORS_ORIGINS=given).cors_origins == expected


def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, TRUSTED_PROXIES="10.0.0.1, 10.1.0.0/16, ::1")

    assert settings.trusted_proxies == ["10.0.0.1", "10.1.0.0/16", "::1"]
    assert load(monkeypatch, TRUSTED_PROXIES="*").trusted_proxies == ["*"]


def test_words_may_be_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LOG_LEVEL="WARNING", MAIL_TLS="TLS")

    assert (settings.log_level, settings.mail_tls) == ("warning", "tls")


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("ENVIRONMENT", "prod-hunter2", "should be 'development' or 'production'"),
        ("PORT", "99999", "should be less than or equal to 65535"),
        ("PORT", "0", "should be greater than or equal to 1"),
        ("PORT", "hunter2", "should be a valid integer"),
        ("WORKERS", "0", "should be greater than or equal to 1"),
        ("WORKERS", "2", "should be 1 with SQLite; set DATABASE_URL to a PostgreSQL for more"),
        ("LOG_LEVEL", "hunter2", "should be 'debug', 'info', 'warning' or 'error'"),
        ("DATABASE_POOL_SIZE", "0", "should be greater than or equal to 1"),
        ("ACCESS_TOKEN_EXPIRE_SECONDS", "5", "should be greater than or equal to 30"),
        ("MAIL_PORT", "70000", "should be less than or equal to 65535"),
        ("MAIL_TLS", "hunter2", "should be 'starttls', 'tls' or 'none'"),
        ("FRONTEND_URL", "play.hunter2.org", "such as https://play.example.org"),
        ("FRONTEND_URL", "http://", "such as https://play.example.org"),
        ("FRONTEND_URL", "ftp://hunter2", "such as https://play.example.org"),
        ("CORS_ORIGINS", "*", "should be origins such as"),
        ("CORS_ORIGINS", "https://hunter2.org/", "should be origins such as"),
        ("CORS_ORIGINS", "https://hunter2.org/app", "should be origins such as"),
        ("CORS_ORIGINS", "https://hunter2.org?a=b", "should be origins such as"),
        ("CORS_ORIGINS", "https://hunter2:3@example.org", "should be origins such as"),
        ("CORS_ORIGINS", "https://a.example;https://hunter2.org", "should be origins such as"),
        ("CORS_ORIGINS", "https://", "should be origins such as"),
        ("CORS_ORIGINS", "https://a.example:hunter2", "should be origins such as"),
        ("TRUSTED_PROXIES", "proxy.hunter2.org", "should be addresses or networks"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "should be addresses or networks"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, *", "should be * alone"),
        ("DATABASE_URL", "mysql://root:hunter2@host/name", "sqlite:/// or postgresql://"),
        ("DATABASE_URL", "postgresql+psycopg://u:hunter2@host/name", "sqlite:/// or postgresql://"),
        ("DATABASE_URL", "hunter2", "sqlite:/// or postgresql://"),
        ("DATABASE_URL", "postgresql://u:hunter2@host:port/name", "postgresql://user:password@"),
        ("DATABASE_URL", "postgresql://u:hunter2@a@host/name", "postgresql://user:password@"),
        ("DATABASE_URL", "sqlite://", "sqlite:/// and the path of a file"),
        ("DATABASE_URL", "sqlite:///", "sqlite:/// and the path of a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:/// and the path of a file"),
        ("TEST_DATABASE_URL", "mysql://root:hunter2@host/name", "sqlite:/// or postgresql://"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_in_one_line_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(monkeypatch, **{name: value})

    line = str(refusal.value)
    assert line.startswith(f"{name}: ")
    assert advice in line
    assert "\n" not in line
    assert "hunter2" not in line


def test_a_file_that_is_no_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes(b"PORT=\xff\xfe")

    with pytest.raises(SettingsError, match=r"^\.env: should be a readable text file in UTF-8$"):
        load_settings()


def test_secrets_do_not_show() -> None:
    secret: Any = "hunter2hunter2"
    settings = Settings(
        access_secret_key=secret,
        mail_password=secret,
        database_url="postgresql://u:hunter2@host/name",
    )

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_spelling_of_postgresql_is_taken(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    url = read_url(monkeypatch, f"{scheme}://u:p%40ss@host:5433/name")

    assert url == "postgresql+asyncpg://u:p%40ss@host:5433/name"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("sslmode=require", "?ssl=require"),
        ("sslmode=require&channel_binding=require", "?ssl=require"),
        ("channel_binding=require", ""),
        ("pgbouncer=true&connection_limit=1&connect_timeout=10", ""),
        ("sslmode=verify-full&target_session_attrs=primary", "?ssl=verify-full&target_session_attrs=primary"),
        ("host=a:5432&host=b:5433", "?host=a:5432&host=b:5433"),
        ("ssl=require", "?ssl=require"),
    ],
)  # fmt: skip
def test_what_providers_add_is_translated(
    monkeypatch: pytest.MonkeyPatch, rest: str, expected: str
) -> None:
    url = read_url(monkeypatch, f"postgresql://u:p@ep-x.neon.tech/name?{rest}")

    assert url == f"postgresql+asyncpg://u:p@ep-x.neon.tech/name{expected}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@ep-x-pooler.eu-central-1.aws.neon.tech/db?sslmode=require&channel_binding=require",
        "postgres://postgres.ref:p@aws-0.pooler.supabase.com:6543/postgres?pgbouncer=true&sslmode=require",
        "postgresql://u:p@a.example/db?host=a.example:5432&host=b.example:5433&target_session_attrs=primary",
        "postgresql://[::1]:5432/db",
        "postgresql:///db?host=/var/run/postgresql",
    ],
)
async def test_the_driver_knows_all_that_is_left(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    resolved = read_url(monkeypatch, url)
    engine = create_async_engine(resolved)

    _, arguments = engine.dialect.create_connect_args(make_url(resolved))

    known = inspect.signature(asyncpg.connect).parameters.keys()
    assert arguments.keys() <= known
    await engine.dispose()


async def test_a_translated_address_connects(
    database_kind: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = "?sslmode=disable&channel_binding=prefer" if database_kind == "postgresql" else ""
    settings = load(monkeypatch, DATABASE_URL=database_url + extra)

    database = Database.from_url(settings.resolved_database_url, 1)
    async with database.reading() as uow:
        assert await uow.schema_version.get() is not None
    await database.dispose()
