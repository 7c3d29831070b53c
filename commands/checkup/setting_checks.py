"""Whether settings are what a service of this kind should have. No secret is ever shown."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.core.config import ENV_FILE, Settings, SettingsError
from app.core.secret_keys import FILE_NAME, load_secret_keys
from app.core.zones import known_zones
from app.infra.mail import parse_mailbox
from commands.checkup.findings import Finding, complain, ok, warn

_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
_OPEN_TO_OTHERS = 0o077


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Whether the keys of tokens are strong in production, and kept in private elsewhere."""
    if settings.is_production:
        try:
            load_secret_keys(settings)
        except SettingsError as error:
            yield complain("secrets", str(error), "make one for each: openssl rand -hex 32")
        else:
            yield ok("secrets", "all are given, strong and different")
        return
    file = settings.data_dir / FILE_NAME
    if is_open_to_others(file):
        yield warn("secrets", f"others may read {file}", f"chmod 600 {file}")
    else:
        yield ok("secrets", f"those not given are made and kept in {file}")


def check_environment(settings: Settings) -> Iterator[Finding]:
    """Whether a service that others reach runs as one in production."""
    is_reachable = not _is_loopback(settings.host) or not _is_local(settings.frontend_url)
    if settings.is_production:
        yield ok("environment", "production")
    elif is_reachable:
        yield warn(
            "environment",
            "others may reach this service, and it runs as in development",
            "set ENVIRONMENT=production, and the secrets that it asks for",
        )
    else:
        yield ok("environment", "development, for this machine alone")
    if is_open_to_others(Path(ENV_FILE)):
        yield warn("settings file", f"others may read {ENV_FILE}", f"chmod 600 {ENV_FILE}")


def check_frontend(settings: Settings) -> Iterator[Finding]:
    """Whether links in mails lead to where learners can go."""
    if not settings.is_production:
        yield ok("FRONTEND_URL", settings.frontend_url)
        return
    mend = "set FRONTEND_URL to the address of the web client, such as https://play.example.org"
    if _is_local(settings.frontend_url):
        yield complain("FRONTEND_URL", "links in mails lead to the reader's own machine", mend)
    elif not settings.frontend_url.startswith("https://"):
        yield complain("FRONTEND_URL", "links in mails, with their tokens, go unencrypted", mend)
    else:
        yield ok("FRONTEND_URL", settings.frontend_url)


def check_proxies(settings: Settings) -> Iterator[Finding]:
    """Whether the addresses of clients can be believed."""
    mend = "set TRUSTED_PROXIES to the addresses of your proxies"
    if "*" in settings.trusted_proxies:
        yield warn(
            "TRUSTED_PROXIES",
            "whoever reaches this port may claim any address, and so escape the limits by address",
            f"{mend}, unless nobody else can reach the port",
        )
    elif settings.is_production and not settings.trusted_proxies:
        yield warn(
            "TRUSTED_PROXIES",
            "it is empty: behind a proxy all clients would count as one",
            f"{mend}; without any, serve HTTPS in another way",
        )
    else:
        yield ok("TRUSTED_PROXIES", ", ".join(settings.trusted_proxies) or "none")


def check_workers(settings: Settings) -> Iterator[Finding]:
    """Whether several processes have what they share. With SQLite the settings allow one only."""
    if settings.workers > 1 and settings.redis_url is None:
        yield warn(
            "workers",
            f"{settings.workers} processes count limits each for itself, and wake streams late",
            "set REDIS_URL",
        )
    else:
        yield ok("workers", f"{settings.workers}")


def check_mail_settings(settings: Settings) -> Iterator[Finding]:
    """Whether mails can leave at all; the server itself is asked elsewhere."""
    try:
        parse_mailbox(settings.mail_from)
    except ValueError:
        yield complain(
            "MAIL_FROM", "is no address", "set it to such as Questboard <questboard@example.org>"
        )
    if settings.mail_server is None and settings.is_production:
        yield warn(
            "mail server",
            f"there is none: mails are only written to {settings.data_dir / 'mails'}",
            "set MAIL_SERVER and what belongs to it",
        )
    elif settings.mail_server is not None and settings.mail_tls == "none":
        yield warn("MAIL_TLS", "mails, with their tokens, go unencrypted", "set it to starttls")


def check_zones(_settings: Settings) -> Iterator[Finding]:
    """Whether local days can be told."""
    try:
        for name in _ZONES:
            ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        yield complain("time zones", str(error), "install the package tzdata again: ./start.sh")
    else:
        yield ok("time zones", f"{len(known_zones())} are known")


def is_open_to_others(file: Path) -> bool:
    """Whether anybody but its owner may do anything with the file, if there is one."""
    try:
        return bool(file.stat().st_mode & _OPEN_TO_OTHERS)
    except OSError:
        return False


def _is_local(url: str) -> bool:
    return _is_loopback(urlsplit(url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
