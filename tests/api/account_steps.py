"""Steps that the tests of accounts share."""

from typing import Any
from urllib.parse import unquote

import httpx
from sqlalchemy import func, select

from app.core.mail import Mail
from app.db.base import Base
from app.db.models import User
from tests.support.service import PASSWORD, Service

EMAIL = "ada@example.org"
NEW_PASSWORD = "a quite different staple"
WRONG_PASSWORD = "wrong horse battery"


async def register(
    client: httpx.AsyncClient, email: str = EMAIL, password: str = PASSWORD, **fields: Any
) -> httpx.Response:
    return await client.post(
        "/auth/register", json={"email": email, "password": password, **fields}
    )


async def log_in(
    client: httpx.AsyncClient, email: str = EMAIL, password: str = PASSWORD
) -> httpx.Response:
    return await client.post("/auth/login", data={"username": email, "password": password})


async def open_tokens(
    service: Service, email: str = EMAIL, password: str = PASSWORD
) -> dict[str, Any]:
    """What a login gives, which has to succeed."""
    answer = await log_in(service.client(), email, password)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def refresh(service: Service, token: str) -> httpx.Response:
    return await service.client().post("/auth/refresh", json={"refresh_token": token})


async def refresh_well(service: Service, token: str) -> dict[str, Any]:
    """What a refresh gives, which has to succeed."""
    answer = await refresh(service, token)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


async def counts(service: Service, access_token: str) -> bool:
    """Whether an access token still does."""
    answer = await service.client(access_token).get("/users/me")
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


async def read_mails(service: Service, subject: str = "", to: str | None = None) -> list[Mail]:
    """The mails sent so far whose subject begins so."""
    await service.settle()
    return [
        mail
        for mail in service.mailbox.mails
        if mail.subject.startswith(subject) and to in (None, mail.to)
    ]


def token_in(mail: Mail) -> str:
    """The token of the link in a mail."""
    [line] = [line for line in mail.text.splitlines() if "#token=" in line]
    return unquote(line.partition("#token=")[2])


async def ask_for_reset(service: Service, email: str = EMAIL) -> str:
    """The token that a forgotten password gets by mail."""
    before = len(await read_mails(service))
    answer = await service.client().post("/auth/forgot-password", json={"email": email})
    assert answer.status_code == 202, answer.text
    return token_in((await read_mails(service))[before])


async def ask_for_verification(service: Service, email: str = EMAIL) -> str:
    """The token that verifies an address."""
    before = len(await read_mails(service))
    answer = await service.client().post("/auth/request-verify-token", json={"email": email})
    assert answer.status_code == 202, answer.text
    return token_in((await read_mails(service))[before])


async def reset_password(
    service: Service, token: str, password: str = NEW_PASSWORD
) -> httpx.Response:
    body = {"token": token, "password": password}
    return await service.client().post("/auth/reset-password", json=body)


async def verify(service: Service, token: str) -> httpx.Response:
    return await service.client().post("/auth/verify", json={"token": token})


async def find_account(service: Service, email: str = EMAIL) -> User:
    user = await service.parts.manager.user_db.get_by_email(email)
    assert user is not None
    return user


async def count_rows(service: Service, table: str) -> int:
    async with service.parts.database.engines.reading.connect() as connection:
        count = select(func.count()).select_from(Base.metadata.tables[table])
        return (await connection.execute(count)).scalar_one()


def client_at(service: Service, address: str) -> httpx.AsyncClient:
    """A client whose requests come from a network address."""
    transport = httpx.ASGITransport(
        service.app, raise_app_exceptions=False, client=(address, 40000)
    )
    return httpx.AsyncClient(transport=transport, base_url="http://testserver/api/v1")
