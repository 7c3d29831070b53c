"""Steps and checks that the tests of parties share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import insert, select, update

from app.db.base import Base
from app.db.models import BattleFighter, Party, PartyBattle, PartyMember, Player
from app.db.session import Database
from tests.support.service import Learner, Service

PARTIES = "/game/parties"
MEMBER_FIELDS = {"user_id", "display_name", "level", "streak", "damage", "joined_at"}
NO_TOKEN = "A" * 43
"""Of the right form, and nobody's."""


@dataclass
class Company:
    """A party and its members, the leader first."""

    id: int
    members: list[Learner]

    @property
    def path(self) -> str:
        """Of the party."""
        return f"{PARTIES}/{self.id}"

    @property
    def leader(self) -> Learner:
        """Who founded it."""
        return self.members[0]


async def found_party(
    service: Service, *names: str, name: str = "Night Owls"
) -> tuple[Company, list[Learner]]:
    """A party of learners with these names (ada alone by default), who joined in this order."""
    members = [await service.learner(f"{one}@example.org") for one in names or ("ada",)]
    party = await members[0].post(PARTIES, {"name": name})
    company = Company(party["id"], members)
    for member in members[1:]:
        service.clock.advance(seconds=1)
        await join(company, member)
    return company, members


async def invite(company: Company, who: Learner | None = None, **fields: Any) -> dict[str, Any]:
    """A new invitation, made by the leader unless told otherwise."""
    return await (who or company.leader).post(f"{company.path}/invitations", fields)


async def accept(who: Learner, token: str, **headers: str) -> httpx.Response:
    """Try to join by a token."""
    return await who.client.post(f"/game/party-invitations/{token}/accept", headers=headers)


async def join(company: Company, who: Learner) -> dict[str, Any]:
    """Join by an invitation of the leader's; gives the party."""
    answer = await accept(who, (await invite(company))["token"])
    assert answer.status_code == 200, answer.text
    party: dict[str, Any] = answer.json()
    return party


async def leave(company: Company, who: Learner, member: Learner | None = None) -> httpx.Response:
    """Leave, or remove somebody else."""
    return await who.client.delete(f"{company.path}/members/{(member or who).id}")


async def list_member_ids(company: Company, who: Learner) -> list[int]:
    """Who is in the party, as one of them sees it."""
    return [member["user_id"] for member in (await who.get(company.path))["members"]]


async def add_crowd(service: Service, party_id: int, count: int) -> Sequence[int]:
    """Put so many new learners into a party, without the API; gives their ids."""
    ids = [await service.add_user(f"crowd{party_id}-{n}@example.org") for n in range(count)]
    now = service.clock.now()
    rows = [{"user_id": each, "party_id": party_id, "joined_at": now} for each in ids]
    if rows:
        await execute(service.parts.database, insert(PartyMember), rows)
    return ids


async def begin_battle(service: Service, party_id: int, damage: dict[int, int]) -> int:
    """A running battle of the party in which users dealt this damage; gives its id."""
    values = {
        "party_id": party_id, "boss_id": None, "title": "Hydra", "hp": 1000, "xp": 10, "gold": 1,
        "damage": sum(damage.values()), "strikes_back": False, "started_at": service.clock.now(),
    }  # fmt: skip
    database = service.parts.database
    async with database.writing() as transaction:
        session = transaction.uow._session
        adding = insert(PartyBattle).values(values).returning(PartyBattle.id)
        battle_id: int = (await session.execute(adding)).scalar_one()
        rows = [{"user_id": u, "battle_id": battle_id, "damage": d} for u, d in damage.items()]
        await session.execute(insert(BattleFighter), rows)
        await transaction.commit()
    return battle_id


async def win_battle(service: Service, battle_id: int) -> None:
    """End a battle."""
    statement = update(PartyBattle).where(PartyBattle.id == battle_id)
    await execute(service.parts.database, statement.values(won_at=service.clock.now()))


async def set_player(service: Service, user_id: int, **values: Any) -> None:
    """Write into a player's row."""
    statement = update(Player).where(Player.user_id == user_id)
    await execute(service.parts.database, statement.values(values))


async def execute(database: Database, statement: Any, rows: Any = None) -> None:
    """Run a statement for good."""
    async with database.writing() as transaction:
        await transaction.uow._session.execute(statement, rows)
        await transaction.commit()


async def list_rows(database: Database, model: type[Base]) -> list[tuple[Any, ...]]:
    """All rows of a table."""
    table = Base.metadata.tables[model.__tablename__]
    async with database.engines.reading.connect() as connection:
        rows = await connection.execute(select(table).order_by(*table.primary_key))
        return [tuple(row) for row in rows]


async def check_parties(database: Database) -> dict[int, set[int]]:
    """Every party has 1 to 30 members, its leader among them, nobody is in more than 3; who is where."""
    async with database.engines.reading.connect() as connection:
        found = await connection.execute(select(Party.id, Party.leader_id))
        leaders = {row.id: row.leader_id for row in found}
        members: dict[int, set[int]] = {party_id: set() for party_id in leaders}
        places: dict[int, int] = {}
        for user_id, party_id in await connection.execute(
            select(PartyMember.user_id, PartyMember.party_id)
        ):
            members[party_id].add(user_id)
            places[user_id] = places.get(user_id, 0) + 1
    for party_id, leader_id in leaders.items():
        assert leader_id in members[party_id]
        assert len(members[party_id]) <= 30
    assert max(places.values(), default=0) <= 3
    return members


def joined_at(instant: datetime) -> str:
    """An instant as answers write it."""
    return instant.isoformat().replace("+00:00", "Z")
