"""Asks servers whether they are there and fit, and changes nothing on them."""

from dataclasses import dataclass

import aiosmtplib
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from app.core.config import Settings
from app.infra.mail import TlsMode

ANSWER_SECONDS = 5.0


class ProbeError(Exception):
    """A server is not there, or refuses us. The message says why, without addresses and secrets."""


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """What a Redis tells of itself. ``max_memory`` in bytes, 0 for no bound."""

    version: str
    max_memory: int
    eviction: str


async def ask_redis(url: str) -> RedisFacts:
    """What the Redis is.

    Raises:
        ProbeError: it is out of reach, or does not let us in.
    """
    client = Redis.from_url(
        url,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        info = await client.info()
    except AuthenticationError:
        raise ProbeError("it wants another password") from None
    except (RedisError, OSError) as error:
        raise ProbeError(f"it is out of reach ({type(error).__name__})") from None
    finally:
        await client.aclose()
    return RedisFacts(
        version=str(info.get("redis_version", "")),
        max_memory=int(info.get("maxmemory", 0)),
        eviction=str(info.get("maxmemory_policy", "")),
    )


async def ask_mail_server(settings: Settings) -> None:
    """Greet the mail server, encrypt and log in as the settings say, and leave. No mail is sent.

    Raises:
        ProbeError: one of these failed.
    """
    password, tls = settings.mail_password, TlsMode(settings.mail_tls)
    client = aiosmtplib.SMTP(
        hostname=settings.mail_server,
        port=settings.mail_port,
        username=settings.mail_username,
        password=password.get_secret_value() if password else None,
        timeout=ANSWER_SECONDS,
        use_tls=tls is TlsMode.TLS,
        start_tls=tls is TlsMode.STARTTLS,
    )
    try:
        await client.connect()
        await client.quit()
    except aiosmtplib.SMTPAuthenticationError:
        raise ProbeError("it does not take the name and the password") from None
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise ProbeError(f"it can't be used ({type(error).__name__})") from None
    finally:
        client.close()
