"""The XP of the week. With the first of it a learner waits for a place in the league."""

from collections.abc import Iterable
from datetime import date, datetime

from app.core.tables import Visibility
from app.db.models import Player as PlayerRow
from app.db.unit_of_work import UnitOfWork
from app.game.week import week_of


class Scoring:
    """Keeps weekly scores. The caller holds the locks of the players concerned.

    League groups are locked last (the published order of locks): after this nothing else is.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def record(self, player: PlayerRow, xp: int, now: datetime) -> None:
        """Add XP, or take some off (below 0), to the player's score of the week of ``now``.

        When nothing is left, the score is erased and the league left, as if nothing had been.
        """
        if xp < 0:
            await self._take_off(player.user_id, week_of(now), -xp)
        else:
            await self.record_gains([(player, xp)], now)

    async def record_gains(self, gains: Iterable[tuple[PlayerRow, int]], now: datetime) -> None:
        """Add XP to the scores of several players, by one statement."""
        scores = {
            player.user_id: (xp, player.visibility != Visibility.HIDDEN)
            for player, xp in gains
            if xp > 0
        }
        if scores:
            await self._uow.scores.add(week_of(now), scores)

    async def _take_off(self, user_id: int, week_on: date, xp: int) -> None:
        left = await self._uow.scores.take_off(user_id, week_on, xp)
        if left == 0 and await self._uow.scores.erase(user_id, week_on):
            await self._uow.leagues.leave(user_id, week_on)
