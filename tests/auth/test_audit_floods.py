"""A flood of refusals fills no table, and slows nobody."""

import pytest

from app.auth import trail
from app.core.audit import AuditEvent
from app.core.request_id import begin_request
from tests.api.account_steps import EMAIL, WRONG_PASSWORD, client_at, log_in
from tests.auth.audit_steps import read_audit
from tests.support.service import Service


async def fail(
    service: Service, times: int, email: str = EMAIL, address: str = "127.0.0.1"
) -> None:
    """Fail as if each were a login, without the limits that end a flood earlier."""
    begin_request(address)
    for _ in range(times):
        service.parts.trail._note_login(AuditEvent.LOGIN_FAILED, email)
        await service.parts.background.drain(5)


async def test_many_failures_of_one_account_are_a_few_entries_that_count_them(
    service: Service,
) -> None:
    await service.add_user()
    await fail(service, 1000)

    entries = await read_audit(service, event="login_failed")
    assert [entry["details"]["attempts"] for entry in entries] == [2**n for n in range(10)]


async def test_a_new_window_begins_anew(service: Service) -> None:
    await service.add_user()
    await fail(service, 3)
    service.clock.advance(seconds=trail.WINDOW_SECONDS + 1)
    await fail(service, 1)

    entries = await read_audit(service, event="login_failed")
    assert [entry["details"]["attempts"] for entry in entries] == [1, 2, 1]


async def test_addresses_of_one_network_count_together(service: Service) -> None:
    for number in range(8):
        await fail(service, 1, address=f"2001:db8::{number}")
    await fail(service, 1, address="2001:db9::1")

    entries = await read_audit(service, event="login_failed")
    assert [entry["details"]["attempts"] for entry in entries] == [1, 2, 4, 8, 1]


async def test_a_flood_over_many_accounts_is_summed_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST_AN_HOUR", 10)
    for number in range(100):
        await fail(service, 1, email=f"user{number}@example.org")

    entries = await read_audit(service, event="login_failed")
    sums = [entry["details"] for entry in entries[10:]]
    assert [entry["details"]["attempts"] for entry in entries[:10]] == [1] * 10
    assert sums == [{"entries_this_hour": 16}, {"entries_this_hour": 32}, {"entries_this_hour": 64}]


async def test_a_failed_login_waits_for_no_entry(service: Service) -> None:
    await service.add_user()
    statements = {}
    for email in (EMAIL, "nobody@example.org"):
        async with client_at(service, "127.0.0.1") as client:
            with service.statements.count() as seen:
                await log_in(client, email, WRONG_PASSWORD)
                statements[email] = [text for text in seen if "FROM users" in text]
                await service.settle()
                written = [text for text in seen if "INSERT INTO audit_log" in text]
                assert len(written) == 1

    assert len(statements[EMAIL]) == len(statements["nobody@example.org"]) == 1


async def test_what_is_sent_as_an_address_can_always_be_kept(service: Service) -> None:
    for email in ("\N{DRAGON}" * 100, "a@\u202eexample.org", "x" * 320, "@", "a@b\u2028c"):
        await log_in(service.client(), email, WRONG_PASSWORD)

    entries = await read_audit(service, event="login_failed")
    assert all(entry["details"]["email"].isprintable() for entry in entries)
    assert entries
