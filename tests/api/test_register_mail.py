"""The mail that registering sends, and what a mail server may do to it."""

import asyncio

import pytest

from app.core.mail import Mail, MailError
from tests.api.account_steps import EMAIL, read_mails, register, token_in, verify
from tests.support.service import Service


async def test_the_mailed_link_verifies_the_address(service: Service) -> None:
    await register(service.client())
    [mail] = await read_mails(service)
    assert mail.to == EMAIL
    answer = await verify(service, token_in(mail))
    assert answer.status_code == 200
    assert (answer.json()["email"], answer.json()["is_verified"]) == (EMAIL, True)


class BrokenSender:
    """A mail server that is down; ``begun`` tells that it was tried."""

    def __init__(self, error: Exception) -> None:
        self.begun = asyncio.Event()
        self._error = error

    async def send(self, mail: Mail) -> None:
        self.begun.set()
        raise self._error


class HangingSender(BrokenSender):
    """A mail server that does not answer before ``release`` is set."""

    def __init__(self) -> None:
        super().__init__(RuntimeError())
        self.release = asyncio.Event()

    async def send(self, mail: Mail) -> None:
        self.begun.set()
        await self.release.wait()


@pytest.mark.parametrize("error", [MailError("down", permanent=True), RuntimeError("a defect")])
async def test_a_broken_mail_server_fails_no_registration(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sender = BrokenSender(error)
    monkeypatch.setattr(service.mailbox, "send", sender.send)
    assert (await register(service.client())).status_code == 201
    await service.settle()
    assert sender.begun.is_set()


async def test_a_slow_mail_server_delays_no_registration(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = HangingSender()
    monkeypatch.setattr(service.mailbox, "send", sender.send)
    assert (await register(service.client())).status_code == 201
    working = asyncio.create_task(service.settle())
    await sender.begun.wait()
    sender.release.set()
    await working
