"""A real SMTP server in the test's own event loop, and what else the mail tests share."""

import asyncio
import ssl
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from types import ModuleType
from typing import Any

import pytest
import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from structlog.testing import LogCapture

from app.core.mail import Mail
from app.infra.mail import SmtpSender, TlsMode

HOST = "127.0.0.1"
SECRET = "s3cret-token"
SENDER = Address("Questboard", "questboard", "play.example.org")


def make_mail(to: str = "ada@example.org", subject: str = "Hello") -> Mail:
    return Mail(to=to, subject=subject, text=f"text {SECRET}\n", html=f"<p>html {SECRET}</p>\n")


@dataclass
class Mailbox:
    """What the server took, and what it answers: each prepared answer once, then 250."""

    rcpt_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    tries: int = 0
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        # aiosmtpd finds its hooks by these names.
        vars(self).update(handle_RCPT=self.take_recipient, handle_DATA=self.take_body)

    async def take_recipient(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answers:
            self.tries += 1
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def take_body(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.tries += 1
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.data_answers:
            return self.data_answers.pop(0)
        self.envelopes.append(envelope)
        self.sessions.append(session)
        return "250 OK"

    def read(self, index: int = 0) -> EmailMessage:
        content = self.envelopes[index].original_content
        assert content is not None
        return parse(content)


def parse(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=SMTP_POLICY)
    assert isinstance(message, EmailMessage)
    return message


@asynccontextmanager
async def serve(
    mailbox: Mailbox, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """Serve on a free port, which is given; with ``tls`` encrypted from the start."""
    connections: list[SMTP] = []

    def connect() -> SMTP:
        connections.append(SMTP(mailbox, hostname="localhost", **options))
        return connections[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connect, HOST, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.close()
        await server.wait_closed()


@asynccontextmanager
async def serve_silence() -> AsyncIterator[int]:
    """A server that takes connections and never says a word."""
    ended = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(hold, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ended.set()
        server.close()
        await server.wait_closed()


async def find_closed_port() -> int:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, HOST, 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


def make_sender(
    port: int,
    *,
    tls: TlsMode = TlsMode.NONE,
    username: str | None = None,
    password: str | None = None,
    tls_context: ssl.SSLContext | None = None,
    timeout: float = 5,
) -> SmtpSender:
    return SmtpSender(
        host=HOST,
        port=port,
        sender=SENDER,
        tls=tls,
        username=username,
        password=password,
        tls_context=tls_context,
        timeout=timeout,
        local_hostname="localhost",
    )


def check_password(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data == LoginPassword(b"quest", b"board"), handled=False)


def capture_logs(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> list[MutableMapping[str, Any]]:
    """The module's log lines, however structlog is configured and whatever it has cached."""
    capture = LogCapture()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(), processors=[capture], wrapper_class=structlog.BoundLogger
    )
    monkeypatch.setattr(module, "log", logger)
    return capture.entries
