"""Quests under parallel calls: one row and one activity, however many accept at once."""

import asyncio
from collections import Counter

import pytest

from app.db.session import Database
from app.game.rules import RULES
from tests.api.quest_steps import POOL, abandon, accept, do_tasks, read_quests
from tests.services.game_table import find_differences
from tests.support.clock import START
from tests.support.quests import (
    add_quests,
    list_choices,
    list_progress,
    quest_row,
    split_pool,
)
from tests.support.service import Learner, Service


@pytest.fixture
async def ada(service: Service) -> Learner:
    return await service.learner()


@pytest.fixture
def database(service: Service) -> Database:
    return service.parts.database


@pytest.mark.parametrize("cadence", ["once", "weekly"])
async def test_accepting_at_once_accepts_once(
    ada: Learner, database: Database, cadence: str
) -> None:
    await add_quests(database, quest_row("story", cadence))
    answers = await asyncio.gather(*(accept(ada, "story") for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {200: 20}
    assert len({answer.content for answer in answers}) == 1
    (row,) = await list_progress(database, ada.id)
    (choice,) = await list_choices(database, ada.id)
    assert row.accepted_sequence == choice.sequence == 1


async def test_abandoning_a_daily_quest_at_once_abandons_it_once(
    ada: Learner, database: Database
) -> None:
    await add_quests(database, *(quest_row(key, "daily") for key in POOL))
    mine, _others = split_pool(ada.id, START.date(), POOL)
    answers = await asyncio.gather(*(abandon(ada, mine[0]) for _ in range(20)))
    assert {answer.json()["status"] for answer in answers} == {"abandoned"}
    assert len(await list_progress(database, ada.id)) == 1
    assert len(await list_choices(database, ada.id)) == 1


async def test_no_more_are_accepted_at_once_than_may_be(ada: Learner, database: Database) -> None:
    most = RULES.max_accepted_quests
    keys = [f"once-{number}" for number in range(most + 10)]
    await add_quests(database, *(quest_row(key) for key in keys))
    answers = await asyncio.gather(*(accept(ada, key) for key in keys))
    assert Counter(answer.status_code for answer in answers) == {200: most, 409: 10}
    assert len(await list_progress(database, ada.id)) == most
    assert [choice.sequence for choice in await list_choices(database, ada.id)] == [
        *range(1, most + 1)
    ]


async def test_any_mix_at_once_leaves_what_its_last_choice_says(
    ada: Learner, database: Database
) -> None:
    """With completions in between, which move the same rows."""
    keys = ["first", "second", "third"]
    await add_quests(
        database,
        *(quest_row(key, target=1000) for key in keys),
        *(quest_row(key, "daily", target=1000) for key in POOL),
    )
    for _ in range(3):
        await asyncio.gather(
            *(act(ada, key) for key in keys for act in (accept, abandon, accept)),
            *(do_tasks(ada) for _ in range(4)),
        )
    quests = await read_quests(ada)
    choices = {choice.source_id: choice for choice in await list_choices(database, ada.id)}
    for row in await list_progress(database, ada.id):
        if row.quest_key in keys:
            last = choices[row.quest_key]
            status = "active" if last.kind == "quest_accepted" else "abandoned"
            assert (row.status, row.accepted_sequence) == (status, last.sequence)
            assert quests[row.quest_key]["status"] == status
    assert await find_differences(database) == []
