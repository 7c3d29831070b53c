"""Steps that the tests of bosses share."""

from collections import Counter
from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import ActivityRow, BattleFighter, Boss, PartyBattle
from app.db.session import Database
from tests.support.clock import START
from tests.support.service import Learner, Service

BOSSES = "/game/bosses"


async def add_boss(database: Database, key: str = "hydra", **fields: Any) -> int:
    """Put a boss in force, a personal one unless the fields say otherwise; gives its id."""
    values = {
        "revision": 1,
        "kind": "personal",
        "title": key.capitalize(),
        "description": "It grows two heads for each task left undone.",
        "hp": 100,
        "xp": 150,
        "gold": 40,
        "strikes_back": False,
        "min_level": 1,
        "created_at": START,
        "retired_at": None,
    }
    boss = Boss(key=key, **{**values, **fields})
    async with database.writing() as transaction:
        transaction.uow._session.add(boss)
        await transaction.uow._session.flush()
        await transaction.commit()
    return boss.id


async def add_bosses(service: Service, *, hp: int = 100, strikes_back: bool = False) -> None:
    """Put a personal boss, ``hydra``, and a party's, ``kraken``, in force."""
    database = service.parts.database
    await add_boss(database, hp=hp, strikes_back=strikes_back)
    await add_boss(database, "kraken", kind="party", hp=hp, strikes_back=strikes_back)


async def try_fight(
    who: Learner, key: str = "hydra", party_id: int | None = None
) -> httpx.Response:
    """Try to begin a battle."""
    body = None if party_id is None else {"party_id": party_id}
    return await who.client.post(f"{BOSSES}/{key}/fight", json=body)


async def fight(who: Learner, key: str = "hydra", party_id: int | None = None) -> dict[str, Any]:
    """Begin a battle, one's own or a party's."""
    answer = await try_fight(who, key, party_id)
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    battle: dict[str, Any] = begun["battle"] or begun["party_battle"]
    return battle


async def strike(who: Learner, difficulty: str = "hard") -> int:
    """Complete a new task, which hits every boss; gives the task's id."""
    task = await who.create_task(difficulty=difficulty)
    await who.post(f"/tasks/{task['id']}/complete")
    task_id: int = task["id"]
    return task_id


async def check_party_battles(service: Service) -> None:
    """Every party's battle has the damage that the blows of its fighters add up to, and is won as it
    should be; each fighter of a fallen boss was paid once. Without erased accounts.
    """
    database = service.parts.database
    async with database.reading() as uow:
        battles = (await uow._session.scalars(select(PartyBattle))).all()
        fighters = (await uow._session.scalars(select(BattleFighter))).all()
        activities = (await uow._session.scalars(select(ActivityRow))).all()
    dealt = Counter({(row.battle_id, row.user_id): row.damage for row in fighters})
    assert all(damage > 0 for damage in dealt.values())
    blows: Counter[tuple[int, int]] = Counter()
    for row in activities:
        for kind, number, damage in row.facts.get("blows", []):
            if kind == "party_battle":
                blows[(int(number), row.user_id)] += damage
    assert {key: damage for key, damage in blows.items() if damage} == dealt
    paid = Counter(
        (int(row.source_id), row.user_id)
        for row in activities
        if row.kind == "boss_defeated" and row.source_type == "party_battle"
    )
    won = {battle.id for battle in battles if battle.won_at is not None}
    assert paid == Counter(key for key in dealt if key[0] in won)
    for battle in battles:
        assert battle.damage == sum(dealt[key] for key in dealt if key[0] == battle.id)
        assert (battle.won_at is not None) == (battle.damage == battle.hp)
