"""``python -m commands.jobs``: what operators do with jobs."""

import json
from typing import Any

import pytest

from app.core.jobs import JobStatus, PermanentJobError
from app.parts import Parts
from app.worker.jobs import JobRunner
from commands.jobs import _make_parser, act, main
from tests.support.service import Service
from tests.worker.job_steps import KIND, list_jobs, want


async def fail(_parts: Parts, _job: object) -> None:
    raise PermanentJobError("the server says no")


async def jobs(service: Service, *arguments: str) -> int:
    given = _make_parser().parse_args(arguments)
    status: int = await act(service.parts.settings, given.do, given)
    return status


@pytest.fixture
async def dead(service: Service) -> list[int]:
    """Two dead jobs, and one that is queued."""
    ids = [await want(service, number=number) for number in range(2)]
    for job_id in ids:
        await JobRunner(service.parts, {KIND: fail}).run(job_id)
    return [*ids, await want(service)]


async def read(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


async def test_list(service: Service, dead: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    await jobs(service, "list", "--json")
    assert [job["id"] for job in (await read(capsys))["jobs"]] == list(reversed(dead))
    await jobs(service, "list", "--json", "--status", "dead", "--kind", KIND, "--limit", "1")
    (job,) = (await read(capsys))["jobs"]
    assert (job["id"], job["error"], job["data"]) == (dead[1], "the server says no", {"number": 1})
    await jobs(service, "list", "--status", "running")
    assert capsys.readouterr().out == "no jobs\n"
    await jobs(service, "list")
    assert f"{dead[0]}  dead     {KIND}" in capsys.readouterr().out


async def test_show(service: Service, dead: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    await jobs(service, "show", str(dead[0]), "--json")
    assert (await read(capsys))["status"] == "dead"
    await jobs(service, "show", str(dead[0]))
    assert "error: the server says no" in capsys.readouterr().out


async def test_retry(service: Service, dead: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    await jobs(service, "retry", str(dead[0]), "--json")
    assert await read(capsys) == {"retried": 1}
    await jobs(service, "retry", "--all-dead")
    assert capsys.readouterr().out == "1 to be tried again\n"
    assert {job.status for job in await list_jobs(service)} == {JobStatus.QUEUED}


async def test_drop(service: Service, dead: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    await jobs(service, "drop", str(dead[0]), "--json")
    assert await read(capsys) == {"dropped": dead[0]}
    assert [job.id for job in await list_jobs(service)] == dead[1:]


@pytest.mark.parametrize("what", ["show", "retry", "drop"])
def test_what_is_not_there_is_said_in_a_line(
    what: str,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main([what, "999999999"]) == 1
    assert capsys.readouterr().err == "error: There is no such job that this can be done to.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["retry"],
        ["retry", "1", "--all-dead"],
        ["list", "--limit", "0"],
        ["list", "--status", "x"],
    ],
)
def test_what_is_not_understood_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
