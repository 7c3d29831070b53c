"""Between a player's row and the value that the rules work on."""

from collections.abc import Sequence
from datetime import date

from app.db.repositories.player_rows import PlayerFields, PlayerRecord
from app.game.hearts import Hearts
from app.game.pause import Pause, Pauses
from app.game.player import Player
from app.game.rules import RULES
from app.game.streak import Streak


def new_player_row(user_id: int) -> PlayerRecord:
    """The row of somebody who has not done anything yet."""
    return PlayerRecord(
        user_id=user_id,
        xp=0,
        gold=0,
        streak=0,
        longest_streak=0,
        last_at=None,
        last_on=None,
        streak_freezes=0,
        hearts=RULES.max_hearts,
        hearts_since=None,
        pauses=None,
        visibility="shown",
        last_notification=0,
    )


def read_player(row: PlayerFields) -> Player:
    """The value of the row."""
    streak = Streak(
        row.streak,
        row.longest_streak,
        row.last_at,
        row.last_on,
        row.streak_freezes,
        read_pauses(row.pauses),
    )
    return Player(row.xp, row.gold, streak, Hearts(row.hearts, row.hearts_since))


def write_player(player: Player, row: PlayerRecord) -> None:
    """Put the value into the row."""
    row.xp, row.gold = player.xp, player.gold
    row.streak, row.longest_streak = player.streak.count, player.streak.longest
    row.last_at, row.last_on = player.streak.last_at, player.streak.last_on
    row.streak_freezes = player.streak.freezes
    row.pauses = write_pauses(player.streak.pauses)
    row.hearts, row.hearts_since = player.hearts.count, player.hearts.since


def read_pauses(pairs: Sequence[Sequence[str]] | None) -> Pauses:
    """The pauses of the column."""
    return tuple(
        Pause(date.fromisoformat(from_on), date.fromisoformat(until_on))
        for from_on, until_on in pairs or ()
    )


def write_pauses(pauses: Pauses) -> list[list[str]] | None:
    """The pauses as the column keeps them: ISO pairs, and NULL without any."""
    return [[pause.from_on.isoformat(), pause.until_on.isoformat()] for pause in pauses] or None
