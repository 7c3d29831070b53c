"""Joining leagues: everybody who has a score gets a place in a group of that week.

The activity that earned the first XP of a week only marks its score as waiting. Places are given by the
job, or before the learner's league is read: the turn that each tier takes would hold up whoever completes
anything on a Monday morning.
"""

from collections.abc import Sequence
from datetime import date

from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.rules import RULES
from app.services.league_results import find_tiers

BATCH = 50
"""How many are locked, and given places, in one transaction."""


async def list_waiting(uow: ReadUnitOfWork) -> tuple[date, Sequence[int]] | None:
    """The oldest week in which somebody waits, and some who do; None if nobody does."""
    found = await uow.scores.list_waiting(BATCH)
    if not found:
        return None
    oldest = found[0].week_on
    return oldest, [row.user_id for row in found if row.week_on == oldest]


async def list_weeks_waited(uow: ReadUnitOfWork, user_id: int) -> Sequence[date]:
    """The weeks in which a learner waits for a place, the oldest first."""
    return await uow.scores.list_weeks_waited(user_id)


class LeagueJoining:
    """Gives places, weeks in order: where a week led decides in which tier the next is played."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def join(self, week_on: date, user_ids: Sequence[int]) -> int:
        """Give places to those who still wait in this week; how many did."""
        await self._uow.players.lock_players(user_ids)
        waiting = sorted(await self._uow.scores.stop_waiting(week_on, user_ids))
        if not waiting:
            return 0
        tiers = await find_tiers(self._uow, waiting, week_on)
        places: list[tuple[int, int, int]] = []
        for tier in sorted(set(tiers.values())):
            # In turn, and turns in order: who held a full group while waiting for the next one to be
            # opened would stand in the way of who opens it.
            await self._uow.leagues.await_turn(week_on, tier)
            places += [
                (user_id, await self._take_place(week_on, tier), tier)
                for user_id in waiting
                if tiers[user_id] == tier
            ]
        await self._uow.leagues.add_members(week_on, places)
        return len(places)

    async def _take_place(self, week_on: date, tier: int) -> int:
        leagues = self._uow.leagues
        group_id = await leagues.take_place(week_on, tier, RULES.league.group_size)
        return group_id or await leagues.open_group(week_on, tier)
