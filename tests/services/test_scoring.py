"""Weekly scores, and the league that comes with the first XP of a week."""

from datetime import UTC, datetime, timedelta

import pytest

from app.db.session import Database
from app.services.league_results import find_tiers
from tests.support.clock import START
from tests.support.game import dump_state
from tests.support.standings import (
    add_players,
    list_groups,
    read_scores,
    record,
    record_all,
)

WEEK = "2026-03-02"
NEXT_WEEK = START + timedelta(days=7)


async def test_xp_adds_up_in_its_week(database: Database) -> None:
    (ada,) = await add_players(database, 1)
    for xp in (10, 0, 5):
        await record(database, ada, xp)
    await record(database, ada, 7, NEXT_WEEK)
    assert await read_scores(database) == {
        (ada, WEEK): (15, True),
        (ada, "2026-03-09"): (7, True),
    }
    assert await list_groups(database) == [(1, 1, 1), (1, 1, 1)]


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (datetime(2026, 12, 27, 23, 59, 59, 999999, UTC), "2026-12-21"),
        (datetime(2026, 12, 28, tzinfo=UTC), "2026-12-28"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "2026-12-28"),
        (datetime(2027, 1, 3, 23, 59, 59, tzinfo=UTC), "2026-12-28"),
        (datetime(2027, 1, 4, tzinfo=UTC), "2027-01-04"),
    ],
)
async def test_the_week_is_the_iso_week_in_utc(database: Database, at: datetime, week: str) -> None:
    (ada,) = await add_players(database, 1)
    await record(database, ada, 10, at)
    assert list(await read_scores(database)) == [(ada, week)]


async def test_nothing_gained_joins_nothing(database: Database) -> None:
    (ada,) = await add_players(database, 1)
    await record(database, ada, 0)
    await record_all(database, {ada: 0})
    assert (await read_scores(database), await list_groups(database)) == ({}, [])


async def test_taking_all_off_leaves_nothing_behind(database: Database) -> None:
    (ada,) = await add_players(database, 1)
    before = await dump_state(database)
    await record(database, ada, 10)
    await record(database, ada, -10)
    assert await dump_state(database) == before


async def test_what_others_did_meanwhile_stays(database: Database) -> None:
    ada, bob = await add_players(database, 2)
    await record(database, ada, 10)
    await record(database, bob, 20)
    await record(database, ada, -10)
    assert await read_scores(database) == {(bob, WEEK): (20, True)}
    assert await list_groups(database) == [(1, 1, 1)]


async def test_a_score_is_never_below_zero(database: Database) -> None:
    (ada,) = await add_players(database, 1)
    await record(database, ada, -5)
    await record(database, ada, 10)
    await record(database, ada, -4)
    assert await read_scores(database) == {(ada, WEEK): (6, True)}
    await record(database, ada, -60)
    assert (await read_scores(database), await list_groups(database)) == ({}, [])


@pytest.mark.parametrize(
    ("visibility", "shown"), [("shown", True), ("anonymous", True), ("hidden", False)]
)
async def test_a_hidden_learner_is_not_shown(
    database: Database, visibility: str, shown: bool
) -> None:
    (ada,) = await add_players(database, 1, visibility=visibility)
    await record(database, ada, 10)
    assert await read_scores(database) == {(ada, WEEK): (10, shown)}
    assert await list_groups(database) == [(1, 1, 1)]


async def test_groups_are_filled_one_after_the_other(database: Database) -> None:
    for user_id in await add_players(database, 31):
        await record(database, user_id, 10)
    assert await list_groups(database) == [(1, 30, 30), (1, 1, 1)]


async def test_several_join_at_once(database: Database) -> None:
    players = await add_players(database, 65)
    await record(database, players[0], 10)
    await record_all(database, dict.fromkeys(players, 10))
    assert await list_groups(database) == [(1, 30, 30), (1, 30, 30), (1, 5, 5)]
    assert {xp for xp, _ in (await read_scores(database)).values()} == {10, 20}


async def test_a_place_given_free_is_taken_again(database: Database) -> None:
    players = await add_players(database, 32)
    for user_id in players[:31]:
        await record(database, user_id, 10)
    await record(database, players[4], -10)
    await record(database, players[31], 10)
    assert await list_groups(database) == [(1, 30, 30), (1, 1, 1)]


async def test_the_next_league_is_where_the_last_one_led(database: Database) -> None:
    """Of eight the first two go up. Bob stays away for a year, which changes nothing."""
    players = await add_players(database, 8)
    for number, user_id in enumerate(players):
        await record(database, user_id, 100 - number)
    ada, bob, cy = players[:3]
    await record(database, ada, 10, NEXT_WEEK)
    await record(database, cy, 10, NEXT_WEEK)
    assert await list_groups(database) == [(1, 8, 8), (2, 1, 1), (1, 1, 1)]
    year_later = START + timedelta(days=364)
    await record_all(database, dict.fromkeys([ada, bob, cy], 5), year_later)
    assert (await list_groups(database))[3:] == [(1, 1, 1), (2, 2, 2)]


async def test_the_result_that_was_written_is_what_counts(database: Database) -> None:
    (ada,) = await add_players(database, 1)
    await record(database, ada, 10)
    async with database.writing() as transaction:
        leagues = transaction.uow.leagues
        (member,) = (await leagues.list_last([ada], NEXT_WEEK.date())).values()
        await leagues.close_group(member.group_id, NEXT_WEEK)
        await leagues.save_results(member.week_on, [(ada, 1, 1)])
        await transaction.commit()
    async with database.reading() as uow:
        assert await find_tiers(uow, [ada], NEXT_WEEK.date()) == {ada: 2}
