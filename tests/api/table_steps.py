"""Steps that the tests of tables share."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from app.db.models import Challenge, ChallengeMember, Party, PartyMember
from app.db.session import Database
from tests.support.clock import START
from tests.support.service import Learner, Service
from tests.support.standings import record

TABLE = "/game/leaderboard"


async def add_learner(service: Service, name: str, xp: int = 0) -> Learner:
    """Somebody of this name with so much XP of today."""
    learner = await service.learner(f"{name}@example.org", display_name=name)
    if xp:
        await record(service.parts.database, learner.id, xp, service.clock.now())
    return learner


async def list_rows(learner: Learner, path: str = TABLE, **query: Any) -> list[tuple[Any, ...]]:
    """Rank, name and score of a page of a table; a rank about which nobody is sure with a ~."""
    page = await learner.get(path, **query)
    return [
        (f"~{row['rank']}" if row["about"] else row["rank"], row["name"], row["score"])
        for row in page["items"]
    ]


async def list_all(learner: Learner, limit: int, **query: Any) -> list[tuple[Any, ...]]:
    """The same of all pages."""
    rows: list[tuple[Any, ...]] = []
    cursor: dict[str, str] = {}
    while True:
        rows += await list_rows(learner, limit=limit, **query, **cursor)
        found = (await learner.get(TABLE, limit=limit, **query, **cursor))["next_cursor"]
        if found is None:
            return rows
        cursor = {"cursor": found}


async def set_visibility(learner: Learner, visibility: str) -> None:
    answer = await learner.client.patch("/game/privacy", json={"visibility": visibility})
    assert answer.status_code == 200, answer.text


async def add_party(database: Database, *members: int) -> int:
    """A party of these users; gives its id."""
    async with database.writing() as transaction:
        session = transaction.uow._session
        party = Party(name="The Party", leader_id=members[0], created_at=START)
        session.add(party)
        await session.flush()
        rows = [
            {"user_id": user_id, "party_id": party.id, "joined_at": START} for user_id in members
        ]
        await session.execute(insert(PartyMember).values(rows))
        await transaction.commit()
    return party.id


async def add_challenge(
    database: Database,
    progress: Mapping[int, int],
    party_id: int | None = None,
    **fields: Any,
) -> int:
    """A challenge that is under way, with the progress of users; ``fields`` are those of the members."""
    values: dict[str, Any] = {
        "revision": 1, "created_by": None, "title": "Race", "description": "", "course_id": None,
        "metric": "xp_earned", "target": 100, "badge_key": None, "starts_at": START,
        "ends_at": START.replace(year=2030), "closed_at": None, "created_at": START,
        "xp": 0, "gold": 0, "freezes": 0,
    }  # fmt: skip
    member = {
        "joined_at": START, "joined_sequence": 0, "finished_at": None, "finished_sequence": None,
        "left_at": None, "final_rank": None, **fields,
    }  # fmt: skip
    async with database.writing() as transaction:
        session = transaction.uow._session
        challenge = Challenge(party_id=party_id, **values)
        session.add(challenge)
        await session.flush()
        rows = [
            {**member, "user_id": user_id, "challenge_id": challenge.id, "progress": done}
            for user_id, done in progress.items()
        ]
        await session.execute(insert(ChallengeMember).values(rows))
        await transaction.commit()
    return challenge.id
