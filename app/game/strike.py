"""A boss strikes back: at the end of a local day without activity the learner loses a heart."""

from datetime import date, timedelta
from itertools import islice

from app.game.activity import Activity
from app.game.calendar import Calendar
from app.game.hearts import regrow_hearts
from app.game.outcome import Outcome
from app.game.pause import Pauses, is_paused
from app.game.player import Player
from app.game.rules import Rules
from app.game.settlement import settle_unpaid
from app.game.world import World


def list_strikes(
    last_active_on: date,
    today: date,
    pauses: Pauses,
    calendar: Calendar,
    *,
    since: date,
    rules: Rules,
) -> tuple[date, ...]:
    """The local days at whose end a boss strikes, in their order.

    Those are between the last day with any activity and today, not before `since`, when the battle
    began, and neither paused nor skipped by the zone. As for the streak, the last active day is the
    later of the one that was counted and that of the latest activity as the present calendar dates
    it. Only the newest are given: hearts grow back so fast that older strikes leave no trace.
    """
    first = max(last_active_on + timedelta(days=1), since)
    backwards = (today - timedelta(days=n) for n in range(1, (today - first).days + 1))
    struck = (day for day in backwards if calendar.has_day(day) and not is_paused(pauses, day))
    return tuple(reversed(list(islice(struck, rules.max_strikes))))


def strike_player(player: Player, activity: Activity, _world: World, rules: Rules) -> Outcome:
    """Take one heart, if there is one at that instant. It pays nothing."""
    hearts = regrow_hearts(player.hearts, activity.occurred_at, rules).count
    return settle_unpaid(player, activity, rules, counters={}, hearts=-min(1, hearts))
