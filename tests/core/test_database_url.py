"""Addresses of PostgreSQL: several hosts in all spellings, and poolers that are known by sight."""

import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.core.config import Settings
from app.core.database_url import UNPREPARED, Pooler, read_database_url
from app.db.postgres_engines import is_behind_pooler

SEVERAL = "postgresql+asyncpg://u:p@/db?host=a:5432&host=b:5433"
IPV6 = "postgresql+asyncpg://u:p@/db?host=::1,2001:db8::2&port=5432,5432"
BAD = [
    "postgresql://u:hunter2@a:5432,b:port/db",
    "postgresql://u:hunter2@a:5432,/db",
    "postgresql://u:hunter2@a:0,b/db",
    "postgresql://u:hunter2@a,b:65536/db",
    "postgresql://u:hunter2@/db?host=a,b,c&port=1,2",
    "postgresql://u:hunter2@/db?host=a,b&port=x",
    "postgresql://u:hunter2@/db?host=a,/var/run/postgresql",
]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql://u:p@a:5432,b:5433/db", SEVERAL),
        ("postgres://u:p@a,b:5433/db", SEVERAL),
        ("postgresql://u:p@/db?host=a:5432&host=b:5433", SEVERAL),
        ("postgresql://u:p@/db?host=a&host=b:5433", SEVERAL),
        ("postgresql://u:p@/db?host=a,b&port=5432,5433", SEVERAL),
        (
            "postgresql://u:p@a,b:5433/db?sslmode=require&target_session_attrs=primary",
            f"{SEVERAL}&ssl=require&target_session_attrs=primary",
        ),
        (
            "postgresql://u:p@/db?host=a,b&port=6000",
            "postgresql+asyncpg://u:p@/db?host=a:6000&host=b:6000",
        ),
        ("postgresql://u:p@[::1]:5432,[2001:db8::2]/db", IPV6),
        ("postgresql://u:p@/db?host=::1,2001:db8::2&port=5432,5432", IPV6),
    ],
)
def test_several_hosts_in_all_spellings(given: str, read: str) -> None:
    assert read_database_url(given) == read

    _, arguments = create_async_engine(read).dialect.create_connect_args(make_url(read))
    assert len(arguments["host"]) == len(arguments["port"]) == 2


@pytest.mark.parametrize("given", BAD)
def test_what_names_no_hosts_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(ValueError, match="should") as refusal:
        read_database_url(given)

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("wanted", ["standby", "read-only", "prefer-standby", "hunter2", ""])
def test_a_host_that_takes_no_writes_is_not_what_is_looked_for(wanted: str) -> None:
    with pytest.raises(ValueError, match=r"^target_session_attrs should be primary or read-write$"):
        read_database_url(f"postgresql://a,b/db?target_session_attrs={wanted}")


NEON = "postgresql://u:p@ep-x-pooler.eu-central-1.aws.neon.tech/db?sslmode=require"
SUPABASE = "postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
OURS = "postgresql://u:p@pgbouncer.internal:6432/db"


@pytest.mark.parametrize(
    ("url", "pooler", "is_pooled"),
    [
        (NEON, "auto", True),
        (NEON.replace("-pooler", ""), "auto", False),
        (SUPABASE, "auto", True),
        (SUPABASE.replace("6543", "5432"), "auto", False),
        (SUPABASE.replace(".pooler.supabase.com", ".supabase.com.example.org"), "auto", False),
        ("postgresql://u:p@db.ref.supabase.co:6543/postgres", "auto", True),
        (OURS, "auto", False),
        (OURS, "transaction", True),
        (f"{OURS}?sslmode=disable", "transaction", True),
        (f"{OURS}?{UNPREPARED}", "auto", True),
        (f"{OURS}?prepared_statement_cache_size=0", "auto", True),
        (NEON, "none", False),
        (SUPABASE, "none", False),
        ("postgresql://u:p@a,b/db", "transaction", True),
        ("postgresql://u:x-pooler.y.neon.tech@host/db", "auto", False),
    ],
)
def test_poolers_of_transactions_are_known_or_told(
    url: str, pooler: Pooler, *, is_pooled: bool
) -> None:
    settings = Settings(database_url=url, database_pooler=pooler)

    assert is_behind_pooler(settings.resolved_database_url) is is_pooled


def test_sqlite_has_no_pooler() -> None:
    settings = Settings(database_url="sqlite:///file", database_pooler="transaction")

    assert settings.resolved_database_url == "sqlite+aiosqlite:///file"
