"""Refresh tokens as values."""

import re

import pytest

from app.auth.refresh_tokens import RefreshToken

KEY = "k" * 40


def test_a_token_is_64_characters_that_urls_take() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", RefreshToken.make().encode())


def test_a_token_reads_back_as_it_was() -> None:
    for _ in range(50):
        token = RefreshToken.make()
        assert RefreshToken.parse(token.encode()) == token


def test_no_two_tokens_are_alike() -> None:
    tokens = [RefreshToken.make() for _ in range(100)]
    assert len({token.secret for token in tokens}) == 100
    assert len({token.family for token in tokens}) == 100


def test_a_token_has_256_bits_and_a_family_of_128() -> None:
    token = RefreshToken.make()
    assert (len(token.secret) * 8, len(token.family) * 8) == (256, 128)


def test_the_successor_is_always_the_same() -> None:
    token = RefreshToken.make()
    assert token.succeed(KEY) == token.succeed(KEY)


def test_the_successor_stays_in_the_family_and_has_another_secret() -> None:
    token = RefreshToken.make()
    successor = token.succeed(KEY)
    assert successor.family == token.family
    assert len({token.secret, successor.secret, successor.succeed(KEY).secret}) == 3


def test_nobody_makes_a_successor_without_the_servers_key() -> None:
    token = RefreshToken.make()
    assert token.succeed(KEY) != token.succeed("o" * 40)


def test_what_is_kept_does_not_give_the_token_away() -> None:
    token = RefreshToken.make()
    kept = token.family_hash + token.secret_hash
    assert len(kept) == 64
    assert token.secret not in kept
    assert token.family not in kept


def test_a_token_does_not_show_itself_in_logs() -> None:
    token = RefreshToken.make()
    assert "family" not in repr(token)
    assert str(token.secret) not in repr(token)


@pytest.mark.parametrize(
    "text",
    ["", "A" * 63, "A" * 65, "*" * 64, "\u00e9" * 64, "A" * 63 + "=", "=" * 64, "A" * 63 + " "],
)
def test_what_is_none_is_none(text: str) -> None:
    assert RefreshToken.parse(text) is None
