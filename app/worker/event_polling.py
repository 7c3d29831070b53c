"""Looking for what no wake-up told: the notifications that other processes committed.

One statement a second for all who are connected to this process, and none while nobody is. Over Redis the
wake-ups come sooner, but one may be lost.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from app.core.errors import QuestboardError
from app.parts import Parts
from app.worker.beside import look_once, run_beside

POLL_SECONDS = 1.0

NewestIds = Mapping[int, int]
"""The newest notification's id of each user who is waited for."""


async def look_for_news(parts: Parts, known: NewestIds) -> NewestIds:
    """Wake those who wait for a user whose newest id is not the known one; what is known then."""
    users = list(parts.events.waiting)
    try:
        async with parts.database.reading() as uow:
            newest = await uow.notifications.newest_ids(users)
    except QuestboardError:  # out of reach or busy, which is logged where it happens
        return known
    parts.events.wake([user_id for user_id in newest if newest[user_id] != known.get(user_id)])
    return newest


@asynccontextmanager
async def poll_events(parts: Parts) -> AsyncIterator[None]:
    """Look every second, for as long as the service runs."""
    async with run_beside(_look_always(parts), "event_polling"):
        yield


async def _look_always(parts: Parts) -> None:
    known: NewestIds = {}
    while True:
        await parts.events.wait_for_anybody()
        found = await look_once(partial(look_for_news, parts, known), "event_polling")
        known = known if found is None else found
        await asyncio.sleep(POLL_SECONDS)
