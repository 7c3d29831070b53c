"""``python -m commands.verify_ledger``: finds whatever was put out of order, and nothing else."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.session import Database, Transaction
from app.services.verification import VerificationService
from commands.verify_ledger import verify_ledger
from tests.commands.ledger_checks import (
    ACTIVITY,
    COUNTER,
    ENTRY,
    PLAYER,
    TWICE,
    WITHOUT,
    check_spoilt,
    find_differences,
    spoil,
)
from tests.support.databases import SQLITE
from tests.support.game import add_player, dump_state
from tests.support.service import Learner, Service


@pytest.fixture
async def learner(service: Service) -> Learner:
    """Somebody with a streak of two days, and an undone completion that was done again."""
    learner = await service.learner("ada@example.org")
    await play_two_days(service, learner)
    await play_two_days(service, await service.learner("bob@example.org"))
    return learner


async def play_two_days(service: Service, learner: Learner) -> None:
    """Activities: 1 done, 2 undone, 3 done again, 4 another task, 5 a third one on the next day."""
    tasks = [(await learner.create_task())["id"] for _ in range(3)]
    for path in ("complete", "undo", "complete"):
        await learner.post(f"/tasks/{tasks[0]}/{path}")
    await learner.post(f"/tasks/{tasks[1]}/complete")
    service.clock.advance(days=1)
    learner.client = service.client(await service.open_session(learner.id))
    await learner.post(f"/tasks/{tasks[2]}/complete")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (PLAYER.format("xp = xp + 1"), [("XP", "30", "31")]),
        (PLAYER.format("gold = gold - 1"), [("gold", "6", "5")]),
        (PLAYER.format("streak = 9"), [("streak", "2", "9")]),
        (PLAYER.format("longest_streak = 9"), [("longest streak", "2", "9")]),
        (PLAYER.format("streak_freezes = 1"), [("streak freezes", "0", "1")]),
        (
            PLAYER.format("last_on = '2026-03-09'"),
            [("last active on", "2026-03-03", "2026-03-09")],
        ),
        (
            PLAYER.format("last_at = NULL"),
            [("last active at", "2026-03-03 12:00:00+00:00", "None")],
        ),
        (PLAYER.format("hearts = 6"), [("hearts", "5", "6")]),
        (PLAYER.format("hearts = -1"), [("hearts", "5", "-1")]),
        (COUNTER.format("value = 29", "xp_earned"), [("counter xp_earned", "30", "29")]),
        (
            COUNTER.format("metric = 'reviews_done'", "xp_earned"),
            [("counter reviews_done", "0", "30"), ("counter xp_earned", "30", "0")],
        ),
        (
            "DELETE FROM player_counters WHERE user_id = :me",
            [("counter tasks_completed", "3", "0"), ("counter xp_earned", "30", "0")],
        ),
    ],
)
async def test_what_is_kept_is_compared_with_the_books(
    service: Service, learner: Learner, statement: str, expected: list[tuple[str, str, str]]
) -> None:
    await spoil(service.parts.database, statement, learner.id)
    assert await find_differences(service.parts.database) == [
        (learner.id, *found) for found in expected
    ]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (ENTRY.format("round = 5", 4), {"entry {4}"}),
        (ENTRY.format("xp = xp - 1", 2), {"reversal {2}", "XP"}),
        (ENTRY.format("gold = gold - 1", 2), {"reversal {2}", "gold"}),
        (ENTRY.format("round = 1", 2), {"reversal {2}"}),
        (ENTRY.format("reason = 'task_completed'", 2), {"reversal {2}"}),
        (ENTRY.format("activity_sequence = 4", 2), {"reversal {2}"}),
        (ENTRY.format("reverses_id = NULL, round = 7", 2),
         {"entry {2}", "reversal {2}", "entry {1} of an undone activity", TWICE.format(1),
          "counter xp_earned"}),
        (WITHOUT.format(2),
         {"entry {1} of an undone activity", TWICE.format(1), "XP", "gold", "counter xp_earned"}),
        (WITHOUT.format(5), {"paid activity 5", "XP", "gold", "counter xp_earned"}),
        (ENTRY.format("source_id = (SELECT source_id FROM activities WHERE user_id = :me "
                      "AND sequence = 4)", 3),
         {TWICE.format(4), "entry {3}"}),
        (ACTIVITY.format("paid = false", 4), {"entry {4}"}),
        (ACTIVITY.format("paid = false", 5),
         {"entry {5}", "streak", "longest streak", "last active on", "last active at"}),
        (ACTIVITY.format("source_id = 'other'", 2), {"undo 2", "entry {3}"}),
        (ACTIVITY.format("kind = 'task_completed'", 2), {"undo 2", "entry {3}"}),
        (ACTIVITY.format("kind = 'undone'", 4), {"undo 4", "counter tasks_completed"}),
        ("INSERT INTO activities (user_id, sequence, kind, source_type, source_id, paid, "
         "freezes_gained, occurred_at, local_on, zone, day_starts_at, rules_version, facts) "
         "SELECT user_id, 7, 'adjustment', source_type, 'x', false, 0, occurred_at, local_on, zone, "
         "day_starts_at, 1, facts FROM activities WHERE user_id = :me AND sequence = 5",
         {"activities up to 7"}),
        ("DELETE FROM players WHERE user_id = :me", {"account {me}"}),
    ],
)  # fmt: skip
async def test_the_books_are_compared_with_themselves(
    service: Service, learner: Learner, statement: str, expected: set[str]
) -> None:
    await check_spoilt(service.parts.database, learner.id, statement, expected)


async def test_a_debt_comes_from_an_undo_alone(service: Service) -> None:
    learner = await service.learner()
    await spoil(service.parts.database, PLAYER.format("gold = -1"), learner.id)
    assert await find_differences(service.parts.database) == [
        (learner.id, "debt", "an undo that left it", "none"),
        (learner.id, "gold", "0", "-1"),
    ]


async def test_xp_below_zero_is_no_level(
    connection: AsyncConnection, database: Database, transaction: Transaction
) -> None:
    """The database refuses it by itself, unless somebody told it not to."""
    on_sqlite = connection.dialect.name == SQLITE
    without_check = "PRAGMA ignore_check_constraints = {}"
    if not on_sqlite:
        without_check = "ALTER TABLE players DROP CONSTRAINT ck_players_xp_not_negative"
    await connection.execute(text(without_check.format("ON")))
    user_id = await add_player(transaction.uow)
    await connection.execute(text("UPDATE players SET xp = -1"))
    checked = [part async for part in VerificationService(database).check()]
    found = {difference.what for part in checked for difference in part.differences}
    if on_sqlite:
        await connection.execute(text(without_check.format("OFF")))
    assert found == {"XP", "level"}
    assert {difference.user_id for difference in checked[0].differences} == {user_id}


@pytest.mark.parametrize("chunk", [1, 2, 3])
async def test_chunks_leave_nobody_out(service: Service, chunk: int) -> None:
    learners = [await service.learner(f"{n}@example.org") for n in range(3)]
    for learner in learners:
        await spoil(service.parts.database, PLAYER.format("xp = 1"), learner.id)
    parts = [part async for part in VerificationService(service.parts.database).check(chunk)]
    assert sum(part.players for part in parts) == 3
    found = [difference.user_id for part in parts for difference in part.differences]
    assert found == [learner.id for learner in learners]


async def test_a_sound_game_is_clean_and_is_left_as_it_is(
    service: Service, learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await dump_state(service.parts.database)
    assert await verify_ledger(service.parts.settings, as_json=False) == 0
    assert capsys.readouterr().out == "2 players checked, 0 differences found\n"
    assert await dump_state(service.parts.database) == before


async def test_each_difference_is_a_line(
    service: Service, learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    await spoil(service.parts.database, PLAYER.format("xp = 31, gold = 5"), learner.id)
    assert await verify_ledger(service.parts.settings, as_json=False) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"user {learner.id}: XP: expected 30, found 31",
        f"user {learner.id}: gold: expected 6, found 5",
        "2 players checked, 2 differences found",
    ]


async def test_json_has_each_difference(
    service: Service, learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    await spoil(service.parts.database, PLAYER.format("xp = 31"), learner.id)
    assert await verify_ledger(service.parts.settings, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {
        "players": 2,
        "differences": [{"user_id": learner.id, "what": "XP", "expected": "30", "found": "31"}],
    }
