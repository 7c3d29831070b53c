"""Exports that are asked for too often, are cut, or can't be made."""

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from app.core.errors import UnauthenticatedError, UnavailableError
from app.db.repositories.export import EXPORT_TABLES
from app.services.export.errors import ExportsBusyError, ExportUnwritableError
from app.services.export.places import ExportPlaces
from tests.api.export_steps import (
    PATH,
    Download,
    count_connections,
    export,
    make_service,
    read_rows,
    stay,
)
from tests.support.contract import check_problem
from tests.support.rates import Told, read_rates
from tests.support.service import PASSWORD, Learner, Service


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner()


async def begin(service: Service, learner: Learner) -> tuple[Download, asyncio.Task[None]]:
    """A download that has begun and goes no further."""
    download = Download(service, await service.open_session(learner.id))
    running = asyncio.create_task(download.run())
    await asyncio.wait_for(download.begun.wait(), 30)
    return download, running


async def test_three_an_hour(service: Service, learner: Learner) -> None:
    told = []
    for _ in range(3):
        answer = await learner.client.get(PATH)
        assert answer.status_code == 200
        told.append(read_rates(answer)["export"])
    assert told == [Told(3, 3600, left, 3600) for left in (2, 1, 0)]
    service.clock.advance(minutes=9)
    refusal = await learner.client.get(PATH)
    assert (refusal.status_code, check_problem(refusal)["code"]) == (429, "too_many_requests")
    assert refusal.headers["retry-after"] == str(51 * 60)
    other = await service.learner("eve@example.org")
    assert (await other.client.get(PATH)).status_code == 200
    service.clock.advance(minutes=51)
    learner.client = service.client(await service.open_session(learner.id))
    assert (await learner.client.get(PATH)).status_code == 200


async def test_one_at_a_time(service: Service, learner: Learner) -> None:
    download, running = await begin(service, learner)
    refusal = await learner.client.get(PATH)
    assert (refusal.status_code, check_problem(refusal)["code"]) == (429, "export_running")
    assert int(refusal.headers["retry-after"]) > 0
    other = await service.learner("eve@example.org")
    assert (await other.client.get(PATH)).status_code == 200
    download.goes_on.set()
    await running
    assert download.is_whole
    answer = await learner.client.get(PATH)
    assert read_rates(answer)["export"].remaining == 1  # the refused one was not counted


async def test_a_slow_client_holds_no_connection(service: Service, learner: Learner) -> None:
    download, running = await begin(service, learner)
    assert count_connections(service) == 0
    download.goes_on.set()
    await running


async def test_a_client_that_goes_away_leaves_nothing_behind(
    service: Service, learner: Learner
) -> None:
    download, running = await begin(service, learner)
    download.left.set()
    await asyncio.wait_for(running, 30)
    assert not download.is_whole
    assert count_connections(service) == 0
    assert (await export(service, learner))["account"]


async def test_who_left_before_it_is_made_ends_the_work(service: Service, learner: Learner) -> None:
    download = Download(service, await service.open_session(learner.id))
    download.left.set()
    download.goes_on.set()
    with service.statements.count() as statements:
        await download.run()
    assert download.status == 400
    assert len(statements) <= 4  # who it is, and the first files
    assert count_connections(service) == 0
    assert (await export(service, learner))["account"]


async def test_it_shows_one_moment(service: Service, learner: Learner) -> None:
    async def complete_another() -> bool:
        task = await learner.create_task(title="Meanwhile")
        await learner.post(f"/tasks/{task['id']}/complete")
        return False

    before, file = await export(service, learner), io.BytesIO()
    await make_service(service).write(learner.id, file, complete_another)
    written = read_rows(file.getvalue())
    for name in ("tasks", "activities", "ledger", "player", "player_counters", "notifications"):
        assert written[name] == before[name], name
    after = await export(service, learner)
    assert len(after["tasks"]) == len(after["activities"]) > 1


async def test_a_failure_in_the_middle_is_a_refusal_and_no_archive(
    service: Service, learner: Learner
) -> None:
    async def fail() -> bool:
        raise UnavailableError

    file = io.BytesIO()
    with pytest.raises(UnavailableError):
        await make_service(service).write(learner.id, file, fail)
    with zipfile.ZipFile(file) as archive:  # what nobody is sent does not look complete either
        assert "contents.json" not in archive.namelist()
    assert count_connections(service) == 0


async def test_a_cancelled_one_lets_go(service: Service, learner: Learner) -> None:
    begun = asyncio.Event()

    async def wait() -> bool:
        begun.set()
        await asyncio.Event().wait()
        return False

    writing = asyncio.create_task(make_service(service).write(learner.id, io.BytesIO(), wait))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert count_connections(service) == 0


async def test_an_account_that_goes_meanwhile_has_no_export(
    service: Service, learner: Learner
) -> None:
    await learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    with pytest.raises(UnauthenticatedError):
        await make_service(service).write(learner.id, io.BytesIO(), stay)


@pytest.fixture
def full_disk() -> Iterator[BinaryIO]:
    with Path("/dev/full").open("wb", buffering=0) as file:
        yield file


async def test_a_full_disk_is_told_as_such(
    service: Service, learner: Learner, full_disk: BinaryIO
) -> None:
    await learner.create_task(title="Water the plants")
    with pytest.raises(ExportUnwritableError):
        await make_service(service).write(learner.id, full_disk, stay)
    assert count_connections(service) == 0


async def test_without_a_place_for_the_file_it_is_unavailable(
    service: Service, learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    answer = await learner.client.get(PATH)
    assert (answer.status_code, check_problem(answer)["code"]) == (503, "export_unwritable")
    assert int(answer.headers["retry-after"]) > 0
    monkeypatch.undo()
    assert (await export(service, learner))["account"]


async def test_places_are_few_and_free_again() -> None:
    places = ExportPlaces(kept=2, made=1, wait_seconds=0.01)
    with places.keep(1), places.keep(2), pytest.raises(ExportsBusyError), places.keep(3):
        pass
    async with places.make():
        with pytest.raises(ExportsBusyError):
            async with places.make():
                pass
    async with places.make():
        pass
    with places.keep(3):
        pass


def test_files_have_names_of_their_own() -> None:
    names = [table.name for table in EXPORT_TABLES]
    assert len(set(names)) == len(names)
