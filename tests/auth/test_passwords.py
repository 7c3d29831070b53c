"""Passwords: their rules and their hashes."""

import pytest
from fastapi_users import InvalidPasswordException

from app.auth.passwords import Passwords, check_password
from app.core.limits import MAX_PASSWORD_LENGTH
from tests.support.service import PASSWORD, cheap_passwords

EMAIL = "ada.lovelace@example.org"


@pytest.fixture
def passwords() -> Passwords:
    return cheap_passwords()


@pytest.mark.parametrize(
    "password",
    [
        "ten chars!",
        "x" * 128,
        "\U0001f9d9" * 10,
        "          ",
        "correct horse battery",
        "aaaaaaaaaaa",
    ],
)
def test_long_enough_and_not_common_is_good_enough(password: str) -> None:
    try:
        check_password(password, EMAIL)
    except InvalidPasswordException as error:
        pytest.fail(str(error.reason))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "10 to 128"), ("nine char", "10 to 128"), ("x" * 129, "10 to 128"),
        ("1234567890", "most common"), ("abracadabra", "most common"), ("ABRACADABRA", "most common"),
        ("\uff41bracadabra", "most common"), (EMAIL, "email"), (EMAIL.upper(), "email"),
        ("ada.lovelace", "email"), (" Ada.Lovelace ", "email"),
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str, reason: str) -> None:
    with pytest.raises(InvalidPasswordException) as refused:
        check_password(password, EMAIL)
    assert reason in str(refused.value.reason)
    assert password not in str(refused.value.reason) or not password


async def test_a_hash_is_argon2id_and_salted(passwords: Passwords) -> None:
    first, second = await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second


def test_the_real_parameters_are_no_weaker_than_recommended() -> None:
    # OWASP: Argon2id with at least 19 MiB, t=2, p=1; RFC 9106's second choice: 64 MiB, t=3, p=4.
    hashed = Passwords().helper.hash("x")
    assert "$m=65536,t=3,p=4$" in hashed


async def test_the_right_password_is_right_and_no_other(passwords: Passwords) -> None:
    hashed = await passwords.hash(PASSWORD)
    assert await passwords.verify(PASSWORD, hashed) == (True, None)
    for wrong in (PASSWORD.upper(), f"{PASSWORD} ", "", PASSWORD[:-1]):
        assert await passwords.verify(wrong, hashed) == (False, None)


async def test_all_of_a_long_password_counts(passwords: Passwords) -> None:
    hashed = await passwords.hash("x" * MAX_PASSWORD_LENGTH)
    wrong = "x" * (MAX_PASSWORD_LENGTH - 1) + "y"
    assert await passwords.verify(wrong, hashed) == (False, None)


async def test_accents_count_alike_however_they_are_composed(passwords: Passwords) -> None:
    hashed = await passwords.hash("cafe\u0301 noir bien")
    assert await passwords.verify("caf\u00e9 noir bien", hashed) == (True, None)


async def test_nobody_has_no_right_password(passwords: Passwords) -> None:
    assert await passwords.verify(PASSWORD, None) == (False, None)


async def test_an_outdated_hash_comes_with_a_new_one(passwords: Passwords) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    older = Passwords(Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))
    verified, renewed = await passwords.verify(PASSWORD, await older.hash(PASSWORD))
    assert verified
    assert renewed is not None
    assert await passwords.verify(PASSWORD, renewed) == (True, None)
