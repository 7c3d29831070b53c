"""Many first XP of a week at the same time: groups are filled exactly."""

import asyncio
import random
from datetime import timedelta

from tests.support.clock import START
from tests.support.service import Service
from tests.support.standings import add_players, list_groups, read_scores, record, record_all

NEXT_WEEK = START + timedelta(days=7)


async def test_sixty_join_at_once(service: Service) -> None:
    database = service.parts.database
    players = await add_players(database, 60)
    await asyncio.gather(*(record(database, user_id, 10) for user_id in players))
    assert await list_groups(database) == [(1, 30, 30), (1, 30, 30)]
    assert len(await read_scores(database)) == 60


async def test_coming_and_going_at_once_keeps_the_sizes_true(service: Service) -> None:
    database = service.parts.database
    players = await add_players(database, 40)

    async def come_and_go(user_id: int) -> None:
        for xp in (10, -10, 10):
            await record(database, user_id, xp)

    await asyncio.gather(*(come_and_go(user_id) for user_id in players))
    groups = await list_groups(database)
    assert sum(size for _, size, _ in groups) == 40
    assert all(size == members <= 30 for _, size, members in groups)


async def test_fellow_fighters_of_several_tiers_join_without_a_deadlock(
    service: Service,
) -> None:
    """Parties whose bosses fall at once. Of the first week's groups of 30, 30 and 20 go up 7, 7 and 5."""
    database = service.parts.database
    players = await add_players(database, 80)
    await record_all(database, {user_id: 10 + n for n, user_id in enumerate(players)})
    shuffled = random.Random(4).sample(players, len(players))
    parties = [shuffled[start : start + 8] for start in range(0, 80, 8)]
    await asyncio.gather(
        *(record_all(database, dict.fromkeys(party, 10), NEXT_WEEK) for party in parties)
    )
    groups = (await list_groups(database))[3:]
    assert sorted(groups) == [(1, 1, 1), (1, 30, 30), (1, 30, 30), (2, 19, 19)]
