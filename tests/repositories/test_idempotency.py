"""Claiming keys and keeping answers."""

from datetime import timedelta

from app.core.limits import IDEMPOTENCY_KEY_SECONDS
from app.db.models import IdempotencyKey
from app.db.session import Transaction
from app.db.unit_of_work import UnitOfWork
from tests.support.clock import START
from tests.support.game import add_player

FIRST, OTHER = b"1" * 32, b"2" * 32
KEPT = timedelta(seconds=IDEMPOTENCY_KEY_SECONDS)


async def claim(
    uow: UnitOfWork, user_id: int, key: str = "key", later: timedelta = timedelta()
) -> IdempotencyKey | None:
    now = START + later
    return await uow.idempotency.claim(user_id, key, FIRST, now, now - KEPT)


async def test_the_first_gets_the_key(transaction: Transaction) -> None:
    user_id = await add_player(transaction.uow)

    assert await claim(transaction.uow, user_id) is None


async def test_the_second_gets_what_the_first_left(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await claim(uow, user_id)
    await uow.idempotency.keep_answer(user_id, "key", 201, '{"location": "/x"}', b"\x00body")

    kept = await uow.idempotency.claim(user_id, "key", OTHER, START, START - KEPT)

    assert kept is not None
    assert (kept.fingerprint, kept.status, kept.headers, kept.body) == (
        FIRST, 201, '{"location": "/x"}', b"\x00body",
    )  # fmt: skip


async def test_keys_belong_to_users_and_differ_by_case(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    other_id = await add_player(uow, "eve@example.org")
    await claim(uow, user_id)

    assert await claim(uow, other_id) is None
    assert await claim(uow, user_id, "KEY") is None
    assert await claim(uow, user_id) is not None


async def test_a_key_is_kept_for_just_a_day(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await claim(uow, user_id)

    assert await claim(uow, user_id, later=KEPT) is not None
    assert await claim(uow, user_id, later=KEPT + timedelta(microseconds=1)) is None


async def test_a_key_that_is_claimed_anew_holds_no_old_answer(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await claim(uow, user_id)
    await uow.idempotency.keep_answer(user_id, "key", 201, "{}", b"old")
    await claim(uow, user_id, later=2 * KEPT)

    kept = await claim(uow, user_id, later=2 * KEPT)

    assert kept is not None
    assert (kept.status, kept.headers, kept.body) == (None, None, None)
    assert kept.created_at == START + 2 * KEPT


async def test_an_answer_is_kept_for_its_own_key_alone(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    await claim(uow, user_id)
    await claim(uow, user_id, "other")

    await uow.idempotency.keep_answer(user_id, "key", 200, "{}", b"mine")

    other = await claim(uow, user_id, "other")
    assert other is not None
    assert other.body is None


async def test_erasing_frees_the_keys_of_one_user(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    other_id = await add_player(uow, "eve@example.org")
    for owner in (user_id, other_id):
        await claim(uow, owner)

    await uow.idempotency.erase(user_id)

    assert await claim(uow, user_id) is None
    assert await claim(uow, other_id) is not None


async def test_purging_takes_what_is_older_and_counts_it(transaction: Transaction) -> None:
    uow = transaction.uow
    user_id = await add_player(uow)
    for minutes in (0, 1, 2):
        await claim(uow, user_id, str(minutes), later=timedelta(minutes=minutes))

    assert await uow.idempotency.purge(START + timedelta(minutes=2), 9) == 2
    assert await claim(uow, user_id, "0") is None
    assert await claim(uow, user_id, "2") is not None
