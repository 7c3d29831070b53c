"""Whether the servers around are there: Redis and mail."""

import re
from collections.abc import AsyncGenerator

from app.core.config import Settings
from app.infra.probes import ProbeError, ask_mail_server, ask_redis
from commands.checkup.findings import Finding, complain, ok, warn

_OLDEST_REDIS = (6, 2)
_KEEPS_ALL = "noeviction"


async def check_redis(settings: Settings) -> AsyncGenerator[Finding]:
    """Whether Redis is there, new enough, and keeps what it is given."""
    if settings.redis_url is None:
        return
    try:
        facts = await ask_redis(settings.redis_url.get_secret_value())
    except ProbeError as error:
        yield complain("Redis", str(error), "start it, or correct REDIS_URL")
        return
    numbers = tuple(int(number) for number in re.findall(r"\d+", facts.version)[:2])
    if numbers < _OLDEST_REDIS:
        yield warn("Redis", f"version {facts.version} is old", "install Redis 6.2 or newer")
    else:
        yield ok("Redis", f"version {facts.version}")
    if facts.max_memory and facts.eviction != _KEEPS_ALL:
        yield warn(
            "Redis",
            f"when its {facts.max_memory // 2**20} MB are full it forgets what it likes"
            f" ({facts.eviction}), counts of limits among it",
            "give Questboard a Redis of its own, with maxmemory-policy noeviction",
        )


async def check_mail_server(settings: Settings) -> AsyncGenerator[Finding]:
    """Whether the mail server lets us in. No mail is sent."""
    if settings.mail_server is None:
        return
    try:
        await ask_mail_server(settings)
    except ProbeError as error:
        mend = "correct MAIL_SERVER, MAIL_PORT, MAIL_TLS, MAIL_USERNAME and MAIL_PASSWORD"
        yield complain("mail server", str(error), mend)
    else:
        yield ok("mail server", f"{settings.mail_server}:{settings.mail_port} lets us in")
