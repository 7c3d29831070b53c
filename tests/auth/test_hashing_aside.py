"""Hashing takes a tenth of a second: nobody else may be held up by it.

Not measured but seen: no hash is made on the event loop's thread, and none while a connection to the
database (on SQLite perhaps the only writer) is taken. ``tests/benchmarks/logins.py`` measures.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi_users.password import PasswordHelper
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import NICENESS, Passwords
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    log_in,
    register,
    reset_password,
)
from tests.support.hash_spy import HashSpy, watch_hashes
from tests.support.service import PASSWORD, Learner, Service, cheap_passwords

OTHER = "other@example.org"
PROVED = {"current_password": PASSWORD}

Use = Callable[[Service, Learner], Awaitable[httpx.Response]]


async def set_outdated_hash(service: Service, learner: Learner) -> None:
    old = Passwords(Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))
    hashed = await old.hash(PASSWORD)
    async with service.parts.database.writing() as transaction:
        user = await transaction.uow.users.lock(learner.id)
        assert user is not None
        await transaction.uow.users.update(user, {"hashed_password": hashed})
        await transaction.commit()


async def log_in_outdated(service: Service, learner: Learner) -> httpx.Response:
    await set_outdated_hash(service, learner)
    return await log_in(service.client())


async def reset(service: Service, _: Learner) -> httpx.Response:
    return await reset_password(service, await ask_for_reset(service))


def patch_me(**changes: str) -> Use:
    return lambda _, learner: learner.client.patch("/users/me", json={**PROVED, **changes})


def erase_me(_: Service, learner: Learner) -> Awaitable[httpx.Response]:
    return learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})


def create_user(**headers: str) -> Use:
    body = {"email": OTHER, "password": PASSWORD}
    return lambda _, learner: learner.client.post("/users", json=body, headers=headers)


async def patch_user(service: Service, learner: Learner) -> httpx.Response:
    other = await service.add_user(OTHER)
    return await learner.client.patch(f"/users/{other}", json={"password": NEW_PASSWORD})


USES: dict[str, tuple[Use, int]] = {
    "register": (lambda service, _: register(service.client(), OTHER), 201),
    "register a taken address": (lambda service, _: register(service.client()), 400),
    "log in": (lambda service, _: log_in(service.client()), 200),
    "log in with a wrong password": (
        lambda service, _: log_in(service.client(), EMAIL, WRONG_PASSWORD), 400,
    ),
    "log in as nobody": (lambda service, _: log_in(service.client(), OTHER), 400),
    "log in with an outdated hash": (log_in_outdated, 200),
    "reset a password": (reset, 200),
    "change one's password": (patch_me(password=NEW_PASSWORD), 200),
    "change one's address": (patch_me(email=OTHER), 200),
    "fail to change one's address": (
        patch_me(email=OTHER, current_password=WRONG_PASSWORD), 403,
    ),
    "erase oneself": (erase_me, 204),
    "create a user": (create_user(), 201),
    "create a user with a key": (create_user(**{"Idempotency-Key": "k"}), 201),
    "change a user's password": (patch_user, 200),
}  # fmt: skip


@pytest.fixture
async def learner(service: Service) -> Learner:
    return await service.learner(is_superuser=True)


@pytest.fixture
async def spy(service: Service, monkeypatch: pytest.MonkeyPatch) -> HashSpy:
    return watch_hashes(service, monkeypatch)


@pytest.mark.parametrize("use", USES)
async def test_nothing_is_held_up_by_hashing(
    service: Service, learner: Learner, spy: HashSpy, use: str
) -> None:
    do, status = USES[use]
    before = spy.calls
    answer = await do(service, learner)
    assert answer.status_code == status, answer.text
    assert spy.calls > before
    assert threading.get_ident() not in spy.threads
    assert set(spy.connections_held) == {0}


async def test_the_watch_would_see_a_connection_that_is_held(
    service: Service, spy: HashSpy
) -> None:
    async with service.parts.database.writing() as transaction:
        await transaction.uow.users.get(1)
        await service.parts.manager._passwords.hash(PASSWORD)
    assert spy.connections_held == [1]


class NiceHelper(PasswordHelper):
    """Notes how far its threads stand back."""

    def __init__(self) -> None:
        super().__init__()
        self.niceness: list[int] = []

    def hash(self, password: str) -> str:
        self.niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return "x"


async def test_everybody_else_goes_before_the_threads_that_hash() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    passwords = cheap_passwords()
    passwords.helper = helper = NiceHelper()
    await passwords.hash(PASSWORD)
    # Only Linux counts by thread; elsewhere all would stand back, and nobody does.
    assert helper.niceness == [NICENESS if sys.platform == "linux" else before]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


class CountingHasher(Argon2Hasher):
    """Notes how many run at once; ``go`` lets them end."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        hashed = super().hash(password, salt=salt)
        with self.lock:
            self.running -= 1
        return hashed


@pytest.mark.parametrize("at_once", [1, 2])
async def test_no_more_hashes_than_allowed_run_at_once(at_once: int) -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher, at_once=at_once)
    await asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(50)))
    assert hasher.most <= at_once
