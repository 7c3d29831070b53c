"""Clients that complete tasks for as long as they are let, and remember what was acknowledged."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from app.auth.sessions import Device
from app.parts import Parts

CLIENTS = 16
ACCOUNTS_PER_CLIENT = 4
"""So that none asks more often than an account may."""

ANSWER_SECONDS = 30.0
_PAUSE_SECONDS = 0.1


@dataclass
class Completions:
    """What became of the requests."""

    acknowledged: list[int] = field(default_factory=list)
    """Tasks whose completion was answered with 200, one entry for each."""
    statuses: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    """Answers that nothing explains."""
    longest: float = 0.0
    """Seconds that the slowest answer took."""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_for(self, count: int) -> float:
        """Wait until so many more were acknowledged; the moment at which the last was."""
        aim = len(self.acknowledged) + count
        async with asyncio.timeout(ANSWER_SECONDS), self._changed:
            await self._changed.wait_for(lambda: len(self.acknowledged) >= aim)
            return time.monotonic()

    async def acknowledge(self, task: int) -> None:
        """Remember a task whose completion was granted."""
        async with self._changed:
            self.acknowledged.append(task)
            self._changed.notify_all()

    def note(self, answer: httpx.Response, began_at: float) -> bool:
        """Take an answer down; whether it acknowledges what was asked for."""
        self.longest = max(self.longest, time.monotonic() - began_at)
        self.statuses[answer.status_code] += 1
        if answer.is_success:
            return True
        if answer.status_code != 503 or answer.headers.get("Retry-After") != "1":
            self.odd.append(f"{answer.status_code} {answer.text}")
        return False


async def bring_accounts(parts: Parts, count: int = CLIENTS * ACCOUNTS_PER_CLIENT) -> Sequence[str]:
    """Access tokens of so many new accounts."""
    tokens = []
    for number in range(count):
        values = {"email": f"learner-{number}@example.org", "hashed_password": "none"}
        user_id = (await parts.manager.user_db.create(values)).id
        pair = await parts.sessions.open(user_id, Device("tests", "127.0.0.1"))
        tokens.append(pair.access_token)
    return tokens


@asynccontextmanager
async def completing(urls: Sequence[str], tokens: Sequence[str]) -> AsyncIterator[Completions]:
    """Sixteen clients, spread over the services, make and complete tasks until the block ends.

    Who is refused asks again.
    """
    completions, is_over = Completions(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            url = urls[number % len(urls)]
            work = _work(url, tokens[number::CLIENTS], completions, is_over)
            group.create_task(work)
        try:
            yield completions
        finally:
            is_over.set()


async def _work(
    url: str, tokens: Sequence[str], completions: Completions, is_over: asyncio.Event
) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS) as client:
        while True:
            for token in tokens:
                if is_over.is_set():
                    return
                await _Learner(client, token, completions, is_over).complete_one()


@dataclass
class _Learner:
    client: httpx.AsyncClient
    token: str
    completions: Completions
    is_over: asyncio.Event

    async def complete_one(self) -> None:
        made = await self._ask("/tasks", {"title": "A task"})
        if made is None:
            return
        task = int(made.json()["id"])
        if await self._ask(f"/tasks/{task}/complete") is not None:
            await self.completions.acknowledge(task)

    async def _ask(self, path: str, body: object = None) -> httpx.Response | None:
        """Ask until it is granted; None if it is over before that."""
        headers = {"Authorization": f"Bearer {self.token}"}
        while not self.is_over.is_set():
            began_at = time.monotonic()
            answer = await self.client.post(path, json=body, headers=headers)
            if self.completions.note(answer, began_at):
                return answer
            await asyncio.sleep(_PAUSE_SECONDS)
        return None
