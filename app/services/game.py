"""The player's profile and ledger."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.core.listing import Page
from app.db.unit_of_work import ReadUnitOfWork
from app.game.calendar import Calendar
from app.game.hearts import regrow_hearts
from app.game.levels import measure_level
from app.game.pause import find_pause
from app.game.player import Player
from app.game.rules import RULES
from app.game.streak import show_streak
from app.services.outcome_view import EntryView, show_entry
from app.services.paging import NEWEST, cut_page, decode_id, encode_cursor
from app.services.player_mapping import read_player
from app.services.principal import Principal

_LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class ProfileView:
    """See ``app.schemas.game.ProfileRead`` for what the fields mean to clients."""

    xp: int
    level: int
    xp_into_level: int
    xp_to_next_level: int
    gold: int
    hearts: int
    max_hearts: int
    next_heart_at: datetime | None
    streak: int
    longest_streak: int
    streak_freezes: int
    daily_reviews: int
    paused_until: date | None
    today: date


class GameService:
    """Shows a player what it has and why. Nothing here writes: what grows by time is computed."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get_profile(self, principal: Principal) -> ProfileView:
        """The player now.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        found = await self._uow.players.get_with_reviews(principal.user_id, today)
        if found is None:
            raise UnauthenticatedError
        return show_profile(read_player(found), found.daily_reviews, principal.calendar, now)

    async def list_ledger(
        self, principal: Principal, limit: int, cursor: str | None
    ) -> Page[EntryView]:
        """A page of the ledger, newest first.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before_id = decode_id(_LEDGER, cursor, NEWEST)
        rows = await self._uow.ledger.list_page(principal.user_id, before_id, limit + 1)
        return cut_page(rows, limit, show_entry, lambda row: encode_cursor(_LEDGER, [row.id]))


def show_profile(
    player: Player, daily_reviews: int, calendar: Calendar, now: datetime
) -> ProfileView:
    """The player as it is now; ``daily_reviews``: the paid ones of today."""
    today = calendar.day_of(now)
    level = measure_level(player.xp, RULES)
    hearts = regrow_hearts(player.hearts, now, RULES)
    pause = find_pause(player.streak.pauses, today)
    return ProfileView(
        xp=player.xp,
        level=level.level,
        xp_into_level=level.xp_into_level,
        xp_to_next_level=level.xp_to_next_level,
        gold=player.gold,
        hearts=hearts.count,
        max_hearts=RULES.max_hearts,
        next_heart_at=hearts.next_at,
        streak=show_streak(player.streak, now, calendar),
        longest_streak=player.streak.longest,
        streak_freezes=player.streak.freezes,
        daily_reviews=daily_reviews,
        paused_until=None if pause is None else pause.until_on,
        today=today,
    )
