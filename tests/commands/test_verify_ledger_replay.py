"""``verify_ledger --replay``: finds what the sums of the books do not show."""

import json

import pytest
from sqlalchemy import select

from app.db.models import ActivityRow
from app.db.session import Database
from commands.verify_ledger import main, verify_ledger
from tests.commands.ledger_checks import find_differences, spoil
from tests.commands.whole_game import Game, play_whole_game
from tests.services.test_replay_sequences import find_replayed
from tests.support.clock import FakeClock
from tests.support.service import Service

ENTRY = "UPDATE reward_entries SET {} WHERE user_id = :me AND activity_sequence = {} AND {}"
PLAYER = "UPDATE players SET {} WHERE user_id = :me"
COUNTER = "UPDATE player_counters SET value = value + {} WHERE user_id = :me AND metric = '{}'"
ACTIVITY = "UPDATE activities SET {} WHERE user_id = :me AND sequence = {}"
MILESTONE = "activity 12: entry milestone_reached of week {week}, round 0"
MILESTONE_BACK = "activity 17: entry undo (milestone_reached) of week {week}, round 0"


@pytest.fixture
async def game(database: Database, clock: FakeClock) -> Game:
    return await play_whole_game(database, clock)


async def check(game: Game, statements: list[str], expected: set[str]) -> None:
    for statement in statements:
        await spoil(game.database, statement, game.ada)
    found = await find_replayed(game.database)
    assert {each.what for each in found} == {game.fill_in(what) for what in expected}
    assert {each.user_id for each in found} == {game.ada}


async def test_a_sound_game_is_clean(game: Game) -> None:
    assert await find_replayed(game.database) == []
    assert await find_replayed(game.database, page=3) == []


async def test_an_amount_that_all_sums_agree_with(game: Game) -> None:
    tampered = [
        ENTRY.format("xp = xp + 5", 15, "reason = 'task_completed'"),
        PLAYER.format("xp = xp + 5"),
        COUNTER.format(5, "xp_earned"),
    ]
    for statement in tampered:
        await spoil(game.database, statement, game.ada)
    assert await find_differences(game.database) == []
    entry = game.fill_in("activity 15: entry task_completed of task {last task}, round 0")
    found = {each.what: (each.expected, each.found) for each in await find_replayed(game.database)}
    assert found.keys() == {entry, "XP", "counter xp_earned"}
    assert found[entry] == ("40 XP, 8 gold", "45 XP, 8 gold")


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["DELETE FROM reward_entries WHERE user_id = :me AND activity_sequence IN (12, 17) "
          "AND source_type = 'week' AND reverses_id IS NOT NULL",
          "DELETE FROM reward_entries WHERE user_id = :me AND source_type = 'week'"],
         {MILESTONE, MILESTONE_BACK}),
        ([ENTRY.format("round = 1", 5, "source_type = 'badge' AND source_id = 'slayer'")],
         {"activity 5: entry badge_awarded of badge slayer, round 0",
          "activity 5: entry badge_awarded of badge slayer, round 1"}),
        (["UPDATE quest_progress SET progress = 2 WHERE user_id = :me AND quest_key = 'three'"],
         {"quest three"}),
        (["DELETE FROM quest_progress WHERE user_id = :me AND quest_key = 'weekly-xp'"],
         {"quest weekly-xp/2026-03-02"}),
        (["INSERT INTO badge_awards (user_id, badge_key, badge_id, awarded_at, activity_sequence) "
          "SELECT user_id, 'more-tasks', badge_id, awarded_at, 15 FROM badge_awards "
          "WHERE user_id = :me AND badge_key = 'tasks'"],
         {"badge more-tasks"}),
        (["UPDATE badge_awards SET activity_sequence = 6 WHERE user_id = :me "
          "AND badge_key = 'slayer'"], {"badge slayer"}),
        ([COUNTER.format(1, "bosses_defeated")], {"counter bosses_defeated"}),
        (["UPDATE boss_battles SET damage = 61 WHERE user_id = :me AND week_id IS NOT NULL"],
         {"boss_battle week/{week}"}),
        (["UPDATE boss_battles SET xp = 51 WHERE user_id = :me AND hp = 120"],
         {"boss_battle {ogre}"}),
        (["UPDATE challenge_members SET finished_sequence = 6 WHERE user_id = :me"],
         {"challenge {challenge}"}),
        ([PLAYER.format("hearts = 5")], {"hearts"}),
        ([PLAYER.format("streak = 9, longest_streak = 9")], {"streak", "longest streak"}),
        ([ACTIVITY.format("freezes_gained = 1", 13)], {"activity 13: freezes"}),
        ([ACTIVITY.format("damage = 45", 14)], {"activity 14: damage"}),
        ([ACTIVITY.format("local_on = '2026-03-03'", 13)], {"activity 13: local date"}),
        ([ACTIVITY.format("facts = '{\"difficulty\": \"easy\"}'", 25)],
         {"activity 25: damage of boss_battle {ogre}"}),
    ],
)  # fmt: skip
async def test_what_was_tampered_with_is_found(
    game: Game, statements: list[str], expected: set[str]
) -> None:
    await check(game, statements, expected)


@pytest.mark.parametrize(
    ("changes", "kind", "found"),
    [
        ("kind = 'adjustment'", "adjustment", "'adjustment' is not a valid ActivityKind"),
        ("facts = '{}'", "quest_accepted", "there is no quest three of revision None"),
        ("kind = 'task_completed'", "task_completed", "a completed task has a difficulty"),
        ("zone = 'Mars/Olympus'", "quest_accepted",
         "none or an unknown one for 'No time zone found with key Mars/Olympus'"),
    ],
)  # fmt: skip
async def test_what_the_rules_do_not_allow(game: Game, changes: str, kind: str, found: str) -> None:
    await spoil(game.database, ACTIVITY.format(changes, 1), game.ada)
    first = (await find_replayed(game.database))[0]
    assert (first.user_id, first.what, first.found) == (game.ada, f"activity 1: {kind}", found)


async def test_an_undo_of_an_undo(game: Game) -> None:
    again = (
        "INSERT INTO activities (user_id, sequence, kind, source_type, source_id, undoes, paid, "
        "freezes_gained, occurred_at, local_on, zone, day_starts_at, rules_version, facts) SELECT "
        "user_id, 26, kind, source_type, source_id, 17, paid, 0, occurred_at, local_on, zone, 0, 1, "
        "facts FROM activities WHERE user_id = :me AND sequence = 17"
    )
    await spoil(game.database, again, game.ada)
    (found,) = await find_replayed(game.database)
    assert (found.what, found.found) == ("activity 26: undone", "undone cannot be undone")


async def test_the_party_may_be_gone(game: Game) -> None:
    """What its boss paid is then known by the entry alone."""
    mine = "(SELECT party_id FROM party_members WHERE user_id = :me)"
    await spoil(game.database, f"DELETE FROM parties WHERE id IN {mine}", game.ada)
    assert await find_replayed(game.database) == []


async def test_histories_from_before_there_were_facts_of_stages(game: Game) -> None:
    """The entries say then which weeks were complete."""
    async with game.database.writing() as transaction:
        session = transaction.uow._session
        for row in await session.scalars(
            select(ActivityRow).where(ActivityRow.user_id == game.ada)
        ):
            row.facts = {name: fact for name, fact in row.facts.items() if name != "stages"}
        await session.flush()
        await transaction.commit()
    assert await find_replayed(game.database) == []


async def test_the_command_replays(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    learner = await service.learner("ada@example.org")
    task = await learner.create_task()
    await learner.post(f"/tasks/{task['id']}/complete")
    settings = service.parts.settings
    assert await verify_ledger(settings, as_json=False, replay=True) == 0
    assert capsys.readouterr().out == "1 players checked, 0 differences found\n"
    await spoil(service.parts.database, PLAYER.format("gold = gold + 1"), learner.id)
    assert await verify_ledger(settings, as_json=True, replay=True) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "players": 1,
        "differences": [
            {"user_id": learner.id, "what": "gold", "expected": "2", "found": "3"},
        ],
    }


def test_the_option_is_read(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main(["--replay", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"players": 0, "differences": []}


def test_the_help_says_what_is_taken_as_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    assert "Taken as recorded" in capsys.readouterr().out
