"""A stream that is cut anywhere and resumed gives every event once, in order."""

import asyncio
from random import Random

import httpx

from tests.support.service import Service
from tests.support.streams import PATH, StreamReader, follow, listen_on_http, tell

CUTS = 50


async def read_some(
    client: httpx.AsyncClient, random: Random, last_id: int, bytes_at_most: int
) -> list[int]:
    """The ids of the whole events within the first bytes after ``last_id``; then hang up."""
    wanted = random.randrange(bytes_at_most)
    ids: list[int] = []
    reader = StreamReader()
    async with client.stream("GET", PATH, headers={"Last-Event-ID": str(last_id)}) as response:
        async for chunk in response.aiter_raw():
            ids += [event.id for event in reader.feed(chunk[:wanted]) if event.is_told]
            wanted -= len(chunk)
            if wanted <= 0:
                break
    return ids


async def test_fifty_cuts_lose_and_repeat_nothing(service: Service) -> None:
    random = Random(4)
    learner = await service.learner()
    token = await service.open_session(learner.id)
    is_over = asyncio.Event()

    async def tell_all_the_time() -> int:
        told = 0
        while not is_over.is_set():
            count = random.randint(1, 4)
            await tell(service.parts.database, learner.id, count)
            told += count
        return told

    async with listen_on_http(service.app) as url:
        telling = asyncio.create_task(tell_all_the_time())
        ids: list[int] = []
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            for _ in range(CUTS):
                ids += await read_some(client, random, ids[-1] if ids else 0, 2000)
        is_over.set()
        told = await telling
        async with follow(url, token, ids[-1]) as stream:
            await stream.next()
            ids += await stream.take(told - len(ids))

    assert ids == list(range(1, told + 1))


async def test_a_client_that_lost_its_first_connection_can_resume(service: Service) -> None:
    """It knows where it began, although nothing had come yet."""
    learner = await service.learner()
    token = await service.open_session(learner.id)
    async with listen_on_http(service.app) as url:
        async with follow(url, token) as stream:
            start_id = (await stream.next()).id
        await tell(service.parts.database, learner.id, 2)
        async with follow(url, token, start_id) as stream:
            await stream.next()

            assert await stream.take(2) == [1, 2]
