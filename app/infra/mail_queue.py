"""The outbox inside the process: mails wait in memory, and one task sends them."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import SystemRandom

import structlog

from app.core.mail import Mail, MailError, MailSender, mask_address

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

CAPACITY = 1000
# Seconds before the second to the fifth try. Long enough in all for a greylisting server, which
# wants to see the mail again after five minutes.
DELAYS = (2.0, 10.0, 50.0, 250.0)
_JITTER = 0.25

_random = SystemRandom()


@dataclass(eq=False, slots=True)
class _Letter:
    mail: Mail
    log: structlog.stdlib.BoundLogger
    tries: int = 0
    timer: asyncio.TimerHandle | None = None


class InProcessOutbox:
    """Sends mails one after the other, and tries again what the server did not take for the moment.

    A mail that waits for its next try does not hold up the others. Not more than ``capacity`` mails
    are kept; every one that is lost is logged. Not for several threads.
    """

    def __init__(
        self, sender: MailSender, *, delays: Sequence[float] = DELAYS, capacity: int = CAPACITY
    ) -> None:
        self._sender = sender
        self._delays = tuple(delays)
        self._capacity = capacity
        # All that were taken and neither sent nor lost yet, in the order they came: in the queue,
        # at the sender or waiting for their timer.
        self._letters: dict[_Letter, None] = {}
        self._queue: asyncio.Queue[_Letter] = asyncio.Queue()
        self._settled = asyncio.Event()
        self._stopping = False
        self._worker: asyncio.Task[None] | None = None

    def put(self, mail: Mail) -> None:
        """Take the mail. Never waits and never raises: what can't be sent is logged and lost."""
        # The worker runs outside of the request: its log lines get the request's id from here.
        context = structlog.contextvars.get_contextvars()
        bound = log.bind(**context, to=mask_address(mail.to), subject=mail.subject)
        if self._stopping:
            bound.error("mail_lost", reason="the service stops", tries=0)
            return
        if len(self._letters) >= self._capacity:
            bound.error("mail_lost", reason="the outbox is full", tries=0)
            return
        letter = _Letter(mail, bound)
        self._letters[letter] = None
        self._queue.put_nowait(letter)

    def start(self) -> None:
        """Begin to send. What was put before is sent as well."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="mail-outbox")

    async def stop(self, drain_seconds: float) -> None:
        """Send what is left, as far as that can be done within the time, and end.

        Nothing waits for its next try any more.
        """
        self._stopping = True
        for letter in self._letters:
            if letter.timer is not None:
                letter.timer.cancel()
                self._enqueue(letter)
        try:
            if self._worker is not None:
                await self.drain(drain_seconds)
        finally:
            await self._end()

    async def drain(self, seconds: float) -> None:
        """Wait until nothing is left to send, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._letters:
                    self._settled.clear()
                    await self._settled.wait()

    async def _end(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait({self._worker})
            self._worker = None
        for letter in list(self._letters):
            self._lose(letter, "the service stops")

    async def _work(self) -> None:
        while True:
            await self._try(await self._queue.get())

    async def _try(self, letter: _Letter) -> None:
        letter.tries += 1
        # gather hands back whatever goes wrong, bugs included: the worker must outlive it.
        [error] = await asyncio.gather(self._sender.send(letter.mail), return_exceptions=True)
        if error is None:
            self._settle(letter)
            letter.log.info("mail_sent", tries=letter.tries)
        elif not isinstance(error, MailError):
            # Only its name: the text, or the traceback's local values, might hold the body.
            self._lose(letter, type(error).__name__)
        elif error.permanent or letter.tries > len(self._delays):
            self._lose(letter, str(error))
        else:
            self._try_later(letter, str(error))

    def _try_later(self, letter: _Letter, reason: str) -> None:
        if self._stopping:
            self._enqueue(letter)
            return
        delay = self._delays[letter.tries - 1] * _random.uniform(1, 1 + _JITTER)
        letter.log.warning(
            "mail_delayed", reason=reason, tries=letter.tries, seconds=round(delay, 1)
        )
        letter.timer = asyncio.get_running_loop().call_later(delay, self._enqueue, letter)

    def _enqueue(self, letter: _Letter) -> None:
        letter.timer = None
        self._queue.put_nowait(letter)

    def _lose(self, letter: _Letter, reason: str) -> None:
        self._settle(letter)
        letter.log.error("mail_lost", reason=reason, tries=letter.tries)

    def _settle(self, letter: _Letter) -> None:
        del self._letters[letter]
        self._settled.set()
