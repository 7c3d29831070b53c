"""Registering."""

import json
from typing import Any

import httpx
import pytest

from tests.api.account_steps import (
    EMAIL,
    count_rows,
    log_in,
    open_tokens,
    register,
)
from tests.api.task_steps import check_refusal
from tests.support.hash_spy import watch_hashes
from tests.support.service import PASSWORD, Service

ACCOUNT_FIELDS = {
    "id", "email", "display_name", "timezone", "day_starts_at", "role",
    "is_active", "is_superuser", "is_verified", "created_at", "updated_at",
}  # fmt: skip


async def test_a_new_account_is_a_learner_without_rights(service: Service) -> None:
    answer = await register(service.client(), display_name=" Ada ", timezone="Europe/Berlin")
    assert answer.status_code == 201
    account = answer.json()
    assert account["email"] == EMAIL
    assert (account["display_name"], account["timezone"]) == ("Ada", "Europe/Berlin")
    assert (account["role"], account["day_starts_at"]) == ("learner", 0)
    assert (account["is_active"], account["is_superuser"], account["is_verified"]) == (
        True, False, False,
    )  # fmt: skip


async def test_the_answer_holds_no_secret(service: Service) -> None:
    answer = await register(service.client())
    assert set(answer.json()) == ACCOUNT_FIELDS
    assert "argon2" not in answer.text
    assert PASSWORD not in answer.text


async def test_a_new_account_has_a_player(service: Service) -> None:
    await register(service.client())
    client = service.client((await open_tokens(service))["access_token"])
    profile = (await client.get("/game/profile")).json()
    assert (profile["xp"], profile["gold"], profile["level"], profile["streak"]) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    "spelling",
    [
        EMAIL, "ADA@Example.ORG", "\uff41\uff44\uff41@example.org", " ada@example.org ",
        "ada@example\u3002org", "Ada L <ada@example.org>",
    ],
)  # fmt: skip
async def test_a_taken_address_is_refused_in_every_spelling(
    service: Service, spelling: str
) -> None:
    await register(service.client())
    refusal = check_refusal(
        await register(service.client(), spelling), 400, "REGISTER_USER_ALREADY_EXISTS"
    )
    assert refusal["detail"] == "REGISTER_USER_ALREADY_EXISTS"
    assert await count_rows(service, "users") == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "ADA@Example.ORG", "ada@xn--bcher-kva.example", "ada@B\u00dcCHER.example",
        "\uff41da@example\u3002org", "o\u2024neil@example.org", "Ada L <ada@example.org>",
    ],
)  # fmt: skip
async def test_what_registered_can_log_in(service: Service, spelling: str) -> None:
    assert (await register(service.client(), spelling)).status_code == 201
    assert (await log_in(service.client(), spelling)).status_code == 200


@pytest.mark.parametrize(
    "email",
    [
        "a\uff20b@example.org",  # a full-width @, which the normal form makes a real one
        "\uff08a@example.org",
        "\ufdfa" * 60 + "@example.org",  # 72 characters that become 1,092
        "ada\x00@example.org", "ada", "", "@", "ada@", "ada@[127.0.0.1]", f"{'x' * 250}@example.org",
    ],
)  # fmt: skip
async def test_what_is_no_address_in_its_normal_form_is_refused(
    service: Service, email: str
) -> None:
    check_refusal(await register(service.client(), email), 422, "validation_error")
    assert await count_rows(service, "users") == 0


@pytest.mark.parametrize(
    ("password", "email"),
    [
        ("nine char", EMAIL),
        ("x" * 129, EMAIL),
        ("x" * 4096, EMAIL),
        ("1234567890", EMAIL),
        ("AbraCadabra", EMAIL),
        (EMAIL, EMAIL),
        (" ADA@example.org", EMAIL),
        ("Ada.Lovelace", "ada.lovelace@example.org"),
    ],
)
async def test_a_weak_password_is_refused_with_the_reason(
    service: Service, password: str, email: str
) -> None:
    refusal = check_refusal(
        await register(service.client(), email, password), 400, "REGISTER_INVALID_PASSWORD"
    )
    assert refusal["detail"]["code"] == "REGISTER_INVALID_PASSWORD"
    assert refusal["detail"]["reason"].startswith("The password ")
    assert await count_rows(service, "users") == 0


@pytest.mark.parametrize("password", ["ten chars!", "\U0001f9d9" * 128, " spaces around "])
async def test_any_composition_will_do(service: Service, password: str) -> None:
    assert (await register(service.client(), EMAIL, password)).status_code == 201
    assert (await log_in(service.client(), EMAIL, password)).status_code == 200


async def test_the_same_password_from_another_keyboard_is_the_same(service: Service) -> None:
    await register(service.client(), EMAIL, "caf\u00e9 \u00fcber alles")
    typed = "cafe\u0301 u\u0308ber alles"
    assert (await log_in(service.client(), EMAIL, typed)).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("is_superuser", True), ("is_verified", True), ("is_active", False), ("role", "admin"),
        ("xp", 1000), ("gold", 1000), ("user_id", 1), ("id", 1), ("hashed_password", "x"),
        ("kept_session", None),
    ],
)  # fmt: skip
async def test_fields_that_are_not_for_learners_are_refused(
    service: Service, field: str, value: Any
) -> None:
    check_refusal(await register(service.client(), **{field: value}), 422, "validation_error")
    assert await count_rows(service, "users") == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Olympus"), ("timezone", "europe/berlin"), ("timezone", "../etc/passwd"),
        ("timezone", ""), ("timezone", "x" * 5000), ("timezone", None), ("timezone", "UTC\x00"),
        ("day_starts_at", 24), ("day_starts_at", -1), ("day_starts_at", "1"), ("day_starts_at", True),
        ("day_starts_at", 1.5), ("day_starts_at", None), ("day_starts_at", 2**70),
        ("display_name", "x" * 51), ("display_name", None), ("display_name", "a\x00b"),
        ("email", None), ("email", 7), ("email", [EMAIL]), ("password", None), ("password", 7),
        ("password", "a nul \x00 inside"),
    ],
)  # fmt: skip
async def test_values_that_make_no_sense_are_refused(
    service: Service, field: str, value: Any
) -> None:
    body = {"email": EMAIL, "password": PASSWORD, field: value}
    answer = await service.client().post("/auth/register", json=body)
    assert check_refusal(answer, 422, "validation_error")["errors"][0]["loc"] == ["body", field]
    assert await count_rows(service, "users") == 0


@pytest.mark.parametrize("field", ["email", "password", "display_name", "timezone"])
async def test_a_lone_surrogate_is_refused(service: Service, field: str) -> None:
    body = {"email": EMAIL, "password": PASSWORD, field: "a lone \ud800@example.org"}
    answer = await service.client().post(
        "/auth/register",
        content=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize("length", [4097, 1_000_000])
async def test_an_endless_password_is_not_hashed(
    service: Service, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    hashes = watch_hashes(service, monkeypatch)
    check_refusal(await register(service.client(), EMAIL, "x" * length), 422, "validation_error")
    assert hashes.calls == 0


async def test_a_weak_password_is_not_hashed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = watch_hashes(service, monkeypatch)
    for password in ("short", "x" * 129, EMAIL):
        assert (await register(service.client(), EMAIL, password)).status_code == 400
    assert hashes.calls == 0


async def test_a_taken_address_takes_a_hash_all_the_same(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.add_user()
    hashes = watch_hashes(service, monkeypatch)
    assert (await register(service.client())).status_code == 400
    assert hashes.calls == 1


async def test_a_network_address_registers_a_hundred_an_hour(service: Service) -> None:
    async def try_one() -> httpx.Response:
        return await register(service.client(), password="short")

    for _ in range(100):
        assert (await try_one()).status_code == 400
    service.clock.advance(minutes=40)
    refusal = await try_one()
    check_refusal(refusal, 429, "too_many_attempts")
    assert refusal.headers["Retry-After"] == "1200"
    service.clock.advance(minutes=20)
    assert (await try_one()).status_code == 400
