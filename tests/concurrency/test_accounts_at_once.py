"""Twenty tabs, twenty thieves: what happens to accounts and sessions at the same moment."""

import asyncio
from collections import Counter
from collections.abc import Iterable

import httpx
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import Passwords
from tests.api.account_steps import (
    EMAIL,
    NEW_PASSWORD,
    WRONG_PASSWORD,
    ask_for_reset,
    ask_for_verification,
    count_rows,
    counts,
    find_account,
    log_in,
    open_tokens,
    refresh,
    register,
    reset_password,
    verify,
)
from tests.support.service import PASSWORD, Service

SPELLINGS = [
    EMAIL, "ADA@EXAMPLE.ORG", "Ada@example.org", "aDA@example.org", "\uff41\uff44\uff41@example.org",
    "\uff21da@Example.Org", " ada@example.org", "ada@example\u3002org", "adA@EXAMPLE.org",
    "Ada L <ada@example.org>",
]  # fmt: skip


def tally(answers: Iterable[httpx.Response]) -> Counter[int]:
    """How often each status was answered."""
    return Counter(answer.status_code for answer in answers)


async def test_of_twenty_registrations_of_one_address_one_succeeds(service: Service) -> None:
    answers = await asyncio.gather(
        *(register(service.client(), spelling) for spelling in SPELLINGS * 2)
    )
    assert tally(answers) == {201: 1, 400: 19}
    codes = {answer.json().get("code") for answer in answers}
    assert codes == {None, "REGISTER_USER_ALREADY_EXISTS"}
    assert (await count_rows(service, "users"), await count_rows(service, "players")) == (1, 1)
    for spelling in SPELLINGS:
        await open_tokens(service, spelling)


async def test_twenty_people_register_at_once(service: Service) -> None:
    answers = await asyncio.gather(
        *(register(service.client(), f"n{number}@example.org") for number in range(20))
    )
    assert tally(answers) == {201: 20}
    assert len({answer.json()["id"] for answer in answers}) == 20


async def test_twenty_changes_to_one_address_give_it_to_one(service: Service) -> None:
    learners = [await service.learner(f"n{number}@example.org") for number in range(20)]
    change = {"email": EMAIL, "current_password": PASSWORD}
    answers = await asyncio.gather(
        *(learner.client.patch("/users/me", json=change) for learner in learners)
    )
    assert tally(answers) == {200: 1, 400: 19}
    await open_tokens(service)


async def test_twenty_refreshes_of_one_token_give_one_successor(service: Service) -> None:
    await service.add_user()
    first = await open_tokens(service)
    answers = await asyncio.gather(*(refresh(service, first["refresh_token"]) for _ in range(20)))
    assert tally(answers) == {200: 20}
    [successor] = {answer.json()["refresh_token"] for answer in answers}
    assert (await refresh(service, successor)).status_code == 200


async def test_a_replay_among_refreshes_leaves_no_session(service: Service) -> None:
    await service.add_user()
    first = await open_tokens(service)
    second = (await refresh(service, first["refresh_token"])).json()
    third = (await refresh(service, second["refresh_token"])).json()
    stolen_and_own = [first["refresh_token"], third["refresh_token"]] * 10
    answers = await asyncio.gather(*(refresh(service, token) for token in stolen_and_own))
    assert tally(answers)[401] >= 10
    for answer in answers:
        if answer.status_code == 200:
            assert not await counts(service, answer.json()["access_token"])
    assert not await counts(service, third["access_token"])


async def test_of_a_hundred_guesses_at_once_ten_are_verified(service: Service) -> None:
    await service.add_user()
    answers = await asyncio.gather(
        *(log_in(service.client(), EMAIL, WRONG_PASSWORD) for _ in range(100))
    )
    assert tally(answers) == {400: 10, 429: 90}


async def test_the_right_guess_among_a_hundred_is_verified_only_in_its_turn(
    service: Service,
) -> None:
    await service.add_user()
    guesses = [WRONG_PASSWORD] * 99 + [PASSWORD]
    answers = await asyncio.gather(*(log_in(service.client(), EMAIL, guess) for guess in guesses))
    assert answers[-1].status_code == 429


async def test_ten_devices_log_in_at_once(service: Service) -> None:
    await service.add_user()
    answers = await asyncio.gather(*(log_in(service.client()) for _ in range(10)))
    assert tally(answers) == {200: 10}
    assert await count_rows(service, "user_sessions") == 10


async def test_devices_that_renew_one_outdated_hash_at_once_all_log_in(service: Service) -> None:
    old = Passwords(Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1))
    await service.add_user(hashed_password=await old.hash(PASSWORD))
    answers = await asyncio.gather(*(log_in(service.client()) for _ in range(8)))
    assert tally(answers) == {200: 8}
    assert "t=1" in (await find_account(service)).hashed_password


async def test_a_reset_token_is_used_once_at_once(service: Service) -> None:
    await service.add_user()
    token = await ask_for_reset(service)
    passwords = [f"the password of try {number}" for number in range(5)]
    answers = await asyncio.gather(
        *(reset_password(service, token, password) for password in passwords)
    )
    assert tally(answers) == {200: 1, 400: 4}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 400} == {
        "RESET_PASSWORD_BAD_TOKEN"
    }
    [winner] = [number for number, answer in enumerate(answers) if answer.status_code == 200]
    await open_tokens(service, password=passwords[winner])


async def test_a_link_that_is_clicked_twice_at_once_verifies(service: Service) -> None:
    await service.add_user()
    token = await ask_for_verification(service)
    answers = await asyncio.gather(*(verify(service, token) for _ in range(5)))
    assert set(tally(answers)) <= {200, 400}
    assert tally(answers)[200] >= 1
    refusals = {answer.json()["code"] for answer in answers if answer.status_code == 400}
    assert refusals <= {"VERIFY_USER_ALREADY_VERIFIED"}


async def test_no_session_of_the_old_password_outlives_a_reset(service: Service) -> None:
    await service.add_user()
    token = await ask_for_reset(service)
    *logins, reset = await asyncio.gather(
        *(log_in(service.client()) for _ in range(8)), reset_password(service, token)
    )
    assert reset.status_code == 200
    assert set(tally(logins)) <= {200, 400}
    for login in logins:
        if login.status_code == 200:
            assert not await counts(service, login.json()["access_token"])
    await open_tokens(service, password=NEW_PASSWORD)


async def test_twenty_creations_with_one_key_make_one_account(service: Service) -> None:
    root = await service.learner("root@example.org", is_superuser=True)
    body = {"email": EMAIL, "password": PASSWORD}
    key = {"Idempotency-Key": "a key"}
    answers = await asyncio.gather(
        *(root.client.post("/users", json=body, headers=key) for _ in range(20))
    )
    assert tally(answers) == {201: 20}
    assert len({answer.content for answer in answers}) == 1
    assert await count_rows(service, "users") == 2


async def test_an_account_that_is_erased_while_it_works_leaves_nothing(service: Service) -> None:
    learner = await service.learner()
    tasks = [await learner.create_task() for _ in range(10)]
    erasing = learner.client.request("DELETE", "/users/me", json={"password": PASSWORD})
    *answers, erased = await asyncio.gather(
        *(learner.client.post(f"/tasks/{task['id']}/complete") for task in tasks),
        *(learner.client.post("/tasks", json={"title": "new"}) for _ in range(5)),
        *(log_in(service.client()) for _ in range(3)),
        erasing,
    )
    assert erased.status_code == 204, erased.text
    assert set(tally(answers)) <= {200, 201, 400, 401, 404}
    for table in ("users", "players", "tasks", "activities", "reward_entries", "user_sessions"):
        assert await count_rows(service, table) == 0
