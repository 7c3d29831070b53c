"""Wake-ups between processes, over Redis's publish and subscribe.

Redis may be away, or lose messages: then those who wait find out by looking. It is never an error for who
publishes, and never keeps the service from starting.
"""

import asyncio
import secrets
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import RedisError

from app.infra.events import InProcessEvents

CHANNEL = "questboard:events"
"""All databases of a Redis share it. Services that share a Redis wake each other, which does no harm."""

ANSWER_SECONDS = 2.0
SILENCE_SECONDS = 10.0
"""After so long without a word Redis is asked whether it is there."""

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0

_FAILURES = (RedisError, OSError)
_log = structlog.get_logger(__name__)


class RedisEvents(InProcessEvents):
    """Wakes those who wait in this process at once, and those in others by Redis."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._client = Redis.from_url(
            url,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._name = secrets.token_hex(8)
        self._pending: set[int] = set()
        self._has_pending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_lost = False

    def publish(self, user_ids: Collection[int]) -> None:
        """Wake those who wait for one of these users, here at once and elsewhere soon."""
        self.wake(user_ids)
        self._pending.update(user_ids)
        self._has_pending.set()

    def start(self) -> None:
        """Begin to send, and to listen as soon as anybody waits here."""
        self._tasks = [
            asyncio.create_task(self._send_always(), name="events_out"),
            asyncio.create_task(self._listen_always(), name="events_in"),
        ]

    async def stop(self, seconds: float) -> None:
        """Close, and give what is still to be published so long at most."""
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._send_pending()
        await self._client.aclose()

    async def _send_always(self) -> None:
        while True:
            await self._has_pending.wait()
            await self._send_pending()

    async def _send_pending(self) -> None:
        users = frozenset(self._pending)
        self._has_pending.clear()
        if not users:
            return
        message = " ".join([self._name, *map(str, users)])
        try:
            await self._client.publish(CHANNEL, message)
        except _FAILURES as error:
            self._note_loss(error)
        self._pending -= users

    async def _listen_always(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            await self.wait_for_anybody()
            try:
                async with self._client.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await channel.parse_response()  # that the subscription is there
                    self._note_return()
                    wait = FIRST_WAIT_SECONDS
                    await self._listen(channel)
            except _FAILURES as error:
                self._note_loss(error)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def _listen(self, channel: PubSub) -> None:
        is_asked = False
        while True:
            message = await channel.get_message(timeout=SILENCE_SECONDS)
            if message is not None:
                is_asked = False
                self._hear(message)
            elif is_asked:
                raise LostError("it does not answer any more")
            else:
                is_asked = True
                await channel.ping()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] != "message":
            return
        with suppress(ValueError):  # somebody else's word on this channel
            sender, *users = message["data"].decode().split()
            if sender != self._name:  # who waits here was woken at once
                self.wake([int(user) for user in users])

    def _note_loss(self, error: Exception) -> None:
        if not self._is_lost:
            self._is_lost = True
            _log.warning("redis_lost", reason=f"{type(error).__name__}: {error}")

    def _note_return(self) -> None:
        if self._is_lost:
            self._is_lost = False
            _log.info("redis_back")
