"""Processes follow the settings that another one changed."""

import asyncio
import time
from pathlib import Path

from sqlalchemy import update

from app.db.models import Revision
from app.worker.config_following import follow_config, look_for_changes
from tests.api.config_steps import admin, change, read_config
from tests.support.databases import migrate_url
from tests.support.process import free_port
from tests.support.service import Service, run_service

FOLLOWS_WITHIN = 5.0


async def test_another_process_follows(service: Service, database_url: str, tmp_path: Path) -> None:
    root = await admin(service)
    async with run_service(database_url, tmp_path) as other, follow_config(other.parts):
        for notice in ("One", "Two", None):
            await change(root, notice=notice)
            give_up_at = time.monotonic() + FOLLOWS_WITHIN
            while (await read_config(other))["notice"] != notice:
                assert time.monotonic() < give_up_at
                await asyncio.sleep(0.01)


async def test_a_look_costs_one_statement_and_two_after_a_change(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    root = await admin(service)
    async with run_service(database_url, tmp_path) as other:
        await look_for_changes(other.parts)
        await change(root, notice="Soon.")
        for expected in (2, 1, 1):
            with other.statements.count() as statements:
                await look_for_changes(other.parts)
            assert len(statements) == expected, statements


async def test_the_settings_are_there_from_the_start(
    service: Service, database_url: str, tmp_path: Path
) -> None:
    await change(await admin(service), notice="Soon.")

    async with run_service(database_url, tmp_path) as other, follow_config(other.parts):
        assert (await read_config(other))["notice"] == "Soon."


async def test_older_answers_do_not_replace_newer_ones(service: Service) -> None:
    root = await admin(service)
    for number in range(10):
        looks = [asyncio.create_task(look_for_changes(service.parts)) for _ in range(3)]
        await change(root, notice=str(number))
        await asyncio.gather(*looks)
        assert service.parts.live.settings.notice == str(number)


async def test_a_database_that_comes_later_is_followed_then(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/late.sqlite3"
    async with run_service(url, tmp_path) as service, follow_config(service.parts):
        assert (await read_config(service))["notice"] is None
        migrate_url(url)
        await change(await admin(service), notice="Soon.")
        assert (await read_config(service))["notice"] == "Soon."


async def test_a_lost_database_keeps_nobody_from_starting(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    async with run_service(url, tmp_path) as service:
        begun = time.monotonic()
        async with follow_config(service.parts):
            assert time.monotonic() - begun < FOLLOWS_WITHIN + 5
            assert (await read_config(service))["features"]["registration"] is True


async def test_a_restored_database_is_followed(service: Service) -> None:
    """Its revision is a smaller one."""
    root = await admin(service)
    await change(root, notice="Soon.")
    await change(root, notice="Sooner.")
    async with service.parts.database.writing() as transaction:
        await transaction.uow.app_settings.reset(["notice"])
        await transaction.uow._session.execute(update(Revision).values(number=1))
        await transaction.commit()

    await look_for_changes(service.parts)

    assert service.parts.live.settings.notice is None
