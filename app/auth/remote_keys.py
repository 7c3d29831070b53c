"""An issuer's keys, as they stand at its address: fetched beside the requests, and kept.

PyJWT's own client fetches in the event loop's way, and anew for every unknown key id.
"""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from app.auth.errors import KeysUnavailableError
from app.auth.jwks import KeySetError, PublicKey, read_key_set
from app.core.clock import Clock

RENEW_AFTER = timedelta(minutes=15)
"""From then on the next request has them fetched anew, and does not wait: a key that was withdrawn
counts no longer than that."""

DROP_AFTER = timedelta(hours=24)
"""How long keys count while their address does not answer."""

ASK_AGAIN_AFTER = timedelta(seconds=60)
"""How often an unknown key id is asked for at most: anybody can invent one."""

TRY_AGAIN_AFTER = timedelta(seconds=5)
"""How long after a failure there are at least no further tries, while there are no keys at all."""

WAIT_SECONDS = 3.0
"""How long a request waits for keys."""

FETCH_SECONDS = 10.0
"""How long fetching may take in all, however slowly the bytes drip."""

MAX_BYTES = 256 * 1024

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_log = structlog.get_logger(__name__)


class RemoteKeys:
    """The keys of one issuer. One fetch is under way at a time; all who need it wait for that one."""

    def __init__(
        self,
        issuer: str,
        url: str,
        algorithms: Collection[str],
        client: httpx.AsyncClient,
        clock: Clock,
        *,
        wait_seconds: float = WAIT_SECONDS,
        fetch_seconds: float = FETCH_SECONDS,
    ) -> None:
        self._issuer = issuer
        self._url = url
        self._algorithms = algorithms
        self._client = client
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._fetch_seconds = fetch_seconds
        self._keys: tuple[PublicKey, ...] = ()
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None, algorithm: str) -> Any | None:
        """The one key that fits; None if none does, or several do.

        Raises:
            KeysUnavailableError: the keys, or newer ones than those without it, can't be had now.
        """
        age = self._age(self._fetched_at)
        if age > DROP_AFTER:
            self._keys = ()
        elif age > RENEW_AFTER and self._age(self._tried_at) > ASK_AGAIN_AFTER:
            self._begin_to_fetch()
        key = self._pick(key_id, algorithm)
        if key is not None:
            return key
        pause = ASK_AGAIN_AFTER if self._keys else TRY_AGAIN_AFTER
        await self._fetch_unless_tried_since(pause)
        key = self._pick(key_id, algorithm)
        if key is None and self._failed:
            raise KeysUnavailableError(retry_after=int(pause.total_seconds()))
        return key

    async def close(self) -> None:
        """Give up what is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _pick(self, key_id: str | None, algorithm: str) -> Any | None:
        """Several that fit are as good as none: which one signed is not to be found out by trying."""
        fitting = [
            key.key
            for key in self._keys
            if key.algorithm == algorithm and (key_id is None or key.id == key_id)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _age(self, instant: datetime | None) -> timedelta:
        return timedelta.max if instant is None else self._clock.now() - instant

    async def _fetch_unless_tried_since(self, pause: timedelta) -> None:
        """Have the keys fetched, unless that was done, or tried, less than ``pause`` ago; wait for them."""
        if self._fetching is None and self._age(self._tried_at) < pause:
            return
        # Neither the end of the wait nor a client that leaves cancels what others wait for.
        await asyncio.wait([self._begin_to_fetch()], timeout=self._wait_seconds)

    def _begin_to_fetch(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._tried_at = self._clock.now()
            self._fetching = asyncio.create_task(self._fetch(), name="issuer-keys")
            self._fetching.add_done_callback(self._finish)
        return self._fetching

    def _finish(self, task: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch(self) -> None:
        self._failed = True  # until it turned out well: whoever waits no longer must not think so
        try:
            async with asyncio.timeout(self._fetch_seconds):
                self._keys = read_key_set(await self._download(), self._algorithms)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, KeySetError) as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            _log.warning("issuer_keys_failed", issuer=self._issuer, reason=reason)
            return
        self._fetched_at, self._failed = self._clock.now(), False

    async def _download(self) -> bytes:
        # A redirect is no answer: what it leads to was not what the operator has named.
        request = self._client.stream("GET", self._url, headers=_HEADERS, follow_redirects=False)
        async with request as response:
            if response.status_code != httpx.codes.OK:
                raise KeySetError(f"status {response.status_code}")
            content = bytearray()
            # Raw: what is packed could unpack to any size.
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise KeySetError(f"more than {MAX_BYTES} bytes")
            return bytes(content)
