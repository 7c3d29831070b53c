"""Whose tokens are taken besides our own: the settings of external issuers, checked at the start."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_settings import NoDecode

MINIMUM_SECRET_BYTES = 32
"""HMAC-SHA256 keys should be at least as long as the hash (RFC 7518, section 3.2)."""

MAX_NAME_LENGTH = 255
"""Of an issuer, an audience and a subject."""

OWN_ISSUER = "questboard"
"""What our own tokens say that they are from: nobody else may."""

BETTER_AUTH_KEYS = "/api/auth/jwks"
"""Where Better Auth has its keys, below its base address."""

Algorithm = Literal[
    "HS256",
    "HS384",
    "HS512",
    "EdDSA",
    "ES256",
    "ES384",
    "ES512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
]

_SHARED = ("HS256",)
_PUBLIC = ("EdDSA", "ES256")
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_MAX_ISSUERS = 20
_LEAST_DIFFERENT_CHARACTERS = 10
_PUBLISHED = ("better-auth-secret-1234", "super-secret-jwt-token-with-at-least-32")
"""The secrets that Better Auth and Supabase come with: everybody knows them."""

_list = TypeAdapter[list[Any]](list[Any])


def split_web_address(value: str) -> SplitResult | None:
    """The parts of an http or https address without a user; None if it is none."""
    try:
        parts = urlsplit(value)
        is_whole = parts.port != 0 and bool(parts.hostname) and not parts.username
    except ValueError:
        return None
    return parts if is_whole and parts.scheme in {"http", "https"} else None


def check_secret(value: SecretStr | None) -> SecretStr | None:
    """Refuse a secret that is shorter than the hash: it could be guessed from a single token."""
    if value is not None and len(value.get_secret_value().encode()) < MINIMUM_SECRET_BYTES:
        raise ValueError(f"should have at least {MINIMUM_SECRET_BYTES} bytes")
    return value


def check_address(value: str | None) -> str | None:
    """Refuse what is no address."""
    if value is not None and (len(value) > MAX_NAME_LENGTH or split_web_address(value) is None):
        raise ValueError("should be an address such as https://auth.example.org")
    return value


def _check_name(value: str) -> str:
    if not value.isprintable():
        raise ValueError("should be one line of visible characters")
    return value


Name = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_NAME_LENGTH), AfterValidator(_check_name)
]


class ExternalIssuer(BaseModel):
    """One system whose tokens count here.

    ``issuer`` and ``audience`` are its tokens' ``iss`` and ``aud``, to the letter. It signs either with
    a ``secret`` that both know, or with keys whose public halves stand at ``jwks_url``.
    ``emails_verified`` says that it gives nobody a token before the address is confirmed; without it
    only a token counts that says so itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Name
    audience: Name
    secret: Annotated[SecretStr | None, AfterValidator(check_secret)] = None
    jwks_url: Annotated[str | None, AfterValidator(check_address)] = None
    algorithms: Annotated[tuple[Algorithm, ...], Field(max_length=11)] = ()
    emails_verified: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def refuse_mixed_keys(self) -> "ExternalIssuer":
        """A public key taken for an HMAC secret would let everybody sign."""
        if (self.secret is None) == (self.jwks_url is None):
            raise ValueError("should have either secret or jwks_url")
        shared = [name.startswith("HS") for name in self.algorithms]
        if any(shared) if self.secret is None else not all(shared):
            raise ValueError("algorithms should be HS256 and the like with secret, and only there")
        return self

    @property
    def allowed_algorithms(self) -> Collection[str]:
        """What its tokens may be signed with."""
        return self.algorithms or (_SHARED if self.secret is not None else _PUBLIC)

    @property
    def secret_text(self) -> str | None:
        """The shared secret."""
        return None if self.secret is None else self.secret.get_secret_value()


def _read_list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return _list.validate_json(value, strict=True)
    except ValidationError:
        raise ValueError(
            'should be a JSON list such as [{"issuer": "https://auth.example.org",'
            ' "audience": "questboard", "jwks_url": "https://auth.example.org/jwks"}]'
        ) from None


ExternalIssuers = Annotated[
    tuple[ExternalIssuer, ...],
    NoDecode,
    BeforeValidator(_read_list),
    Field(max_length=_MAX_ISSUERS),
]


def better_auth_issuer(url: str, secret: SecretStr | None) -> ExternalIssuer:
    """Better Auth as it comes: ``iss`` and ``aud`` are its base address; keys of its own, or a secret."""
    name = url.rstrip("/")
    return ExternalIssuer(
        issuer=name,
        audience=name,
        secret=secret,
        jwks_url=None if secret is not None else f"{name}{BETTER_AUTH_KEYS}",
    )


def refuse_confusion(issuers: Iterable[ExternalIssuer], own_keys: Collection[str]) -> None:
    """Hold issuers apart from one another, and from us.

    Raises:
        ValueError: two have one name, one has ours, or one could sign tokens of ours.
    """
    names = Counter(issuer.issuer for issuer in issuers)
    if OWN_ISSUER in names:
        raise ValueError(f"EXTERNAL_ISSUERS: no issuer should be {OWN_ISSUER}, which we are")
    if any(count > 1 for count in names.values()):
        raise ValueError(
            "EXTERNAL_ISSUERS: each issuer should be listed once, BETTER_AUTH_URL included"
        )
    if any(issuer.secret_text in own_keys for issuer in issuers):
        raise ValueError(
            "EXTERNAL_ISSUERS: no secret should be one of this service's own, nor should"
            " BETTER_AUTH_SECRET"
        )


def refuse_careless(issuers: Iterable[ExternalIssuer]) -> None:
    """What production demands: no secret that is public, no keys that come unprotected.

    Raises:
        ValueError: one has either.
    """
    for issuer in issuers:
        if issuer.secret_text is not None and _is_plain(issuer.secret_text):
            raise ValueError(
                "EXTERNAL_ISSUERS: in production each secret, BETTER_AUTH_SECRET included, should be"
                " a random text of its own"
            )
        if issuer.jwks_url is not None and not _is_protected(issuer.jwks_url):
            raise ValueError(
                "EXTERNAL_ISSUERS: in production each jwks_url, and BETTER_AUTH_URL, should begin"
                " with https://"
            )


def _is_plain(secret: str) -> bool:
    few = len(set(secret)) < _LEAST_DIFFERENT_CHARACTERS
    return few or any(text in secret for text in _PUBLISHED)


def _is_protected(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in _LOCAL
