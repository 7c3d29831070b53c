"""The XP of the week, and with the first of it the league."""

from collections.abc import Iterable
from datetime import date, datetime

from app.core.tables import Visibility
from app.db.models import Player as PlayerRow
from app.db.unit_of_work import UnitOfWork
from app.game.rules import RULES
from app.game.week import week_of
from app.services.league_results import find_tiers


class Scoring:
    """Keeps weekly scores. The caller holds the locks of the players concerned.

    League groups are locked last (the published order of locks): after this nothing else is.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def record(self, player: PlayerRow, xp: int, now: datetime) -> None:
        """Add XP, or take some off (below 0), to the player's score of the week of ``now``.

        The first XP of a week joins the league; when nothing is left, the score is erased and the
        league left, as if nothing had been.
        """
        if xp < 0:
            await self._take_off(player.user_id, week_of(now), -xp)
        else:
            await self.record_gains([(player, xp)], now)

    async def record_gains(self, gains: Iterable[tuple[PlayerRow, int]], now: datetime) -> None:
        """Add XP to the scores of several players.

        One transaction makes one such call for all of them: it takes the locks of groups in order.
        """
        week_on = week_of(now)
        scores = {
            player.user_id: (xp, player.visibility != Visibility.HIDDEN)
            for player, xp in gains
            if xp > 0
        }
        if not scores:
            return
        totals = await self._uow.scores.add(week_on, scores)
        newcomers = [user_id for user_id, (xp, _) in scores.items() if totals[user_id] == xp]
        if newcomers:
            await self._join(newcomers, week_on)

    async def _take_off(self, user_id: int, week_on: date, xp: int) -> None:
        left = await self._uow.scores.take_off(user_id, week_on, xp)
        if left == 0:
            await self._uow.scores.erase(user_id, week_on)
            await self._uow.leagues.leave(user_id, week_on)

    async def _join(self, user_ids: list[int], week_on: date) -> None:
        """Give places to users who have none in this week yet."""
        tiers = await find_tiers(self._uow, user_ids, week_on)
        places: list[tuple[int, int, int]] = []
        for tier in sorted(set(tiers.values())):
            # In turn, and turns in order: who held a full group while waiting for the next one to be
            # opened would stand in the way of who opens it.
            await self._uow.leagues.await_turn(week_on, tier)
            places += [
                (user_id, await self._take_place(week_on, tier), tier)
                for user_id in user_ids
                if tiers[user_id] == tier
            ]
        await self._uow.leagues.add_members(week_on, places)

    async def _take_place(self, week_on: date, tier: int) -> int:
        leagues = self._uow.leagues
        group_id = await leagues.take_place(week_on, tier, RULES.league.group_size)
        return group_id or await leagues.open_group(week_on, tier)
