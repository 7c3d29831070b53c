"""What an activity is worth to this player, on this day."""

from dataclasses import dataclass

from app.game.activity import Activity
from app.game.player import Player
from app.game.rules import Rules
from app.game.streak import Streak, count_activity


@dataclass(frozen=True, slots=True)
class Rate:
    """The streak with today counted, and the XP bonus that it gives, in per cent."""

    streak: Streak
    bonus_percent: int
    percent: int

    def xp(self, base: int) -> int:
        """XP with the bonus: base * (100 + min(streak, 50)) // 100 (DESIGN, section 3)."""
        return base * (self.percent + self.bonus_percent) // self.percent


def rate_activity(player: Player, activity: Activity, rules: Rules) -> Rate:
    """Count a rewarded activity's day, then take the bonus of the streak as it is after that."""
    streak = count_activity(player.streak, activity.occurred_at, activity.calendar)
    return Rate(streak, min(streak.count, rules.streak_bonus_cap), rules.percent)
