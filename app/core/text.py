"""Normal forms of text that is compared."""

import unicodedata


def normalize_email(address: str) -> str:
    """The form in which addresses are kept and compared: NFKC, lower case, no space around.

    Mail systems in use take the local part without regard to case; keeping ``A@x`` and ``a@x`` apart
    would only let somebody pass for somebody else.
    """
    return unicodedata.normalize("NFKC", address).strip().lower()


def normalize_password(password: str) -> str:
    """NFC, as RFC 8265 has it: keyboards differ in how they compose the same accented letter."""
    return unicodedata.normalize("NFC", password)


def fold_for_search(*parts: str) -> str:
    """Text in the form that searching compares: NFKC and case-folded, parts on lines of their own.

    Databases fold case differently (SQLite: ASCII only), so we fold before they see it. Folding may
    take letters with accents apart, so they are put together again.
    """
    folded = unicodedata.normalize("NFKC", "\n".join(parts)).casefold()
    return unicodedata.normalize("NFKC", folded)
