"""Pausing: how a learner rests for some days without losing the streak."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.pause import (
    Pauses,
    begin_pause,
    count_used_days,
    end_pause,
    find_pause,
    measure_longest,
)
from app.game.rules import RULES
from app.services.pause_errors import PauseUsedUpError
from app.services.play import PlayService
from app.services.player_mapping import read_pauses
from app.services.principal import Principal
from app.services.turn import Turn


@dataclass(frozen=True, slots=True)
class PauseView:
    """See ``app.schemas.pause.PauseRead`` for what the fields mean to clients."""

    paused: bool
    from_on: date | None
    until_on: date | None
    days_used_this_year: int
    days_left_this_year: int


class PauseReadService:
    """Shows the pause."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal) -> PauseView:
        """The caller's pause as it is today.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        today = principal.calendar.day_of(self._clock.now())
        found = await self._uow.players.get_with_reviews(principal.user_id, today)
        if found is None:
            raise UnauthenticatedError
        return _show(read_pauses(found.pauses), today)


class PauseService:
    """Sets and ends the pause."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._play = PlayService(uow, clock)

    async def set(self, principal: Principal, days: int) -> PauseView:
        """Pause for so many days from today on; a running pause ends then instead.

        What would change nothing is not recorded, nor is a refusal.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            PauseUsedUpError: fewer days are left in a year that the pause touches.
        """
        turn = await self._play.begin(principal)
        pauses = read_pauses(turn.player.pauses)
        longest = measure_longest(pauses, turn.today, RULES)
        if days > longest:
            raise PauseUsedUpError(members={"max_days": longest})
        until_on = turn.today + timedelta(days=days - 1)
        if begin_pause(pauses, turn.today, until_on, RULES) != pauses:
            await self._play.pause(turn, days)
        return _show_turn(turn)

    async def end(self, principal: Principal) -> PauseView:
        """Rest no longer. Without a pause that changes nothing, and is not recorded.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        turn = await self._play.begin(principal)
        pauses = read_pauses(turn.player.pauses)
        if end_pause(pauses, turn.today) != pauses:
            await self._play.resume(turn)
        return _show_turn(turn)


def _show_turn(turn: Turn) -> PauseView:
    return _show(read_pauses(turn.player.pauses), turn.today)


def _show(pauses: Pauses, today: date) -> PauseView:
    pause = find_pause(pauses, today)
    used = count_used_days(pauses, today.year)
    return PauseView(
        paused=pause is not None,
        from_on=None if pause is None else pause.from_on,
        until_on=None if pause is None else pause.until_on,
        days_used_this_year=used,
        days_left_this_year=max(0, RULES.pause_days_per_year - used),
    )
