"""Tokens of other issuers as those make them, and claims that are not what they should be."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.auth.access_tokens import AccessClaims, AccessTokens
from app.auth.errors import InvalidTokenError
from app.auth.external_tokens import ExternalTokens
from tests.auth.external_steps import (
    LEGACY,
    LEGACY_SECRET,
    SHARED,
    World,
    open_world,
    shared_claims,
    sign_raw,
)
from tests.auth.test_access_tokens import SESSION
from tests.support.clock import START
from tests.support.issuers import (
    BETTER_AUTH,
    NOW,
    SECRET,
    SUBJECT,
    SUPABASE,
    SUPABASE_AUDIENCE,
    UUID_SUBJECT,
    better_auth_claims,
    sign_shared,
    supabase_claims,
    without,
)


@pytest.fixture(scope="module")
async def world() -> AsyncIterator[World]:
    async with open_world() as world:
        yield world


async def test_better_auth_with_its_own_keys(world: World) -> None:
    claims = await world.read(world.ed.sign(better_auth_claims()))

    assert (claims.issuer, claims.subject, claims.issued_at) == (BETTER_AUTH, SUBJECT, START)
    assert claims.profile["email"] == "ada@example.org"


async def test_better_auth_with_a_shared_secret(world: World) -> None:
    claims = await world.read(sign_shared(shared_claims(), kid="any"))

    assert (claims.issuer, claims.subject) == (SHARED, SUBJECT)


async def test_supabase_with_its_own_keys(world: World) -> None:
    claims = await world.read(world.ec.sign(supabase_claims()))

    assert (claims.issuer, claims.subject) == (SUPABASE, UUID_SUBJECT)


async def test_supabase_with_the_legacy_secret(world: World) -> None:
    claims = await world.read(sign_shared(supabase_claims(iss=LEGACY), LEGACY_SECRET))

    assert (claims.issuer, claims.subject) == (LEGACY, UUID_SUBJECT)


@pytest.mark.parametrize("role", ["anon", "service_role"])
async def test_the_keys_of_a_supabase_project_are_nobodys_token(world: World, role: str) -> None:
    """They are signed with the same secret, stand in every client, and count for ten years."""
    claims = {"iss": "supabase", "ref": "abcdefghijklmnopqrst", "role": role, "iat": NOW}
    for issuer in ("supabase", LEGACY):
        token = sign_shared({**claims, "iss": issuer, "exp": NOW + 315_360_000}, LEGACY_SECRET)
        await world.check_refused(token)


async def test_several_audiences_may_be_named(world: World) -> None:
    token = sign_shared(shared_claims(aud=["https://other.example.org", SHARED]))

    assert (await world.read(token)).subject == SUBJECT


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp"])
async def test_each_of_these_claims_is_needed(world: World, name: str) -> None:
    await world.check_refused(sign_shared(without(shared_claims(), name)))


@pytest.mark.parametrize("name", ["iat", "email", "name", "id"])
async def test_a_token_may_leave_out(world: World, name: str) -> None:
    assert (await world.read(sign_shared(without(shared_claims(), name)))).subject == SUBJECT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://nobody.example.org"), ("iss", f"{SHARED}/"), ("iss", [SHARED]), ("iss", 7),
        ("iss", None), ("iss", {}), ("iss", SHARED.upper()), ("iss", f" {SHARED}"), ("iss", BETTER_AUTH),
        ("aud", "https://other.example.org"), ("aud", f"{SHARED}/"), ("aud", []), ("aud", 7),
        ("aud", None), ("aud", {SHARED: 1}), ("aud", SUPABASE_AUDIENCE),
        ("sub", ""), ("sub", None), ("sub", 7), ("sub", ["x"]), ("sub", {}), ("sub", "x" * 256),
        ("sub", "a\x00b"), ("sub", "a\nb"), ("sub", "\x7f"), ("sub", "a\u2028b"), ("sub", "\u200b"),
        ("sub", "\ud800"), ("sub", "a\u00a0b"), ("sub", "\u202eabc"),
        ("exp", NOW), ("exp", NOW - 1), ("exp", 0), ("exp", -1), ("exp", "soon"), ("exp", None),
        ("exp", True), ("exp", [1]), ("exp", float("nan")), ("exp", float("inf")), ("exp", 10**400),
        ("exp", str(NOW + 900)),
        ("nbf", NOW + 31), ("nbf", 2**40), ("nbf", "x"), ("nbf", None), ("nbf", float("inf")),
        ("iat", NOW + 31), ("iat", 2**40), ("iat", "x"), ("iat", None), ("iat", float("nan")),
    ],
)  # fmt: skip
async def test_no_claim_may_be_anything_else(world: World, name: str, value: object) -> None:
    payload = json.dumps({**shared_claims(), name: value}).encode()
    await world.check_refused(sign_raw(b'{"alg":"HS256","typ":"JWT"}', payload))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exp", NOW + 1), ("exp", NOW + 0.5), ("exp", 2**40), ("nbf", NOW + 30), ("nbf", NOW),
        ("nbf", -5), ("iat", NOW + 30), ("iat", NOW - 10**6), ("iat", -(10**15)), ("iat", NOW + 0.25),
        ("sub", "x" * 255), ("sub", "7"), ("sub", "auth0|a b"), ("sub", "\u017d/\u00fc"),
    ],
)  # fmt: skip
async def test_what_still_counts(world: World, name: str, value: object) -> None:
    assert (await world.read(sign_shared(shared_claims(**{name: value})))).issuer == SHARED


async def test_a_token_expires_on_the_second(world: World) -> None:
    envelope = world.tokens.open(sign_shared(shared_claims()))
    assert envelope is not None
    await world.tokens.read(envelope, START + timedelta(seconds=899.9))
    with pytest.raises(InvalidTokenError):
        await world.tokens.read(envelope, START + timedelta(seconds=900))


async def test_our_own_tokens_are_not_looked_at(world: World) -> None:
    assert (
        world.tokens.open(AccessTokens(SECRET, 600).issue(AccessClaims(7, SESSION), START)) is None
    )


async def test_without_issuers_nothing_is_looked_at() -> None:
    assert ExternalTokens([]).open(sign_shared(shared_claims())) is None
