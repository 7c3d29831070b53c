"""Hearts: what a learner may still get wrong. They grow back with time: computed, not scheduled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.game.rules import Rules


@dataclass(frozen=True, slots=True)
class Hearts:
    """Hearts as last written, and the UTC instant from which regrowth counts (None when full)."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HeartsNow:
    """Hearts as they are at some instant, and the UTC instant of the next one (None when full)."""

    count: int
    next_at: datetime | None


def regrow_hearts(hearts: Hearts, now: datetime, rules: Rules) -> HeartsNow:
    """Add one heart for each whole regrowth period, never above the greatest number held.

    A clock that went back takes no heart away. Raises ValueError when hearts are missing and
    `since` does not say from when they grow back.
    """
    if hearts.count >= rules.max_hearts:
        return HeartsNow(rules.max_hearts, None)
    if hearts.since is None:
        raise ValueError("missing hearts need an instant from which they grow back")
    period = timedelta(hours=rules.heart_regrowth_hours)
    grown = max(0, (now - hearts.since) // period)
    count = hearts.count + grown
    if count >= rules.max_hearts:
        return HeartsNow(rules.max_hearts, None)
    return HeartsNow(count, hearts.since + (grown + 1) * period)


def change_hearts(hearts: Hearts, change: int, now: datetime, rules: Rules) -> Hearts:
    """Give hearts (or take them, below 0), never beyond none and the greatest number held.

    Time that already went towards the next heart is not lost by it. A change of 0 writes nothing.
    """
    if change == 0:
        return hearts
    present = regrow_hearts(hearts, now, rules)
    count = min(max(0, present.count + change), rules.max_hearts)
    if count == rules.max_hearts:
        return Hearts(count, None)
    if present.next_at is None:
        return Hearts(count, now)
    return Hearts(count, present.next_at - timedelta(hours=rules.heart_regrowth_hours))


def derive_hearts(changes: Iterable[tuple[datetime, int]], rules: Rules) -> Hearts:
    """The hearts that a history of changes gives, each with its instant, in sequence order."""
    hearts = Hearts(rules.max_hearts, None)
    for at, change in changes:
        hearts = change_hearts(hearts, change, at, rules)
    return hearts
