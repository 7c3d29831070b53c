"""What balancers are told while servers leave and are replaced by those of a later version."""

from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.departure import THIS_PROCESS
from tests.support.databases import migrate_url
from tests.support.service import Service, run_service


async def test_it_is_not_ready_and_alive(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(THIS_PROCESS, "is_leaving", True)

    ready = await service.client().get("/health/ready")
    live = await service.client().get("/health")

    assert (ready.status_code, ready.json()["code"]) == (503, "leaving")
    assert ready.headers["retry-after"] == "5"
    assert live.status_code == 200


@pytest.mark.parametrize(
    ("revision", "status"), [("2999_01_01_later", 200), ("2026_11_21_first", 503)]
)
async def test_a_database_of_a_later_version_is_served_on(
    tmp_path: Path, revision: str, status: int
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/moved.sqlite3"
    migrate_url(url)
    async with run_service(url, tmp_path) as service:
        async with service.parts.database.engines.writing.begin() as connection:
            set_revision = text("UPDATE alembic_version SET version_num = :revision")
            await connection.execute(set_revision, {"revision": revision})
        ready = await service.client().get("/health/ready")

    assert ready.status_code == status
