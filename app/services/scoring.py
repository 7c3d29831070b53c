"""What an undo takes off the XP of the week. What is earned is added where outcomes are stored."""

from datetime import datetime

from app.db.unit_of_work import UnitOfWork
from app.game.week import week_of


class Scoring:
    """Takes XP off weekly scores. The caller holds the player's lock.

    League groups are locked last (the published order of locks): after this nothing else is.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def take_off(self, user_id: int, xp: int, now: datetime) -> None:
        """Take XP (above 0) off the player's score of the week of ``now``.

        When nothing is left, the score is erased and the league left, as if nothing had been.
        """
        week_on = week_of(now)
        left = await self._uow.scores.take_off(user_id, week_on, xp)
        if left == 0 and await self._uow.scores.erase(user_id, week_on):
            await self._uow.leagues.leave(user_id, week_on)
