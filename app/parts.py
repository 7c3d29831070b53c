"""The composition root: every long-lived part of the service, built once from the settings.

The API, the commands and the workers all start here, so that none of them wires parts by itself.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.auth.access_tokens import AccessTokens
from app.auth.accounts import AccountService
from app.auth.administration import UserAdministration
from app.auth.manager import UserManager
from app.auth.passwords import Passwords
from app.auth.sessions import SessionLifetimes, SessionService
from app.auth.throttle import Throttle
from app.auth.user_store import UserStore
from app.core.clock import Clock, SystemClock
from app.core.config import Settings
from app.core.events import Events
from app.core.mail import MailSender
from app.core.secret_keys import SecretKeys, load_secret_keys
from app.core.zones import known_zones
from app.db.session import Database
from app.infra.background import Background
from app.infra.events import InProcessEvents
from app.infra.limits import InProcessCounters
from app.infra.mail import create_sender
from app.infra.mail_queue import InProcessOutbox
from app.infra.redis_events import RedisEvents

DRAIN_SECONDS = 5.0
"""How long mails and other work under way may still take when the service leaves."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What requests, commands and jobs are made of."""

    settings: Settings
    keys: SecretKeys
    clock: Clock
    events: Events
    database: Database
    background: Background
    counters: InProcessCounters
    outbox: InProcessOutbox
    sessions: SessionService
    accounts: AccountService
    administration: UserAdministration
    manager: UserManager


@asynccontextmanager
async def open_parts(
    settings: Settings,
    *,
    clock: Clock | None = None,
    passwords: Passwords | None = None,
    sender: MailSender | None = None,
) -> AsyncIterator[Parts]:
    """Build all parts, and take them down in order at the end.

    Raises:
        SettingsError: a secret is missing or weak.
    """
    clock = clock or SystemClock()
    keys = load_secret_keys(settings)
    known_zones()  # reads the disk, so before the first request
    events = _create_events(settings)
    database = Database.from_url(
        settings.resolved_database_url, settings.database_pool_size, events.publish
    )
    background = Background()
    counters = InProcessCounters(clock)
    outbox = InProcessOutbox(sender or create_sender(settings))
    manager = UserManager(
        UserStore(database, clock), passwords or Passwords(), keys, outbox, settings.frontend_url
    )
    sessions = SessionService(
        database,
        clock,
        AccessTokens(keys.access, settings.access_token_expire_seconds),
        key=keys.access,
        lifetimes=SessionLifetimes(
            settings.refresh_token_idle_seconds, settings.refresh_token_max_seconds
        ),
    )
    accounts = AccountService(manager, sessions, Throttle(counters), background)
    administration = UserAdministration(database, manager)
    outbox.start()
    events.start()
    try:
        yield Parts(
            settings=settings,
            keys=keys,
            clock=clock,
            events=events,
            database=database,
            background=background,
            counters=counters,
            outbox=outbox,
            sessions=sessions,
            accounts=accounts,
            administration=administration,
            manager=manager,
        )
    finally:
        await background.drain(DRAIN_SECONDS)
        await outbox.stop(DRAIN_SECONDS)
        await events.stop(DRAIN_SECONDS)
        await database.dispose()


def _create_events(settings: Settings) -> Events:
    if settings.redis_url is None:
        return InProcessEvents()
    return RedisEvents(settings.redis_url.get_secret_value())
