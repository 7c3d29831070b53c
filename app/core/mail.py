"""Mails, and what takes them: said without SMTP."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4


def mask_address(address: str) -> str:
    """The form in which an address may stand in a log: ``a***@example.org``."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def _make_key() -> str:
    return uuid4().hex


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One mail to one address. Its body may hold a secret, so its ``repr`` does not show it.

    ``key`` becomes the Message-ID: a mail that is sent again, because the server's answer got lost,
    can be recognised as the same one.
    """

    to: str
    subject: str
    text: str
    html: str
    key: str = field(default_factory=_make_key, kw_only=True, compare=False)

    def __repr__(self) -> str:
        return f"Mail(to={mask_address(self.to)!r}, subject={self.subject!r})"


class MailError(Exception):
    """A mail could not be handed over.

    ``permanent`` says that trying again can't help. The message is fit for a log: it holds neither
    the recipient nor the body, and nothing that a server may have quoted of them.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class MailSender(Protocol):
    """Hands a mail over to what delivers it, and waits for the answer."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over.

        Raises:
            MailError: it was not taken; ``permanent`` says whether to try again.
        """
        ...
