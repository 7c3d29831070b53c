"""The one form in which addresses are kept."""

import sys
from contextlib import suppress

import pytest
from pydantic import TypeAdapter, ValidationError

from app.core.text import normalize_email
from app.schemas.users import Email, LoginForm

ADDRESS = TypeAdapter[str](Email)
EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def test_the_normal_form_of_a_normal_form_is_itself() -> None:
    spellings = {f"a{character}b@example.org" for character in EVERY_CHARACTER}
    forms = {normalize_email(spelling) for spelling in spellings}
    assert {form for form in forms if normalize_email(form) != form} == set()


def find_kept_forms() -> list[str]:
    """What is kept of addresses with a character of the Basic Plane in them, where one may be."""
    kept = []
    for character in EVERY_CHARACTER[:0xF000:7]:
        with suppress(ValidationError):
            kept.append(ADDRESS.validate_python(f"a{character}b@example.org"))
    return kept


def test_what_is_kept_can_be_kept_again_and_has_one_at_sign() -> None:
    kept = find_kept_forms()
    assert len(kept) > 5000
    assert [ADDRESS.validate_python(address) for address in kept] == kept
    assert {address.count("@") for address in kept} == {1}


@pytest.mark.parametrize(
    "text",
    [
        "Ada@Example.ORG", " ada@example.org ", "Ada L <ada@example.org>", "ada@example\u3002org",
        "\uff41da@example.org", "ada@xn--bcher-kva.example", "ada@B\u00dcCHER.example",
        "\u212aelvin@example.org", "stra\u00dfe@example.org", "\u0130stanbul@example.org",
    ],
)  # fmt: skip
def test_a_login_reads_an_address_as_registering_does(text: str) -> None:
    form = LoginForm.model_validate({"username": text, "password": "x"})
    assert form.username == ADDRESS.validate_python(text)


@pytest.mark.parametrize("text", ["ada", "", "a@b@c", "\uff20", "ada@", "x" * 320])
def test_a_login_takes_what_is_no_address_as_it_is(text: str) -> None:
    assert LoginForm.model_validate({"username": text, "password": "x"}).username == text
