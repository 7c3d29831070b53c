"""A learner's way through everything that the game has, and what its rows are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.db.models import BossBattle, PartyBattle, Week
from app.db.session import Database
from tests.services.lives import World, begin_world
from tests.support.clock import FakeClock


@dataclass
class Game:
    """The world after all that, and names for what its ids are not known before."""

    database: Database
    ada: int
    bob: int
    names: Mapping[str, str]

    def fill_in(self, what: str) -> str:
        for name, value in self.names.items():
            what = what.replace(name, value)
        return what


async def play_whole_game(database: Database, clock: FakeClock) -> Game:
    """Ada and bob are in a party; she alone does something.

    Her activities: 1 the quest ``three`` accepted, 2 ``weekly-xp``, 3 a fight with the imp begun, 4 a
    challenge joined, 5 a hard task that fells the imp, 6-12 the days of the first week with its
    milestone, 13 a fight with the ogre begun, 14 a hard task, a blow at the party's giant, 15 another
    that fells it, 16 the share in that, 17 the undo of the first day, 18 a quiz with a wrong answer,
    19-24 blows of the ogre, 25 a task on the next Monday. What she has of daily quests goes by her id.
    """
    world = await begin_world(database, clock)
    for name, number in [("accept", 0), ("accept", 5), ("fight", 0), ("join", 0)]:
        await world.move(0, name, number)
    clock.advance(hours=2)
    for name, number in [("hard", 0), ("week", 0), ("fight", 1)]:
        await world.move(0, name, number)
    await world.move(1, "fight-together", 0)
    await world.move(0, "hard", 0)
    await world.move(0, "hard", 0)
    await world.move(0, "undo-day", 0)
    await world.move(0, "attempt", 1)
    clock.advance(days=7)
    await world.move(0, "task", 0)
    return Game(
        database,
        world.tables[0].caller.user_id,
        world.tables[1].caller.user_id,
        await _name_rows(world),
    )


async def _name_rows(world: World) -> Mapping[str, str]:
    async with world.database.reading() as uow:
        session = uow._session
        ada = world.tables[0].caller.user_id
        fights = select(BossBattle.id).where(
            BossBattle.user_id == ada, BossBattle.week_id.is_(None)
        )
        imp, ogre = await session.scalars(fights.order_by(BossBattle.id))
        (giant,) = await session.scalars(select(PartyBattle.id))
        week = (await session.scalars(select(Week.id).order_by(Week.id))).first()
    return {
        "{imp}": str(imp),
        "{ogre}": str(ogre),
        "{giant}": str(giant),
        "{week}": str(week),
        "{last task}": str(world.tasks[0][2]),
        "{challenge}": str(world.challenge_id),
    }
