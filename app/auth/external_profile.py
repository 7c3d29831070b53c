"""What of a token's claims becomes part of an account, cleaned and bounded: nobody checked it for us."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from app.schemas.users import DisplayName, Email

NOWHERE = "external.invalid"
"""Where no mail can be sent to (RFC 2606), and nobody can register."""

_MAX_NAME = 50
_LONGEST_RAW = 500
_email = TypeAdapter[str](Email)
_name = TypeAdapter[str](DisplayName)


def make_placeholder() -> str:
    """An address for an account that has none. It is random: nobody can take it beforehand."""
    return f"{uuid4().hex}@{NOWHERE}"


def is_placeholder(address: str) -> bool:
    """Whether the address stands for none."""
    return address.endswith(f"@{NOWHERE}")


def read_email(profile: Mapping[str, Any], *, trusted: bool) -> str | None:
    """The address that the issuer has verified, in our normal form; None if there is none.

    That it is verified, the token itself says (``email_verified`` of OpenID Connect, ``emailVerified`` of
    Better Auth), or the operator (``trusted``). What Supabase writes into ``user_metadata`` its users may
    change, so it does not count.
    """
    verified = profile.get("email_verified") is True or profile.get("emailVerified") is True
    address = profile.get("email")
    if not isinstance(address, str) or not (verified or trusted):
        return None
    try:
        return _email.validate_python(address)
    except ValidationError:
        return None


def read_display_name(profile: Mapping[str, Any]) -> str:
    """The first name that can be shown, cut to our length; empty without any."""
    for candidate in _list_names(profile):
        printable = "".join(
            character if character.isprintable() else " " for character in candidate[:_LONGEST_RAW]
        )
        name = unicodedata.normalize("NFC", " ".join(printable.split()))[:_MAX_NAME]
        try:
            return _name.validate_python(name)
        except ValidationError:
            continue
    return ""


def _list_names(profile: Mapping[str, Any]) -> Iterator[str]:
    metadata = profile.get("user_metadata")
    # Users choose their names themselves, here as well: this may come from where they write.
    further = metadata if isinstance(metadata, dict) else {}
    for name in (profile.get("name"), further.get("name"), further.get("full_name")):
        if isinstance(name, str):
            yield name
