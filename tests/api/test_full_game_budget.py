"""What a completion costs a learner who plays everything at once (issue 4: at most 18 statements)."""

from datetime import date

import pytest
from sqlalchemy import insert

from app.db.models import Badge, BossBattle, Party, PartyBattle, PartyMember, Quest
from app.db.models import QuestProgress as Progress
from app.game.daily import choose_daily
from tests.support.clock import START
from tests.support.costs import Cost, cost_on
from tests.support.service import Learner, Service

BUDGET = 18
COST = Cost(18, 14)
REWARD = {"xp": 5, "gold": 1, "freezes": 0}


def quest_row(key: str, cadence: str) -> dict[str, object]:
    return {
        "key": key, "revision": 1, "cadence": cadence, "title": key, "description": "",
        "metric": "tasks_completed", "target": 50, "course_id": None, "min_level": 1,
        "requires_quest": None, "badge_key": None, "created_at": START, "retired_at": None,
        "pool_from": date(2000, 1, 1) if cadence == "daily" else None, "pool_until": None, **REWARD,
    }  # fmt: skip


def badge_row(number: int) -> dict[str, object]:
    return {
        "key": f"badge-{number}", "revision": 1, "family": "many", "tier": 1, "title": "Many",
        "description": "", "metric": "tasks_completed", "target": 1000 + number, "course_id": None,
        "created_at": START, "retired_at": None, **REWARD,
    }  # fmt: skip


def fight_row(hp: int) -> dict[str, object]:
    return {
        "title": "Boss", "hp": hp, "damage": 0, "xp": 10, "gold": 1, "strikes_back": True,
        "started_at": START, "won_at": None, "boss_id": None,
    }  # fmt: skip


async def play_everything(service: Service, learner: Learner, badges: int) -> None:
    """A battle of one's own, ten open goals (three of them daily) and a party's boss."""
    user_id = learner.id
    quests = [quest_row(f"daily-{n}", "daily") for n in range(6)]
    quests += [quest_row(f"once-{n}", "once") for n in range(7)]
    async with service.parts.database.writing() as transaction:
        session = transaction.uow._session
        ids = (
            await session.execute(insert(Quest).values(quests).returning(Quest.id, Quest.key))
        ).all()
        accepted = [
            {
                "user_id": user_id, "quest_key": key, "period_on": date(1, 1, 1),
                "last_on": date(9999, 12, 31), "quest_id": quest_id, "status": "active",
                "progress": 0, "accepted_at": START, "accepted_sequence": 0,
                "finished_at": None, "finished_sequence": None,
            }
            for quest_id, key in ids
            if key.startswith("once")
        ]  # fmt: skip
        await session.execute(insert(Progress).values(accepted))
        if badges:
            await session.execute(insert(Badge).values([badge_row(n) for n in range(badges)]))
        battle = {"user_id": user_id, "week_id": None, "started_sequence": 0, "won_sequence": None}
        await session.execute(insert(BossBattle).values(battle | fight_row(5000)))
        party = (
            await session.execute(
                insert(Party)
                .values(name="Party", leader_id=user_id, created_at=START)
                .returning(Party.id)
            )
        ).scalar_one()
        await session.execute(
            insert(PartyMember).values(user_id=user_id, party_id=party, joined_at=START)
        )
        await session.execute(insert(PartyBattle).values(party_id=party, **fight_row(50_000)))
        await transaction.commit()


@pytest.mark.parametrize("badges", [0, 300])
async def test_a_completion_stays_within_its_budget(
    service: Service, database_kind: str, badges: int
) -> None:
    learner = await service.learner()
    await play_everything(service, learner, badges)
    task = await learner.create_task()

    with service.statements.count() as statements:
        answer = await learner.post(f"/tasks/{task['id']}/complete")

    outcome = answer["outcome"]
    assert len(outcome["quests"]) == 10
    assert [blow["damage"] > 0 for blow in outcome["damage"]] == [True, True]
    expected = cost_on(database_kind, COST)
    assert len(statements) == expected, "\n\n".join(statements)
    assert expected <= BUDGET
    daily = [quest["key"] for quest in outcome["quests"] if quest["key"].startswith("daily")]
    pool = [f"daily-{n}" for n in range(6)]
    assert sorted(daily) == sorted(choose_daily(learner.id, START.date(), pool, 3))
