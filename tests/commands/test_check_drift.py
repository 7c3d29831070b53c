"""``python -m commands.check_drift``."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, Table

from app.db.base import Base
from commands.check_drift import main


@pytest.fixture
def forgotten_table() -> Iterator[str]:
    """A model that no migration knows."""
    table = Table("forgotten", Base.metadata, Column("id", Integer, primary_key=True))
    yield table.name
    Base.metadata.remove(table)


async def test_models_and_migrations_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(main) == 0

    assert "models and migrations agree" in capsys.readouterr().out


async def test_a_model_without_a_migration_is_told(
    forgotten_table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main) == 1

    printed = capsys.readouterr().err
    assert printed.startswith("error: models and migrations differ")
    assert forgotten_table in printed
