"""Users of other issuers: made when they are first seen, known by issuer and subject alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.auth.access_tokens import AccessClaims, AccessTokens
from app.auth.external_profile import is_placeholder
from tests.api.account_steps import count_rows
from tests.api.task_steps import check_refusal
from tests.auth.external_steps import SHARED, Issuers, run_with_issuers
from tests.auth.test_access_tokens import SESSION
from tests.support.clock import START
from tests.support.issuers import SECRET, SUBJECT, SUPABASE, SigningKey, better_auth_claims
from tests.support.logs import listen
from tests.support.service import PASSWORD

EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
async def shared_issuers(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Issuers]:
    async with run_with_issuers(database_url, tmp_path_factory.mktemp("data")) as issuers:
        yield issuers


@pytest.fixture
async def issuers(shared_issuers: Issuers) -> AsyncIterator[Issuers]:
    """The running service; what the test commits is deleted afterwards."""
    yield shared_issuers
    await shared_issuers.service.reset()


@pytest.fixture
async def strangers(database_url: str, tmp_path: Path) -> AsyncIterator[Issuers]:
    """The service, just started: it has nobody's keys yet."""
    async with run_with_issuers(database_url, tmp_path) as issuers:
        yield issuers


async def test_a_user_of_better_auth_plays(issuers: Issuers) -> None:
    client = issuers.service.client(issuers.better_auth_token())

    task = (await client.post("/tasks", json={"title": "Water the plants"})).json()
    done = (await client.post(f"/tasks/{task['id']}/complete")).json()

    assert done["outcome"]["xp"] > 0
    assert (await client.get("/game/profile")).json()["xp"] == done["outcome"]["xp"]


async def test_users_of_all_issuers_come_in(issuers: Issuers) -> None:
    tokens = [issuers.better_auth_token(), issuers.supabase_token(), issuers.shared_token()]

    accounts = [await issuers.get_me(token) for token in tokens]

    assert len({account["id"] for account in accounts}) == 3
    assert [account["display_name"] for account in accounts] == [
        "Ada Lovelace", "Grace Hopper", "Ada Lovelace",
    ]  # fmt: skip


async def test_a_user_is_the_same_with_each_token(issuers: Issuers) -> None:
    first = await issuers.get_me(issuers.better_auth_token())
    second = await issuers.get_me(issuers.better_auth_token(email="other@example.org", name="Eve"))

    assert second == first


async def test_subjects_differ_by_case_and_by_issuer(issuers: Issuers) -> None:
    tokens = [
        issuers.shared_token(SUBJECT),
        issuers.shared_token(SUBJECT.upper()),
        issuers.shared_token(SUBJECT.lower()),
        issuers.better_auth_token(SUBJECT),
    ]

    assert len({(await issuers.get_me(token))["id"] for token in tokens}) == 4


async def test_a_token_gives_no_rights(issuers: Issuers) -> None:
    token = issuers.better_auth_token(
        role="admin", is_superuser=True, is_active=True, user_id=1, id=1, email=EMAIL
    )

    account = await issuers.get_me(token)

    assert (account["role"], account["is_superuser"]) == ("learner", False)
    answer = await issuers.service.client(token).get("/users")
    check_refusal(answer, 403, "superuser_required")


async def test_a_verified_address_that_is_free_is_taken(issuers: Issuers) -> None:
    account = await issuers.get_me(issuers.better_auth_token(email="ADA@Example.org"))

    assert (account["email"], account["is_verified"]) == (EMAIL, True)


@pytest.mark.parametrize(
    "claims",
    [
        {"emailVerified": False},
        {"emailVerified": "true"},
        {"emailVerified": 1},
        {"emailVerified": None, "email_verified": "yes"},
        {"emailVerified": False, "user_metadata": {"email_verified": True}},
        {"email": None},
        {"email": 7},
        {"email": ""},
        {"email": "not an address"},
        {"email": "x" * 300 + "@example.org"},
        {"email": "a\x00@example.org"},
        {"email": "ada@external.invalid"},
    ],
)
async def test_another_address_is_not_taken(issuers: Issuers, claims: dict[str, Any]) -> None:
    account = await issuers.get_me(issuers.better_auth_token(**claims))

    assert is_placeholder(account["email"])
    assert not account["is_verified"]


async def test_openid_connects_word_for_verified_counts(issuers: Issuers) -> None:
    token = issuers.shared_token(emailVerified=None, email_verified=True)

    assert (await issuers.get_me(token))["email"] == EMAIL


async def test_what_supabase_users_may_write_verifies_nothing(issuers: Issuers) -> None:
    account = await issuers.get_me(issuers.supabase_token())

    assert is_placeholder(account["email"])


async def test_an_issuer_may_be_trusted_with_addresses(database_url: str, tmp_path: Path) -> None:
    async with run_with_issuers(database_url, tmp_path, emails_verified=True) as issuers:
        assert (await issuers.get_me(issuers.supabase_token()))["email"] == "grace@example.org"


async def test_an_account_with_the_address_stays_its_owners(issuers: Issuers) -> None:
    owner = await issuers.service.learner(EMAIL)

    account = await issuers.get_me(issuers.better_auth_token())

    assert account["id"] != owner.id
    assert is_placeholder(account["email"])
    assert (await owner.get("/users/me"))["email"] == EMAIL


async def test_nobody_can_register_where_no_mail_goes(issuers: Issuers) -> None:
    account = await issuers.get_me(issuers.supabase_token())
    body = {"email": account["email"], "password": PASSWORD}

    answer = await issuers.service.client().post("/auth/register", json=body)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"), ("  Ada \n Lovelace\t", "Ada Lovelace"), ("x" * 200, "x" * 50), ("", ""),
        (None, ""), (7, ""), (["Ada"], ""), ("\u200b", ""), ("a\x00b", "a b"), ("\ud800", ""),
        ("Jose\u0301", "Jos\u00e9"), ("\u0627\u062f\u0627", "\u0627\u062f\u0627"),
    ],
)  # fmt: skip
async def test_a_name_is_cleaned(issuers: Issuers, name: Any, shown: str) -> None:
    assert (await issuers.get_me(issuers.shared_token(name=name)))["display_name"] == shown


@pytest.mark.parametrize("email", [EMAIL, None])
async def test_twenty_first_requests_give_one_user(issuers: Issuers, email: str | None) -> None:
    token = issuers.better_auth_token(email=email)

    accounts = await asyncio.gather(*[issuers.get_me(token) for _ in range(20)])

    assert len({account["id"] for account in accounts}) == 1
    assert await count_rows(issuers.service, "users") == 1
    assert await count_rows(issuers.service, "players") == 1
    assert await count_rows(issuers.service, "external_identities") == 1


async def test_two_subjects_with_one_address_at_once(issuers: Issuers) -> None:
    tokens = [issuers.better_auth_token(f"subject-{n}") for n in range(10)]

    accounts = await asyncio.gather(*[issuers.get_me(token) for token in tokens])

    assert len({account["id"] for account in accounts}) == 10
    assert [account["email"] for account in accounts].count(EMAIL) == 1


async def test_a_known_user_costs_one_look_up(issuers: Issuers) -> None:
    client = issuers.service.client(issuers.supabase_token())
    await client.get("/tasks")

    with issuers.service.statements.count() as statements:
        assert (await client.get("/tasks")).status_code == 200

    assert len(statements) == 2, "\n".join(statements)


async def test_no_mail_is_sent_to_somebody_new(issuers: Issuers) -> None:
    await issuers.get_me(issuers.better_auth_token())
    await issuers.get_me(issuers.supabase_token())
    await issuers.service.settle()

    assert issuers.service.mailbox.mails == []


async def test_neither_token_nor_secret_is_logged(issuers: Issuers) -> None:
    tokens = [issuers.better_auth_token(), issuers.shared_token(), "x" + issuers.supabase_token()]
    with listen(level="debug") as log:
        for token in tokens:
            await issuers.service.client(token).get("/users/me")

    written = log.getvalue()
    assert "external_user_created" in written
    for secret in (SECRET, EMAIL, *(part for token in tokens for part in token.split("."))):
        assert secret not in written


async def test_a_disabled_user_is_out_at_once(issuers: Issuers) -> None:
    token = issuers.better_auth_token()
    account = await issuers.get_me(token)
    root = await issuers.service.learner("root@example.org", is_superuser=True)
    path = f"/users/{account['id']}"
    assert (await root.client.patch(path, json={"is_active": False})).status_code == 200

    check_refusal(await issuers.service.client(token).get("/tasks"), 401, "invalid_token")
    again = issuers.service.client(issuers.better_auth_token(name="Ada again"))
    check_refusal(await again.get("/tasks"), 401, "invalid_token")

    assert (await root.client.patch(path, json={"is_active": True})).status_code == 200
    assert (await issuers.get_me(token))["id"] == account["id"]


async def test_our_key_signs_for_nobody_else_and_theirs_not_for_us(issuers: Issuers) -> None:
    service = issuers.service
    user_id = await service.add_user()
    key = service.parts.keys.access
    own = AccessTokens(SECRET, 600).issue(AccessClaims(user_id, SESSION), START)
    forgeries = [
        own,
        SigningKey("x", "HS256", key).sign(better_auth_claims(iss=SHARED, aud=SHARED)),
        SigningKey("ed-1", "HS256", key).sign(better_auth_claims(iss=issuers.better_auth_url)),
        issuers.ed.sign(better_auth_claims(iss="questboard", aud="questboard:api")),
        issuers.ec.sign(better_auth_claims(iss=SUPABASE, aud="questboard:api")),
    ]

    for token in forgeries:
        check_refusal(await service.client(token).get("/users/me"), 401, "invalid_token")

    assert (await issuers.get_me(await service.open_session(user_id)))["id"] == user_id


async def test_keys_out_of_reach_are_not_the_callers_fault(strangers: Issuers) -> None:
    await strangers.supabase.stop()
    own = await strangers.service.learner("eve@example.org")

    answer = await strangers.service.client(strangers.supabase_token()).get("/tasks")

    check_refusal(answer, 503, "issuer_keys_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await own.get("/tasks"))["items"] == []
    assert await strangers.get_me(strangers.better_auth_token())


async def test_a_hanging_issuer_holds_nobody_up_but_its_own(strangers: Issuers) -> None:
    strangers.supabase.hold()
    token = strangers.supabase_token()
    waiting = [asyncio.create_task(strangers.get_me(token)) for _ in range(40)]
    await strangers.supabase.wait_for_request()

    own = await strangers.service.learner("eve@example.org")
    assert (await own.get("/tasks"))["items"] == []
    assert (await strangers.get_me(strangers.better_auth_token()))["email"] == EMAIL
    assert not any(task.done() for task in waiting)

    strangers.supabase.release()
    assert len({account["id"] for account in await asyncio.gather(*waiting)}) == 1
    assert strangers.supabase.asked == 1


async def test_an_address_brings_so_many_newcomers_an_hour(issuers: Issuers) -> None:
    """Some issuers give subjects freely; who is known already is not counted."""
    rate = issuers.service.parts.limiter.rates.registrations_of_address
    tokens = [issuers.shared_token(f"subject-{number}") for number in range(rate.count + 1)]
    answers = [await issuers.service.client(token).get("/users/me") for token in tokens]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    check_refusal(answers[-1], 429, "too_many_requests")
    assert (await issuers.service.client(tokens[0]).get("/users/me")).status_code == 200
    issuers.service.clock.advance(seconds=rate.seconds)
    now = int(issuers.service.clock.now().timestamp())
    late = issuers.shared_token("subject-late", iat=now, exp=now + 600)
    assert (await issuers.service.client(late).get("/users/me")).status_code == 200
