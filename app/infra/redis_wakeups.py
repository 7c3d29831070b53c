"""Wake-ups for those who do jobs in any process, by taskiq over Redis.

Redis may be away, or lose them: workers look for themselves.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import BrokerMessage
from taskiq.api import run_receiver_task
from taskiq.exceptions import TaskiqError
from taskiq_redis import ListQueueBroker

from app.core.jobs import RunJob

QUEUE = "questboard:jobs"
MAX_WAITING = 10_000
"""So many wake-ups wait in Redis at most: the newest are kept, the others are found by looking."""

MAX_AT_ONCE = 100
"""Wake-ups that taskiq hands on at a time; how many jobs run at once is up to whoever does them."""

ANSWER_SECONDS = 2.0
LOOK_SECONDS = 1.0
"""How long one question for the next wake-up takes; it has to be less than ``ANSWER_SECONDS``."""

WAIT_SECONDS = 1.0
"""How long Redis is left alone after it failed."""

_FAILURES = (RedisError, OSError, TaskiqError)
_log = structlog.get_logger(__name__)


class RedisWaker:
    """Sends ids to all processes, one of which calls whoever does jobs there."""

    def __init__(self, url: str) -> None:
        self._broker = PatientListBroker(
            url,
            queue_name=QUEUE,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
        )
        self._run: RunJob | None = None

        async def do(job_id: int) -> None:
            if self._run is not None:
                await self._run(job_id)

        self._task = self._broker.register_task(do, task_name="do")
        self._sending: set[asyncio.Task[None]] = set()
        self._receiver: asyncio.Task[None] | None = None

    def wake(self, job_ids: Collection[int]) -> None:
        """Let these be done soon. Never waits and never fails."""
        task = asyncio.create_task(self._send(job_ids), name="job_wakeups")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def start(self, run: RunJob) -> None:
        """Begin to call ``run`` for each wake-up."""
        self._run = run
        self._receiver = asyncio.create_task(
            run_receiver_task(self._broker, max_async_tasks=MAX_AT_ONCE), name="job_receiver"
        )

    async def stop(self) -> None:
        """Wake nobody any more."""
        self._run = None
        self._broker.is_leaving = True
        if self._receiver is not None:
            self._receiver.cancel()
            await asyncio.gather(self._receiver, return_exceptions=True)
        await asyncio.gather(*self._sending, return_exceptions=True)
        with suppress(*_FAILURES):
            await self._broker.shutdown()

    async def _send(self, job_ids: Collection[int]) -> None:
        try:
            for job_id in job_ids:
                await self._task.kiq(job_id)
        except _FAILURES as error:
            _log.warning("job_wakeups_lost", jobs=len(job_ids), reason=type(error).__name__)


class PatientListBroker(ListQueueBroker):
    """taskiq's list in Redis, bounded; and it leaves a Redis that is away alone for a while."""

    is_leaving = False
    """Set before the receiver is cancelled: a read that is just connecting may swallow that, and go on."""

    async def kick(self, message: BrokerMessage) -> None:
        """Put a wake-up on the list, and let those go that are too many."""
        async with Redis(connection_pool=self.connection_pool) as client:
            commands = client.pipeline(transaction=False)
            commands.lpush(self.queue_name, message.message)
            commands.ltrim(self.queue_name, 0, MAX_WAITING - 1)
            await commands.execute()

    async def listen(self) -> AsyncGenerator[bytes, None]:
        """Wake-ups as they come, for as long as it takes."""
        while not self.is_leaving:
            try:
                async with Redis(connection_pool=self.connection_pool) as client:
                    found = await client.brpop([self.queue_name], timeout=LOOK_SECONDS)
            except (RedisError, OSError):
                await asyncio.sleep(WAIT_SECONDS)
                continue
            if found is not None:
                _, message = found
                yield message if isinstance(message, bytes) else message.encode()
