"""What goes on beside the service outlives whatever goes wrong in it."""

import asyncio

import pytest

from app.core.errors import UnavailableError
from app.worker.beside import repeat, run_beside
from tests.support.logs import listen


async def wait_for(reached: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await reached.wait()


@pytest.mark.parametrize(
    ("error", "told"),
    [(UnavailableError(), "work_put_off"), (ValueError("a defect"), "work_failed")],
)
async def test_a_failure_ends_nothing(error: Exception, told: str) -> None:
    looked, reached = 0, asyncio.Event()

    async def look() -> None:
        nonlocal looked
        looked += 1
        if looked == 3:
            reached.set()
        raise error

    with listen() as log:
        async with run_beside(repeat(look, 0, "looking"), "looking"):
            await wait_for(reached)
    assert {line["event"] for line in log.lines} == {told}
    assert {line["work"] for line in log.lines} == {"looking"}


async def test_work_that_ends_by_a_defect_is_told_at_once() -> None:
    async def fail() -> None:
        raise ValueError("a defect")

    with listen() as log:
        async with run_beside(fail(), "failing"):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert [line["event"] for line in log.lines] == ["work_ended"]


async def test_whoever_is_cancelled_meanwhile_is_cancelled() -> None:
    begun = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            begun.set()
            await asyncio.sleep(0.05)

    async def hold() -> None:
        async with run_beside(stubborn(), "stubborn"):
            await asyncio.sleep(0)

    holder = asyncio.create_task(hold())
    await wait_for(begun)
    holder.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holder
