"""Hands mails over: to an SMTP server, or to a folder where there is none."""

import asyncio
import contextlib
import re
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from enum import StrEnum
from pathlib import Path

import aiosmtplib
import structlog
from email_validator import validate_email

from app.core.clock import Clock, SystemClock
from app.core.config import Settings, SettingsError
from app.core.mail import Mail, MailError, MailSender, mask_address

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

# One step of the conversation may take 10 s; all of it six times as long, so that a server that
# trickles along can't hold up the other mails for ever.
TIMEOUT = 10.0
_TIMEOUTS_PER_MAIL = 6

_PLAIN_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.IGNORECASE
)
_ENHANCED_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class TlsMode(StrEnum):
    """How the connection is encrypted: by STARTTLS (never without it), from the start, or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def parse_address(value: str) -> Address:
    """An address in the form that SMTP takes: the domain as ASCII, the local part maybe not.

    Plain ASCII needs no look at the world's domains: a school may well have ``@mail.local``.

    Raises:
        ValueError: it is not exactly one address.
    """
    if _PLAIN_ADDRESS.fullmatch(value):
        local, _, domain = value.rpartition("@")
        return Address(username=local, domain=domain)
    valid = validate_email(value, check_deliverability=False)
    return Address(username=valid.local_part, domain=valid.ascii_domain)


def parse_mailbox(value: str) -> Address:
    """The address, with a name if it has one: ``Questboard <questboard@example.org>``.

    Raises:
        ValueError: it is not exactly one address, or one that not every server takes.
    """
    if not value.isprintable():
        raise ValueError("has a control character")
    name, bracket, rest = value.strip().rpartition("<")
    if bracket and not rest.endswith(">"):
        raise ValueError("has no > at the end")
    address = parse_address(rest.removesuffix(">") if bracket else rest)
    if not address.username.isascii():
        raise ValueError("has characters outside ASCII before the @")
    return Address(name.strip().strip('"'), address.username, address.domain)


def build_message(
    mail: Mail, sender: Address, clock: Clock, *, encoding: str | None = None
) -> EmailMessage:
    """The mail in MIME, text and HTML as alternatives.

    ``encoding`` is the transfer encoding of the parts; by default the safest that each needs.

    Raises:
        ValueError: the recipient is not one address, or the subject or the body can't be sent.
    """
    if not mail.subject.isprintable():
        raise ValueError("the subject has a control character")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = parse_address(mail.to)
    message["Subject"] = mail.subject
    message["Date"] = clock.now()
    message["Message-ID"] = f"<{mail.key}@{sender.domain}>"
    # Keeps out-of-office replies and the like away (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte=encoding)
    message.add_alternative(mail.html, subtype="html", cte=encoding)
    return message


class SmtpSender:
    """Sends over SMTP, one connection a mail.

    ``tls_context`` replaces the machine's trusted authorities; ``local_hostname`` is the name to
    greet the server with, by default the machine's own.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: Address,
        tls: TlsMode,
        username: str | None = None,
        password: str | None = None,
        timeout: float = TIMEOUT,
        tls_context: ssl.SSLContext | None = None,
        local_hostname: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._sender = sender
        self._tls = tls
        self._username = username
        self._password = password
        self._timeout = timeout
        self._tls_context = tls_context
        self._local_hostname = local_hostname
        self._clock = clock or SystemClock()

    async def send(self, mail: Mail) -> None:
        """Hand the mail over to the server, and wait until it has taken it."""
        client = self._make_client()
        # "from None": the server's own words may quote the recipient, even the body, and would
        # otherwise stand in the traceback.
        try:
            message = build_message(mail, self._sender, self._clock)
            async with asyncio.timeout(self._timeout * _TIMEOUTS_PER_MAIL):
                await client.connect()
                await client.send_message(message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _explain(error) from None
        else:
            # The server has taken it: a farewell that fails must not have it sent again.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()

    def _make_client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._username,
            password=self._password,
            local_hostname=self._local_hostname,
            timeout=self._timeout,
            use_tls=self._tls is TlsMode.TLS,
            start_tls=self._tls is TlsMode.STARTTLS,
            tls_context=self._tls_context,
        )


def _explain(error: Exception) -> MailError:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _explain_answer(error)
    if isinstance(error, OSError):
        # No connection, a broken or a silent one. What it says is of hosts and ports.
        return MailError(str(error) or "timed out", permanent=False)
    if isinstance(error, aiosmtplib.SMTPException):
        # The server can't do what is needed: STARTTLS, AUTH, or non-ASCII addresses.
        return MailError(error.message, permanent=True)
    return MailError("the address, the subject or the body can't be sent by mail", permanent=True)


def _explain_answer(error: aiosmtplib.SMTPResponseException) -> MailError:
    kind = type(error).__name__.removeprefix("SMTP")
    status = _ENHANCED_STATUS.match(error.message)
    answer = f"{error.code} {status.group()}" if status else str(error.code)
    return MailError(f"the server answered {answer} ({kind})", permanent=500 <= error.code < 600)


class FileSender:
    """Writes mails to a folder: for development, and for servers that have no mail server yet."""

    def __init__(self, folder: Path, sender: Address, clock: Clock | None = None) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock or SystemClock()

    async def send(self, mail: Mail) -> None:
        """Write the mail to a file of its own, which only the service's user may read."""
        try:
            path = await asyncio.to_thread(self._write, mail)
        except OSError as error:
            raise MailError(f"could not be written: {error}", permanent=False) from None
        except ValueError:
            raise MailError("can't be written as a mail", permanent=True) from None
        log.info("mail_written", to=mask_address(mail.to), subject=mail.subject, path=str(path))

    def _write(self, mail: Mail) -> Path:
        # 8bit, so that people can read it and copy the link: anything else may break it in two.
        message = build_message(mail, self._sender, self._clock, encoding="8bit")
        content = message.as_bytes(policy=SMTP if mail.to.isascii() else SMTPUTF8)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._claim_file()
        path.write_bytes(content)
        return path

    def _claim_file(self) -> Path:
        """A new, empty file, also where several processes write to the folder."""
        timestamp = self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        number = 1
        while True:
            path = self._folder / f"{timestamp}-{number}.eml"
            try:
                path.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                number += 1
            else:
                return path


def create_sender(settings: Settings) -> MailSender:
    """Create the sender that the settings ask for.

    Raises:
        SettingsError: ``MAIL_FROM`` is not an address.
    """
    try:
        sender = parse_mailbox(settings.mail_from)
    except ValueError:
        raise SettingsError(
            "MAIL_FROM: should be an address such as Questboard <questboard@example.org>"
        ) from None
    if settings.mail_server is None:
        folder = settings.data_dir.resolve() / "mails"
        if settings.is_production:
            log.warning(
                "mail_server_missing", detail="Mails are only written to files.", path=str(folder)
            )
        return FileSender(folder, sender)
    password = settings.mail_password
    return SmtpSender(
        host=settings.mail_server,
        port=settings.mail_port,
        sender=sender,
        tls=TlsMode(settings.mail_tls),
        username=settings.mail_username,
        password=password.get_secret_value() if password else None,
    )
