"""Passwords: hashed off the event loop, and held to NIST SP 800-63B's rules (length, no common ones)."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TypeVar

from fastapi_users import InvalidPasswordException
from fastapi_users.password import PasswordHelper
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.core.limits import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from app.core.text import normalize_email, normalize_password

NICENESS = 10
"""Of the threads that hash, on Linux: a tenth of the others' share where all want the processor."""

UNUSABLE = "!"
"""What stands in front, as in shadow(5), where a hash would be that no password has."""

T = TypeVar("T")


class Passwords:
    """Hashes and verifies with Argon2id in worker threads of its own, which everybody else goes before.

    At most ``at_once`` run at the same time: each takes 64 MiB and fills its cores while it runs, and
    other requests want to be answered meanwhile.
    """

    def __init__(self, hasher: Argon2Hasher | None = None, *, at_once: int = 1) -> None:
        self.helper = PasswordHelper(PasswordHash((hasher or Argon2Hasher(),)))
        self._threads = ThreadPoolExecutor(at_once, "hash", initializer=_stand_back)
        self._nobodys_hash: str | None = None

    async def hash(self, password: str) -> str:
        """The hash of a password, in PHC string format."""
        return await self._run(self.helper.hash, normalize_password(password))

    async def verify(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash where the old one's parameters are outdated.

        ``hashed`` is None for an account that is not there: that takes as long, and is never right. As
        for one without a password.
        Passwords longer than any can be are not worth hashing, for whatever account.
        """
        if len(password) > MAX_PASSWORD_LENGTH:
            return False, None
        if hashed is None or not has_password(hashed):
            await self._verify(password, await self._hash_of_nobody())
            return False, None
        return await self._verify(password, hashed)

    async def _verify(self, password: str, hashed: str) -> tuple[bool, str | None]:
        return await self._run(self.helper.verify_and_update, normalize_password(password), hashed)

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    async def _hash_of_nobody(self) -> str:
        if self._nobodys_hash is None:
            self._nobodys_hash = await self.hash(self.helper.generate())
        return self._nobodys_hash


def has_password(hashed: str) -> bool:
    """Whether any password could be the one that was hashed."""
    return not hashed.startswith(UNUSABLE)


def _stand_back() -> None:
    """Let the event loop go first: Argon2 fills every core, and Linux counts niceness by thread.

    The threads that Argon2 itself starts inherit it. Elsewhere it would be the whole process.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it, and hashing goes on without
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def check_password(password: str, email: str) -> None:
    """Refuse what is short, long, often used or the address itself; composition is free.

    Raises:
        InvalidPasswordException: with a reason for people.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InvalidPasswordException(
            f"The password should have {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters."
        )
    folded = normalize_email(password)
    address = normalize_email(email)
    if folded in (address, address.partition("@")[0]):
        raise InvalidPasswordException("The password should not be the email address.")
    if folded in _common_passwords():
        raise InvalidPasswordException("The password is among the most common ones.")


@cache
def _common_passwords() -> frozenset[str]:
    # 30,000 passwords by how often they were seen in leaks; a heavy import, so only when needed.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(
        word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MIN_PASSWORD_LENGTH
    )
