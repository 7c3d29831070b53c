"""Work that goes on after the answer."""

import asyncio

import pytest

from app.core.request_id import begin_request, current_request_id
from app.infra.background import Background
from tests.support.logs import listen


async def wait_for_ever() -> None:
    await asyncio.get_running_loop().create_future()


async def fail() -> None:
    raise ValueError("no good")


async def test_work_goes_on_after_the_answer() -> None:
    background, done, go = Background(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    background.spawn("work", work())
    assert not done.is_set()
    go.set()
    await background.drain(5)

    assert done.is_set()


async def test_work_that_is_begun_while_draining_is_waited_for() -> None:
    background, done = Background(), asyncio.Event()

    async def second() -> None:
        done.set()

    async def first() -> None:
        background.spawn("second", second())

    background.spawn("first", first())
    await background.drain(5)

    assert done.is_set()


async def test_work_that_does_not_end_in_time_is_cancelled() -> None:
    background, cancelled = Background(), asyncio.Event()

    async def work() -> None:
        try:
            await wait_for_ever()
        finally:
            cancelled.set()

    background.spawn("work", work())
    await asyncio.sleep(0)
    with listen() as log:
        await background.drain(0)

    assert cancelled.is_set()
    assert log.lines == []


async def test_a_failure_is_logged_by_name_and_ends_nothing_else() -> None:
    background, done = Background(), asyncio.Event()

    async def work() -> None:
        done.set()

    with listen() as log:
        request_id = begin_request()
        background.spawn("to fail", fail())
        background.spawn("work", work())
        await background.drain(5)

    assert done.is_set()
    (line,) = log.lines
    assert (line["event"], line["work"]) == ("background_work_failed", "to fail")
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert line["request_id"] == request_id


async def test_work_belongs_to_the_request_that_began_it() -> None:
    background, seen = Background(), []

    async def work() -> None:
        seen.append(current_request_id())

    ids = []
    for _ in range(2):
        ids.append(begin_request())
        background.spawn("work", work())
    await background.drain(5)

    assert seen == ids


async def test_beyond_the_limit_work_is_dropped_and_that_is_logged() -> None:
    background = Background(at_most=1)

    with listen() as log:
        background.spawn("kept", wait_for_ever())
        background.spawn("dropped", wait_for_ever())
    await background.drain(0)

    assert [(line["event"], line["work"]) for line in log.lines] == [
        ("background_work_dropped", "dropped")
    ]


@pytest.mark.parametrize("at_most", [1, 3])
async def test_what_is_done_makes_room(at_most: int) -> None:
    background, done = Background(at_most), []

    async def work(number: int) -> None:
        done.append(number)

    for number in range(10):
        background.spawn("work", work(number))
        await background.drain(5)

    assert done == list(range(10))


async def test_nothing_to_wait_for_is_waited_for_no_time() -> None:
    background = Background()

    await background.drain(3600)

    background.spawn("fails", fail())
    with listen():
        await background.drain(3600)
