"""The service as its clients see it: the real application over a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from asgi_lifespan import LifespanManager
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import Passwords
from app.auth.sessions import Device
from app.core.cache import TABLES
from app.core.config import Settings
from app.core.mail import Mail
from app.core.rate_limits import FindRateLimits, Rate, RateLimits
from app.main import Questboard, create_app
from app.parts import Parts, open_parts
from app.worker.event_polling import poll_events
from app.worker.handlers import HANDLERS
from app.worker.jobs import JobRunner
from tests.support.clock import FakeClock
from tests.support.databases import delete_all_rows
from tests.support.statements import StatementLog
from tests.support.streams import StreamCutter

PASSWORD = "correct horse battery"
BASE_URL = "http://testserver/api/v1"

GENEROUS = RateLimits(user=Rate("user", 10**6, 60), address=Rate("address", 10**6, 60))
"""Tests do in no time what people do in hours. Guessing is limited as ever."""


@dataclass
class MailBox:
    """Receives what is sent (a real SMTP server is tested in ``tests/infra``)."""

    mails: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        self.mails.append(mail)


def cheap_passwords() -> Passwords:
    """Argon2id with parameters that cost next to nothing."""
    return Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1), at_once=4)


@dataclass
class Learner:
    """Somebody with an account, and a client that sends their token."""

    id: int
    email: str
    client: httpx.AsyncClient

    async def create_task(self, **fields: Any) -> dict[str, Any]:
        """A task of theirs."""
        answer = await self.client.post("/tasks", json={"title": "A task", **fields})
        assert answer.status_code == 201, answer.text
        task: dict[str, Any] = answer.json()
        return task

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The body of a GET that has to succeed."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def post(self, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """The body of a POST that has to succeed."""
        answer = await self.client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        answered: dict[str, Any] = answer.json()
        return answered


@dataclass
class Service:
    """The running application, its parts, and the doubles at its edges."""

    app: Questboard
    parts: Parts
    clock: FakeClock
    mailbox: MailBox
    statements: StatementLog

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        """A client of the API, with or without a token. Errors of the app are answers, not raised."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(StreamCutter(self.app), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers)

    async def add_user(self, email: str = "ada@example.org", **fields: Any) -> int:
        """An account, made without the API; its password is ``PASSWORD``. Gives its id."""
        password = await self.parts.manager._passwords.hash(PASSWORD)
        values = {"email": email, "hashed_password": password, **fields}
        return (await self.parts.manager.user_db.create(values)).id

    async def open_session(self, user_id: int) -> str:
        """An access token of a new session of the user."""
        pair = await self.parts.sessions.open(user_id, Device("tests", "127.0.0.1"))
        return pair.access_token

    async def learner(self, email: str = "ada@example.org", **fields: Any) -> Learner:
        """Somebody who is logged in."""
        user_id = await self.add_user(email, **fields)
        return Learner(user_id, email, self.client(await self.open_session(user_id)))

    async def settle(self) -> None:
        """Wait until work in the background is done; do the jobs that are due, mails among them."""
        await self.parts.background.drain(5)
        while await JobRunner(self.parts, HANDLERS).run_due():
            pass

    async def reset(self) -> None:
        """Forget everything that a test did."""
        await self.settle()
        await delete_all_rows(self.parts.database)
        await self.parts.counters.reset()
        await self.parts.caches.lasting.clear()
        self.parts.caches.groups.change({TABLES})
        await self.parts.live.refresh()
        self.clock.reset()
        self.mailbox.mails.clear()


@asynccontextmanager
async def run_service(
    url: str, folder: Path, find_rates: FindRateLimits | None = lambda: GENEROUS, **overrides: Any
) -> AsyncIterator[Service]:
    """Run the application on a migrated database until the block ends."""
    settings = Settings(database_url=url, data_dir=folder, **overrides)
    clock, mailbox, statements = FakeClock(), MailBox(), StatementLog()

    @asynccontextmanager
    async def open_test_parts(settings: Settings) -> AsyncIterator[Parts]:
        async with open_parts(
            settings,
            clock=clock,
            passwords=cheap_passwords(),
            sender=mailbox,
            find_rates=find_rates,
        ) as parts:
            statements.watch(parts.database.engines)
            yield parts

    # What else would come at its time, tests do by themselves: nothing disturbs what they count.
    app = create_app(settings, open_test_parts, poll_events)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30):
        yield Service(app, app.state.parts, clock, mailbox, statements)
