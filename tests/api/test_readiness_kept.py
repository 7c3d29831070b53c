"""GET /health/ready costs the database one question a second at most, however many ask."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.departure import THIS_PROCESS
from app.services.system import NotReadyError
from tests.support.databases import migrate_url
from tests.support.service import Service, run_service

FIRST = "2026_11_21_first"


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Service]:
    """A service that nobody has asked yet, on a database of its own."""
    url = f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3"
    migrate_url(url)
    async with run_service(url, tmp_path) as service:
        yield service


async def ask(service: Service) -> int:
    """The status of the answer."""
    return (await service.client().get("/health/ready")).status_code


async def set_revision(service: Service, revision: str) -> str:
    """Have the database at this revision; the one before."""
    async with service.parts.database.engines.writing.begin() as connection:
        before = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        statement = text("UPDATE alembic_version SET version_num = :revision")
        await connection.execute(statement, {"revision": revision})
    return str(before)


async def test_many_who_ask_are_one_question(fresh: Service) -> None:
    with fresh.statements.count() as statements:
        statuses = [await ask(fresh) for _ in range(50)]

    assert set(statuses) == {200}
    assert len(statements) == 1


async def test_it_is_asked_anew_after_a_second(fresh: Service) -> None:
    await ask(fresh)
    with fresh.statements.count() as at_once:
        await ask(fresh)
    fresh.clock.advance(seconds=1)
    with fresh.statements.count() as later:
        await ask(fresh)

    assert (len(at_once), len(later)) == (0, 1)


async def test_a_clock_that_was_put_back_keeps_nothing(fresh: Service) -> None:
    await ask(fresh)
    fresh.clock.advance(hours=-1)
    with fresh.statements.count() as statements:
        await ask(fresh)

    assert len(statements) == 1


async def test_what_went_wrong_is_told_within_a_second_and_never_kept(fresh: Service) -> None:
    assert await ask(fresh) == 200
    newest = await set_revision(fresh, FIRST)
    fresh.clock.advance(seconds=1)
    assert await ask(fresh) == 503
    await set_revision(fresh, newest)

    assert await ask(fresh) == 200


async def test_all_who_ask_meanwhile_are_refused_alike(fresh: Service) -> None:
    await set_revision(fresh, FIRST)
    with fresh.statements.count() as statements:
        # Not over HTTP: so all of them ask before the first has its answer.
        checks = [fresh.parts.readiness.check() for _ in range(20)]
        outcomes = await asyncio.gather(*checks, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {NotReadyError}
    assert len(statements) == 1


async def test_that_it_leaves_is_told_at_once(
    fresh: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await ask(fresh) == 200
    monkeypatch.setattr(THIS_PROCESS, "is_leaving", True)

    assert await ask(fresh) == 503
