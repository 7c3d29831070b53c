"""Load on served processes: many clients that keep their connections, and what became of each request."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

CLIENTS = 16
ANSWER_SECONDS = 30.0
_LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=1)


@dataclass
class Tally:
    """What became of the requests of all clients."""

    statuses: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    """Connections that were refused: their requests were never sent."""
    cut: list[str] = field(default_factory=list)
    """Requests that were sent, and to which no whole answer came; why."""
    watchers: list[tuple[int, asyncio.Event]] = field(default_factory=list)
    closing: int = 0
    """Answers that said that the connection ends with them."""

    @property
    def answered(self) -> int:
        return self.statuses.total()

    async def wait_for(self, answers: int) -> None:
        """Wait until so many more were answered."""
        is_reached = asyncio.Event()
        self.watchers.append((self.answered + answers, is_reached))
        async with asyncio.timeout(ANSWER_SECONDS):
            await is_reached.wait()

    def note(self, answer: httpx.Response) -> None:
        """Count an answer."""
        self.statuses[answer.status_code] += 1
        self.closing += answer.headers.get("connection") == "close"
        for aim, is_reached in self.watchers:
            if self.answered >= aim:
                is_reached.set()


@asynccontextmanager
async def under_load(
    url: str, tokens: Sequence[str], *, until_refused: bool = False, pause: float = 0
) -> AsyncIterator[Tally]:
    """Have a client for each token make tasks, one after the other, on a connection that it keeps.

    It stops when the block is left (after the answer that it waits for), or when it is refused. Without a
    pause (in seconds) from one request to the next all processors are busy: no server starts meanwhile.
    """
    tally, is_over = Tally(), asyncio.Event()

    async def ask(token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            base_url=url, headers=headers, limits=_LIMITS, timeout=ANSWER_SECONDS
        ) as client:
            while not is_over.is_set():
                is_refused = await _ask_once(client, tally)
                if is_refused and until_refused:
                    return
                await asyncio.sleep(pause)

    async with asyncio.TaskGroup() as group:
        for token in tokens:
            group.create_task(ask(token))
        try:
            yield tally
        finally:
            is_over.set()


async def _ask_once(client: httpx.AsyncClient, tally: Tally) -> bool:
    """Make a task, and note what came of it; whether the connection was refused."""
    try:
        answer = await client.post("/tasks", json={"title": "Under load"})
    except httpx.ConnectError:
        tally.refused += 1
        return True
    except httpx.TransportError as error:
        tally.cut.append(repr(error))
        return False
    tally.note(answer)
    return False
