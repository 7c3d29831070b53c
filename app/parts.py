"""The composition root: every long-lived part of the service, built once from the settings.

The API, the commands and the workers all start here, so that none of them wires parts by itself.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.auth.access_tokens import AccessTokens
from app.auth.accounts import AccountService
from app.auth.administration import UserAdministration
from app.auth.callers import Callers
from app.auth.external import open_external_users
from app.auth.manager import UserManager
from app.auth.passwords import Passwords
from app.auth.sessions import SessionLifetimes, SessionService
from app.auth.throttle import Throttle
from app.auth.trail import AuditTrail
from app.auth.user_store import UserStore
from app.core.clock import Clock, SystemClock
from app.core.config import Settings
from app.core.counters import Counters
from app.core.events import Events
from app.core.jobs import JobWaker
from app.core.mail import MailSender
from app.core.rate_limits import FindRateLimits
from app.core.secret_keys import SecretKeys, load_secret_keys
from app.core.version import VERSION
from app.core.zones import known_zones
from app.db.session import Database, Listeners
from app.infra.background import Background
from app.infra.caches import Caches, create_caches
from app.infra.events import InProcessEvents
from app.infra.job_wakeups import create_waker
from app.infra.limits import InProcessCounters
from app.infra.mail import create_sender
from app.infra.rate_limiter import RateLimiter
from app.infra.tracing import is_tracing_wanted
from app.services.client_config import ClientConfig
from app.services.live_config import LiveConfig
from app.services.readiness import Readiness
from app.services.system import SystemService

DRAIN_SECONDS = 5.0
"""How long work under way may still take when the service leaves."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What requests, commands and jobs are made of."""

    settings: Settings
    keys: SecretKeys
    clock: Clock
    events: Events
    jobs: JobWaker
    database: Database
    caches: Caches
    readiness: Readiness
    live: LiveConfig
    client_config: ClientConfig
    background: Background
    counters: Counters
    limiter: RateLimiter
    sender: MailSender
    sessions: SessionService
    callers: Callers
    accounts: AccountService
    administration: UserAdministration
    manager: UserManager
    trail: AuditTrail


@asynccontextmanager
async def open_parts(
    settings: Settings,
    *,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
    sender: MailSender | None = None,
    find_rates: FindRateLimits | None = None,
) -> AsyncIterator[Parts]:
    """Build all parts, and take them down in order at the end.

    ``find_rates`` goes before the rates that admins set.

    Raises:
        SettingsError: a secret is missing or weak.
    """
    clock = clock or SystemClock()
    keys = load_secret_keys(settings)
    known_zones()  # reads the disk, so before the first request
    events = _create_events(settings)
    jobs = create_waker(settings.redis_url.get_secret_value() if settings.redis_url else None)
    caches = _create_caches(settings, keys)
    database = Database.from_url(
        settings.resolved_database_url,
        settings.database_pool_size,
        Listeners(on_told=events.publish, on_wanted=jobs.wake, on_changed=caches.groups.change),
        by_driver=not is_tracing_wanted(),  # each statement is to have its span
    )
    live = LiveConfig(database.reading)
    find_rates = find_rates or live.find_rates
    background = Background()
    counters = _create_counters(settings, clock)
    limiter = RateLimiter(counters, clock, find_rates)
    sender = sender or create_sender(settings)
    store = UserStore(database, clock)
    manager = UserManager(store, passwords or Passwords(), keys)
    sessions = SessionService(
        database,
        clock,
        AccessTokens(keys.access, settings.access_token_expire_seconds),
        key=keys.access,
        lifetimes=SessionLifetimes(
            settings.refresh_token_idle_seconds, settings.refresh_token_max_seconds
        ),
    )
    trail = AuditTrail(database, background, counters, clock)
    throttle = Throttle(counters, limiter)
    accounts = AccountService(
        manager, sessions, throttle, background, clock, trail=trail, find_live=live.get
    )
    administration = UserAdministration(database, manager)
    async with open_external_users(
        settings, database, clock, store, find_live=live.get, limiter=limiter
    ) as external_users:
        events.start()
        try:
            yield Parts(
                settings=settings,
                keys=keys,
                clock=clock,
                events=events,
                jobs=jobs,
                database=database,
                caches=caches,
                readiness=Readiness(SystemService(database), clock),
                live=live,
                client_config=ClientConfig(settings),
                background=background,
                counters=counters,
                limiter=limiter,
                sender=sender,
                sessions=sessions,
                callers=Callers(sessions, external_users),
                accounts=accounts,
                administration=administration,
                manager=manager,
                trail=trail,
            )
        finally:
            await jobs.stop()
            await background.drain(DRAIN_SECONDS)
            await events.stop(DRAIN_SECONDS)
            await counters.close()
            await caches.close()
            await database.dispose()


def _create_events(settings: Settings) -> Events:
    if settings.redis_url is None:
        return InProcessEvents()
    # Heavy, as all that speaks with Redis, and most servers have none.
    from app.infra.redis_events import RedisEvents

    return RedisEvents(settings.redis_url.get_secret_value())


def _create_caches(settings: Settings, keys: SecretKeys) -> Caches:
    # Whoever has the same database and keys is the same service; another version may keep other answers.
    whose = "\n".join([VERSION, settings.resolved_database_url, keys.access])
    return create_caches(
        settings.redis_url.get_secret_value() if settings.redis_url else None,
        hashlib.sha256(whose.encode()).hexdigest()[:32],
        is_alone=settings.is_sqlite,
    )


def _create_counters(settings: Settings, clock: Clock) -> Counters:
    in_process = InProcessCounters(clock)
    if settings.redis_url is None:
        return in_process
    from app.infra.redis_limits import RedisCounters

    return RedisCounters(settings.redis_url.get_secret_value(), clock, in_process)
