"""Normal forms of text that is compared."""

import pytest
from hypothesis import given
from hypothesis.strategies import text

from app.core.text import fold_for_search, normalize_email


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        ("ada@example.org", "ada@example.org"),
        (" Ada@Example.ORG ", "ada@example.org"),
        ("\uff41\uff44\uff41@example.org", "ada@example.org"),
        ("\N{KELVIN SIGN}ada@example.org", "kada@example.org"),
        ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}@example.org", "i\u0307@example.org"),
    ],
)
def test_spellings_of_one_address_are_one(address: str, normal: str) -> None:
    assert normalize_email(address) == normal


@given(text())
def test_normalizing_an_address_again_changes_nothing(address: str) -> None:
    normal = normalize_email(address)

    assert normalize_email(normal) == normal


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("water", "Water the PLANTS"),
        ("strasse", "Hauptstra\N{LATIN SMALL LETTER SHARP S}e"),
        ("\N{GREEK SMALL LETTER FINAL SIGMA}", "\N{GREEK CAPITAL LETTER SIGMA}"),
        ("fi", "\N{LATIN SMALL LIGATURE FI}"),
        ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "CAFE\N{COMBINING ACUTE ACCENT}"),
    ],
)
def test_a_search_finds_whatever_the_case_and_the_form(search: str, found: str) -> None:
    assert fold_for_search(search) in fold_for_search(found)


def test_a_search_does_not_run_over_from_one_part_into_the_next() -> None:
    assert fold_for_search("ab") not in fold_for_search("a", "b")


@given(text())
def test_folding_again_finds_the_same(written: str) -> None:
    assert fold_for_search(fold_for_search(written)) == fold_for_search(written)
