"""Wake-ups within one process."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from app.core.events import TooManyStreamsError
from app.infra.events import InProcessEvents

LONG = 60.0


async def test_who_waits_is_woken() -> None:
    events = InProcessEvents()
    async with events.subscribe(1) as first, events.subscribe(1) as second:
        waits = asyncio.gather(first.wait(LONG), second.wait(LONG))
        events.publish([2, 1])
        assert list(await waits) == [True, True]
        assert not first.is_over


async def test_a_wake_up_before_the_wait_counts_once() -> None:
    events = InProcessEvents()
    async with events.subscribe(1) as subscription:
        events.publish([1])
        events.publish([1])
        assert await subscription.wait(LONG)
        again = asyncio.create_task(subscription.wait(LONG))
        assert await is_waiting(again)
        events.publish([1])
        assert await again


async def test_others_are_not_woken() -> None:
    events = InProcessEvents()
    async with events.subscribe(1) as subscription:
        events.publish([2])
        waiting = asyncio.create_task(subscription.wait(LONG))
        assert await is_waiting(waiting)
        events.wake([1])
        assert await waiting


async def test_a_wait_ends_by_itself() -> None:
    async with InProcessEvents().subscribe(1) as subscription:
        assert not await subscription.wait(0)
        assert not subscription.is_over


async def test_one_more_of_a_user_ends_the_oldest() -> None:
    events = InProcessEvents(of_user=2)
    async with AsyncExitStack() as stack:
        theirs = [await stack.enter_async_context(events.subscribe(1)) for _ in range(4)]
        other = await stack.enter_async_context(events.subscribe(2))
        assert [one.is_over for one in theirs] == [True, True, False, False]
        assert await theirs[0].wait(LONG)
        assert not other.is_over


async def test_a_process_takes_no_more_than_it_can() -> None:
    events = InProcessEvents(at_most=1)
    async with events.subscribe(1):
        with pytest.raises(TooManyStreamsError):
            await events.subscribe(2).__aenter__()
    async with events.subscribe(2):
        assert list(events.waiting) == [2]


async def test_it_is_known_whether_anybody_waits() -> None:
    events = InProcessEvents()
    waiting = asyncio.create_task(events.wait_for_anybody())
    assert await is_waiting(waiting)
    async with events.subscribe(1):
        await waiting
        async with events.subscribe(1):
            assert list(events.waiting) == [1]
        await events.wait_for_anybody()
    assert list(events.waiting) == []
    again = asyncio.create_task(events.wait_for_anybody())
    assert await is_waiting(again)
    again.cancel()


async def test_the_end_is_for_all_and_for_those_who_come() -> None:
    events = InProcessEvents()
    events.start()
    async with events.subscribe(1) as early:
        waiting = asyncio.create_task(early.wait(LONG))
        await events.stop(1)
        assert await waiting
        async with events.subscribe(2) as late:
            assert early.is_over
            assert late.is_over


async def is_waiting(task: asyncio.Task[Any]) -> bool:
    """Whether a task goes on waiting when it may run."""
    for _ in range(5):
        await asyncio.sleep(0)
    return not task.done()
