"""The settings of other issuers: what each stands for, and what stops the start."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.config import Settings, SettingsError, load_settings
from tests.support.issuers import SECRET, SUPABASE, SUPABASE_AUDIENCE

OWN_KEYS = {
    "ACCESS_SECRET_KEY": "Zk3tqWm8Vn1xRb6yLc0pHd5sJf9gAe2u",
    "RESET_PASSWORD_SECRET_KEY": "Qw7eRt1yUi4oPa8sDf2gHj5kLz9xCv3b",
    "VERIFICATION_SECRET_KEY": "Mn6bVc3xZl9kJh2gFd5sAp8oIu1yTr4e",
}
SHARED: dict[str, Any] = {"issuer": "https://a.example", "audience": "us", "secret": SECRET}
PUBLIC: dict[str, Any] = {
    "issuer": SUPABASE,
    "audience": SUPABASE_AUDIENCE,
    "jwks_url": f"{SUPABASE}/.well-known/jwks.json",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test, and no ``.env``."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **environment: Any) -> Settings:
    """The settings that an environment gives; what is no text is written as JSON."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value if isinstance(value, str) else json.dumps(value))
    return load_settings()


def refuse(monkeypatch: pytest.MonkeyPatch, **environment: Any) -> str:
    """The one line that such an environment is refused with."""
    with pytest.raises(SettingsError) as refusal:
        load(monkeypatch, **environment)
    line = str(refusal.value)
    assert "\n" not in line
    assert SECRET not in line
    assert "hunter2" not in line
    return line


def test_nobody_is_trusted_without_being_told() -> None:
    assert load_settings().issuers == ()


def test_any_number_may_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, EXTERNAL_ISSUERS=[SHARED, PUBLIC])

    shared, public = settings.issuers
    assert (shared.issuer, shared.audience, shared.secret_text) == (
        "https://a.example",
        "us",
        SECRET,
    )
    assert shared.allowed_algorithms == ("HS256",)
    assert (public.jwks_url, public.secret_text) == (PUBLIC["jwks_url"], None)
    assert public.allowed_algorithms == ("EdDSA", "ES256")


def test_algorithms_may_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, EXTERNAL_ISSUERS=[{**PUBLIC, "algorithms": ["RS256"]}])

    assert settings.issuers[0].allowed_algorithms == ("RS256",)


@pytest.mark.parametrize("address", ["https://play.example.org", "https://play.example.org/"])
def test_better_auth_needs_its_address_alone(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    (issuer,) = load(monkeypatch, BETTER_AUTH_URL=address).issuers

    assert issuer.issuer == issuer.audience == "https://play.example.org"
    assert issuer.jwks_url == "https://play.example.org/api/auth/jwks"
    assert "EdDSA" in issuer.allowed_algorithms


def test_better_auth_may_share_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    (issuer,) = load(
        monkeypatch, BETTER_AUTH_URL="http://localhost:3000", BETTER_AUTH_SECRET=SECRET
    ).issuers

    assert issuer.issuer == issuer.audience == "http://localhost:3000"
    assert (issuer.secret_text, issuer.jwks_url) == (SECRET, None)
    assert issuer.allowed_algorithms == ("HS256",)


def test_better_auth_stands_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, BETTER_AUTH_URL="https://b.example", EXTERNAL_ISSUERS=[SHARED])

    assert [each.issuer for each in settings.issuers] == ["https://b.example", "https://a.example"]


@pytest.mark.parametrize(
    ("issuers", "line"),
    [
        ("hunter2", "EXTERNAL_ISSUERS: should be a JSON list such as"),
        ("{}", "EXTERNAL_ISSUERS: should be a JSON list such as"),
        ("[" * 5000, "EXTERNAL_ISSUERS: should be a JSON list such as"),
        ([1], "EXTERNAL_ISSUERS.0: should be a valid dictionary"),
        ([PUBLIC, {"issuer": "a"}], "EXTERNAL_ISSUERS.1.audience: Field required"),
        ([{**SHARED, "secret": "hunter2"}], "EXTERNAL_ISSUERS.0.secret: should have at least 32"),
        ([{**SHARED, "secret": "x" * 31}], "EXTERNAL_ISSUERS.0.secret: should have at least 32"),
        ([{**SHARED, "jwks_url": "https://a.example"}], "should have either secret or jwks_url"),
        ([{"issuer": "a", "audience": "b"}], "should have either secret or jwks_url"),
        ([{**PUBLIC, "algorithms": ["HS256"]}], "HS256 and the like with secret, and only there"),
        ([{**PUBLIC, "algorithms": ["ES256", "HS256"]}], "with secret, and only there"),
        ([{**SHARED, "algorithms": ["HS256", "RS256"]}], "with secret, and only there"),
        ([{**SHARED, "algorithms": ["none"]}], "EXTERNAL_ISSUERS.0.algorithms.0: should be 'HS256'"),
        ([{**PUBLIC, "jwks_url": "ftp://hunter2"}], "jwks_url: should be an address such as"),
        ([{**PUBLIC, "jwks_url": "file:///etc/passwd"}], "jwks_url: should be an address such as"),
        ([{**PUBLIC, "jwks_url": "https://u:hunter2@a.example"}], "should be an address such as"),
        ([{**PUBLIC, "jwks_url": f"https://a.example/{'x' * 300}"}], "should be an address such as"),
        ([{**SHARED, "issuer": ""}], "EXTERNAL_ISSUERS.0.issuer: String should have at least 1"),
        ([{**SHARED, "issuer": "x" * 256}], "EXTERNAL_ISSUERS.0.issuer: String should have at most"),
        ([{**SHARED, "audience": "a\nb"}], "EXTERNAL_ISSUERS.0.audience: should be one line"),
        ([{**SHARED, "emails_verified": "yes"}], "EXTERNAL_ISSUERS.0.emails_verified: should be"),
        ([{**SHARED, "verify": False}], "EXTERNAL_ISSUERS.0.verify: Extra inputs"),
        ([{**SHARED, "issuer": "questboard"}], "no issuer should be questboard, which we are"),
        ([SHARED, {**PUBLIC, "issuer": "https://a.example"}], "each issuer should be listed once"),
        ([{**SHARED, "issuer": str(n)} for n in range(21)], "should have at most 20 items"),
    ],
)  # fmt: skip
def test_a_wrong_list_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, issuers: Any, line: str
) -> None:
    assert line in refuse(monkeypatch, EXTERNAL_ISSUERS=issuers)


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"BETTER_AUTH_SECRET": SECRET}, "BETTER_AUTH_URL: should be Better Auth's base address"),
        ({"BETTER_AUTH_URL": "hunter2"}, "BETTER_AUTH_URL: should be an address such as"),
        ({"BETTER_AUTH_URL": "https://b.example", "BETTER_AUTH_SECRET": "hunter2"},
         "BETTER_AUTH_SECRET: should have at least 32 bytes"),
        ({"BETTER_AUTH_URL": "https://a.example", "EXTERNAL_ISSUERS": [SHARED]},
         "each issuer should be listed once, BETTER_AUTH_URL included"),
        ({"EXTERNAL_ISSUERS": [SHARED], "ACCESS_SECRET_KEY": SECRET}, "one of this service's own"),
        ({"EXTERNAL_ISSUERS": [SHARED], "VERIFICATION_SECRET_KEY": SECRET}, "this service's own"),
        ({"BETTER_AUTH_URL": "https://b.example", "BETTER_AUTH_SECRET": SECRET,
          "RESET_PASSWORD_SECRET_KEY": SECRET}, "one of this service's own"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, Any], line: str
) -> None:
    assert line in refuse(monkeypatch, **environment)


@pytest.mark.parametrize(
    ("issuer", "line"),
    [
        ({**PUBLIC, "jwks_url": "http://a.example/jwks"}, "should begin with https://"),
        ({**SHARED, "secret": "x" * 40}, "should be a random text of its own"),
        ({**SHARED, "secret": "better-auth-secret-12345678901234567890"}, "a random text"),
        ({**SHARED, "secret": "super-secret-jwt-token-with-at-least-32-characters-long"}, "a random text"),
    ],
)  # fmt: skip
def test_production_takes_less(
    monkeypatch: pytest.MonkeyPatch, issuer: dict[str, Any], line: str
) -> None:
    load(monkeypatch, EXTERNAL_ISSUERS=[issuer])

    assert line in refuse(monkeypatch, ENVIRONMENT="production", **OWN_KEYS)


@pytest.mark.parametrize(
    "url", ["https://a.example/jwks", "http://localhost:3000/jwks", "http://[::1]:3000/jwks"]
)
def test_production_takes_keys_over_https_or_from_this_machine(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    issuers = [{**PUBLIC, "jwks_url": url}]

    settings = load(monkeypatch, ENVIRONMENT="production", EXTERNAL_ISSUERS=issuers, **OWN_KEYS)

    assert settings.issuers[0].jwks_url == url


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        EXTERNAL_ISSUERS=[SHARED],
        BETTER_AUTH_URL="https://b.example",
        BETTER_AUTH_SECRET=SECRET,
    )

    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.issuers!r}"
