"""From the settings to what reads the tokens of other issuers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from app.auth.external_tokens import ExternalTokens, Keys, SharedSecret, TrustedIssuer
from app.auth.external_users import ExternalUsers
from app.auth.user_store import UserStore
from app.core.clock import Clock
from app.core.config import Settings
from app.core.external_issuers import ExternalIssuer
from app.core.live_settings import FindLiveSettings
from app.core.version import VERSION
from app.db.session import Database
from app.infra.rate_limiter import RateLimiter

_STEP_SECONDS = 5.0
"""How long connecting, or the next bytes, may take."""

_HEADERS = {"User-Agent": f"questboard/{VERSION}"}


@asynccontextmanager
async def open_external_users(
    settings: Settings,
    database: Database,
    clock: Clock,
    store: UserStore,
    *,
    find_live: FindLiveSettings,
    limiter: RateLimiter,
) -> AsyncIterator[ExternalUsers]:
    """What tells the users of other issuers, until the service leaves. Keys are fetched when needed."""
    async with AsyncExitStack() as stack:
        issuers = [await _trust(each, clock, stack) for each in settings.issuers]
        trusted_for_email = {each.issuer for each in settings.issuers if each.emails_verified}
        tokens = ExternalTokens(issuers)
        yield ExternalUsers(
            database,
            clock,
            store,
            tokens,
            trusted_for_email,
            find_live=find_live,
            limiter=limiter,
        )


async def _trust(issuer: ExternalIssuer, clock: Clock, stack: AsyncExitStack) -> TrustedIssuer:
    algorithms = issuer.allowed_algorithms
    keys: Keys
    if issuer.secret_text is not None:
        keys = SharedSecret(issuer.secret_text)
    else:
        # Heavy, and few servers fetch keys.
        import httpx

        from app.auth.remote_keys import RemoteKeys

        # Each its own client: the connections of one that hangs are not missing elsewhere.
        client = await stack.enter_async_context(
            httpx.AsyncClient(timeout=_STEP_SECONDS, headers=_HEADERS)
        )
        keys = RemoteKeys(issuer.issuer, issuer.jwks_url or "", algorithms, client, clock)
        stack.push_async_callback(keys.close)
    return TrustedIssuer(issuer.issuer, issuer.audience, algorithms, keys)
