"""The verification of goals, battles, badges and scores: each fault is planted and found."""

import pytest
from sqlalchemy import text

from app.db.session import Database
from app.services.verification import VerificationService
from tests.commands.ledger_checks import find_differences, spoil
from tests.commands.whole_game import Game, play_whole_game
from tests.support.clock import FakeClock

QUEST = "UPDATE quest_progress SET {} WHERE user_id = :me AND quest_key = '{}'"
BATTLE = "UPDATE boss_battles SET {} WHERE user_id = :me AND {}"
OF_WEEK, OF_IMP, OF_OGRE = "week_id IS NOT NULL", "hp = 30", "hp = 120"
OF_ADA = "(SELECT party_id FROM party_members WHERE user_id = :me)"
MEMBER = "UPDATE challenge_members SET {} WHERE user_id = :me"
PARTY = "UPDATE party_battles SET {} WHERE party_id IN " + OF_ADA
FIGHTER = "UPDATE battle_fighters SET {} WHERE user_id = :me"
SCORE = "UPDATE weekly_scores SET {} WHERE user_id = :me AND week_on = '2026-03-09'"
ACTIVE = "status = 'active', finished_at = NULL, finished_sequence = NULL, progress = {}"
OPEN = "finished_at = NULL, finished_sequence = NULL, progress = {}"


@pytest.fixture
async def game(database: Database, clock: FakeClock) -> Game:
    return await play_whole_game(database, clock)


async def check(game: Game, statement: str, expected: set[str]) -> None:
    await spoil(game.database, statement, game.ada)
    found = await find_differences(game.database)
    assert {what for _, what, *_ in found} == {game.fill_in(what) for what in expected}
    assert {user_id for user_id, *_ in found} <= {game.ada, None}


async def test_a_sound_game_is_clean(game: Game) -> None:
    assert await find_differences(game.database) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        # completed is what is paid, and the other way round
        (QUEST.format(ACTIVE.format(2), "three"),
         {"payment of quest three", "progress of quest three"}),
        (QUEST.format(ACTIVE.format(3), "three"),
         {"payment of quest three", "progress of quest three"}),
        ("DELETE FROM quest_progress WHERE user_id = :me AND quest_key = 'weekly-xp'",
         {"payment of quest weekly-xp/2026-03-02"}),
        (QUEST.format("period_on = '2026-03-09'", "weekly-xp"),
         {"payment of quest weekly-xp/2026-03-02", "quest weekly-xp/2026-03-09"}),
        ("INSERT INTO quest_progress (user_id, quest_key, period_on, last_on, quest_id, status, "
         "progress, accepted_at, accepted_sequence, finished_at, finished_sequence) SELECT user_id, "
         "'rich', period_on, last_on, quest_id, status, progress, accepted_at, accepted_sequence, "
         "finished_at, 15 FROM quest_progress WHERE user_id = :me AND quest_key = 'three'",
         {"quest rich"}),
        # open ones are as far as what stands
        ("INSERT INTO quest_progress (user_id, quest_key, period_on, last_on, quest_id, status, "
         "progress, accepted_at, accepted_sequence, finished_at, finished_sequence) SELECT user_id, "
         "'new', period_on, last_on, quest_id, 'active', 1, accepted_at, 15, NULL, NULL "
         "FROM quest_progress WHERE user_id = :me AND quest_key = 'three'",
         set()),
        ("INSERT INTO quest_progress (user_id, quest_key, period_on, last_on, quest_id, status, "
         "progress, accepted_at, accepted_sequence, finished_at, finished_sequence) SELECT user_id, "
         "'new', period_on, last_on, quest_id, 'active', 2, accepted_at, 15, NULL, NULL "
         "FROM quest_progress WHERE user_id = :me AND quest_key = 'three'",
         {"progress of quest new"}),
        (MEMBER.format(OPEN.format(70)),
         {"payment of challenge {challenge}", "progress of challenge {challenge}"}),
        ("DELETE FROM challenge_members WHERE user_id = :me", {"payment of challenge {challenge}"}),
    ],
)  # fmt: skip
async def test_goals(game: Game, statement: str, expected: set[str]) -> None:
    await check(game, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (BATTLE.format("damage = 50", OF_WEEK), {"damage of boss_battle week/{week}"}),
        (BATTLE.format("damage = 93", OF_OGRE), {"damage of boss_battle {ogre}"}),
        (BATTLE.format("won_at = NULL", OF_IMP),
         {"damage of boss_battle {imp}", "payment of boss_battle {imp}"}),
        (BATTLE.format("won_sequence = NULL", OF_IMP), {"damage of boss_battle {imp}"}),
        (BATTLE.format("won_at = started_at, won_sequence = 5", OF_OGRE),
         {"damage of boss_battle {ogre}", "boss_battle {ogre}"}),
        (BATTLE.format("started_sequence = 14", OF_OGRE), {"damage of boss_battle {ogre}"}),
        ("DELETE FROM boss_battles WHERE user_id = :me AND hp = 30",
         {"payment of boss_battle {imp}"}),
        ("UPDATE activities SET damage = 11 WHERE user_id = :me AND sequence = 7",
         {"damage of boss_battle week/{week}"}),
    ],
)  # fmt: skip
async def test_battles(game: Game, statement: str, expected: set[str]) -> None:
    await check(game, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM badge_awards WHERE user_id = :me AND badge_key = 'slayer'",
         {"payment of badge slayer"}),
        ("UPDATE badge_awards SET badge_key = 'week' WHERE user_id = :me AND badge_key = 'slayer'",
         {"payment of badge slayer", "badge week"}),
    ],
)  # fmt: skip
async def test_badges(game: Game, statement: str, expected: set[str]) -> None:
    await check(game, statement, expected)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (PARTY.format("damage = 59, won_at = NULL"),
         {"party_battle {giant}", "payment of party_battle {giant}"}),
        (PARTY.format("won_at = NULL"),
         {"party_battle {giant}", "payment of party_battle {giant}"}),
        (PARTY.format("damage = 59"), {"party_battle {giant}"}),
        (FIGHTER.format("damage = 61"), {"party_battle {giant}"}),
        (FIGHTER.format("damage = 59"), set()),
        (FIGHTER.format("damage = 0"), {"payment of party_battle {giant}"}),
        ("DELETE FROM battle_fighters WHERE user_id = :me", {"payment of party_battle {giant}"}),
        # what a party had goes with it
        ("DELETE FROM parties WHERE id IN " + OF_ADA, set()),
    ],
)  # fmt: skip
async def test_battles_of_parties(game: Game, statement: str, expected: set[str]) -> None:
    await check(game, statement, expected)


async def test_every_fighter_is_paid(game: Game) -> None:
    """Who dealt damage and has no share; it is the other learner's difference."""
    await spoil(game.database, "DELETE FROM battle_fighters WHERE user_id = :me", game.ada)
    async with game.database.writing() as transaction:
        await transaction.uow._session.execute(
            text("INSERT INTO battle_fighters SELECT :bob, id, 60 FROM party_battles"),
            {"bob": game.bob},
        )
        await transaction.commit()
    found = {(user_id, what) for user_id, what, *_ in await find_differences(game.database)}
    giant = game.fill_in("party_battle {giant}")
    assert found == {(game.ada, f"payment of {giant}"), (game.bob, giant)}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (SCORE.format("xp = xp + 1"), {"score of the week of 2026-03-09"}),
        (SCORE.format("week_on = '2026-03-16'"),
         {"score of the week of 2026-03-09", "score of the week of 2026-03-16"}),
        ("DELETE FROM weekly_scores WHERE user_id = :me AND week_on = '2026-03-09'",
         {"score of the week of 2026-03-09"}),
        # of the first week only a part may have been counted
        ("UPDATE weekly_scores SET xp = 1 WHERE user_id = :me AND week_on = '2026-03-02'", set()),
    ],
)  # fmt: skip
async def test_scores(game: Game, statement: str, expected: set[str]) -> None:
    await check(game, statement, expected)


async def test_what_is_found_says_what_it_should_be(game: Game) -> None:
    await spoil(game.database, BATTLE.format("damage = 50", OF_WEEK), game.ada)
    await spoil(game.database, SCORE.format("xp = 99"), game.ada)
    await spoil(game.database, PARTY.format("damage = 59"), game.ada)
    parts = [part async for part in VerificationService(game.database).check(chunk=1)]
    found = [
        (each.user_id, each.expected, each.found) for part in parts for each in part.differences
    ]
    assert found == [
        (game.ada, "60", "50, running"),
        (game.ada, "10", "99"),
        (None, "the 60 of its fighters or more, won at 60", "59, won"),
    ]
