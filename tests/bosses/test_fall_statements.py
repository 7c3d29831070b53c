"""How many SQL statements the fall of a party's boss costs, whoever fought; a hundred rows go by one."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import pytest
from sqlalchemy import insert, update

from app.db.models import (
    Badge,
    Challenge,
    ChallengeMember,
    Notification,
    PartyBattle,
    PartyMember,
    Player,
    QuestProgress,
    RewardEntry,
)
from tests.api.test_full_game_budget import badge_row
from tests.parties.party_steps import add_crowd, begin_battle, execute, found_party, list_rows
from tests.support.clock import START
from tests.support.costs import Cost, cost_on
from tests.support.quests import add_quests, quest_row
from tests.support.service import Learner, Service

HP = 1000
BEGUN = START - timedelta(days=3)
FALL = {3: Cost(33, 22), 24: Cost(33, 22), 30: Cost(33, 22)}
"""By the number of fighters. Thirty are paid 120 times and told as much: a hundred rows and twenty more."""
STRIKES = 4
"""What strikes that are due before the fall add to it."""
SHARE = [
    ("boss_defeated", "party_battle"),
    ("quest_completed", "quest"),
    ("badge_awarded", "badge"),
    ("badge_awarded", "badge"),
]
TOLD = ["boss_defeated", "quest_completed", "badge_awarded", "badge_awarded"]


async def define_goals(service: Service, party_id: int, user_ids: Sequence[int]) -> None:
    """A quest and a badge that the fall brings, with a prize, and a race that moves everybody."""
    database = service.parts.database
    won = {"metric": "bosses_defeated", "target": 1}
    await add_quests(database, quest_row("slayer", "daily", badge_key="badge-2", **won))
    badges = [badge_row(1) | won, badge_row(2) | {"metric": None, "target": None}]
    await execute(database, insert(Badge), badges)
    race = {
        "id": 1, "revision": 1, "party_id": party_id, "created_by": None, "title": "Race",
        "description": "", "metric": "xp_earned", "target": 5000, "course_id": None,
        "badge_key": None, "created_at": START, "starts_at": START,
        "ends_at": START + timedelta(days=9), "closed_at": None, "told_up_to": None,
        "xp": 1, "gold": 1, "freezes": 0,
    }  # fmt: skip
    await execute(database, insert(Challenge), [race])
    member = {"challenge_id": 1, "joined_at": START, "joined_sequence": 0, "progress": 0}
    members = [member | {"user_id": user_id} for user_id in user_ids]
    await execute(database, insert(ChallengeMember), members)


async def prepare(service: Service, fighters: int, *, idle: bool) -> tuple[Learner, int]:
    """A party whose boss falls by the next blow of its leader, and the task that deals it."""
    company, (ada,) = await found_party(service)
    user_ids = [ada.id, *await add_crowd(service, company.id, fighters - 1)]
    await define_goals(service, company.id, user_ids)
    await begin_battle(service, company.id, dict.fromkeys(user_ids, HP // fighters - 1))
    if idle:
        strikes_back = update(PartyBattle).values(strikes_back=True, started_at=BEGUN)
        await execute(service.parts.database, strikes_back)
        await execute(service.parts.database, update(PartyMember).values(joined_at=BEGUN))
    else:
        await execute(service.parts.database, update(Player).values(last_on=START.date()))
    task = await ada.create_task(difficulty="hard")
    await service.settle()
    return ada, task["id"]


@pytest.mark.parametrize("idle", [False, True])
@pytest.mark.parametrize("fighters", FALL)
async def test_a_fall_costs_the_same_however_many_fought(
    service: Service, database_kind: str, fighters: int, idle: bool
) -> None:
    """The boss strikes those who did nothing for three days; ada came only today."""
    ada, task_id = await prepare(service, fighters, idle=idle)
    with service.statements.count() as statements:
        answer = await ada.post(f"/tasks/{task_id}/complete")
    assert [blow["defeated"] for blow in answer["outcome"]["damage"]] == [True]
    await check_paid(service, ada, fighters)
    expected = cost_on(database_kind, FALL[fighters]) + (STRIKES if idle else 0)
    assert len(statements) == expected, "\n".join(statements)


async def check_paid(service: Service, striker: Learner, fighters: int) -> None:
    """Each got the same, in the same order, beside what the last blow itself was paid."""
    columns = RewardEntry.__table__.columns.keys()
    entries = [
        dict(zip(columns, row, strict=True))
        for row in await list_rows(service.parts.database, RewardEntry)
    ]
    paid = {
        user_id: [(entry["reason"], entry["source_type"]) for entry in theirs]
        for user_id, theirs in groupby(entries, lambda entry: entry["user_id"])
    }
    assert len(paid) == fighters
    assert paid.pop(striker.id) == [("task_completed", "task"), *SHARE]
    assert list(paid.values()) == [SHARE] * (fighters - 1)
    told: dict[int, list[str]] = {}
    for user_id, _, kind, *_ in await list_rows(service.parts.database, Notification):
        told.setdefault(user_id, []).append(kind)
    told.pop(striker.id)
    assert [kinds[-len(TOLD) :] for kinds in told.values()] == [TOLD] * (fighters - 1)


DAYS = [("Pacific/Kiritimati", 0, 3), ("UTC", 0, 2), ("Pacific/Pago_Pago", 5, 1), ("UTC", 0, 2)]
"""Zones, when the day starts there, and which day of March it is then at ``START``."""


async def test_fighters_with_different_dates_win_the_quests_of_their_own(service: Service) -> None:
    """Whoever strikes: the statement of a date is about those who have it."""
    company, (ada,) = await found_party(service)
    user_ids = [ada.id]
    for zone, hour, _ in DAYS:
        days = {"timezone": zone, "day_starts_at": hour}
        user_ids.append(await service.add_user(f"{len(user_ids)}@example.org", **days))
    await define_goals(service, company.id, user_ids)
    await begin_battle(service, company.id, dict.fromkeys(user_ids, HP // 5 - 1))
    task = await ada.create_task(difficulty="hard")
    await ada.post(f"/tasks/{task['id']}/complete")
    won = await list_rows(service.parts.database, QuestProgress)
    columns = QuestProgress.__table__.columns.keys()
    dates = [dict(zip(columns, row, strict=True)) for row in won]
    assert [(each["period_on"].day, each["status"]) for each in dates] == [
        (day, "completed") for day in (2, *(day for _, _, day in DAYS))
    ]
