"""Bosses strike back: settled when the player is locked next, in the order of the days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.notices import Notice
from app.db.repositories.history_records import ActivityRecord
from app.db.repositories.player_rows import PlayerRecord
from app.db.repositories.strikes import StrikeFacts
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.play import play
from app.game.rules import RULES
from app.game.strike import list_strikes
from app.game.world import World
from app.services.history_mapping import write_activity
from app.services.outcome_notices import list_notices
from app.services.player_mapping import read_player, write_player
from app.services.turn import Move

_YESTERDAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Exposed:
    """A player, whose row is locked, whom bosses may strike; when the account was made, so far as known."""

    player: PlayerRecord
    calendar: Calendar
    registered_at: datetime | None = None

    def is_spared(self, today: date) -> bool:
        """Whether it is certain, without any look, that no day has gone by without an activity."""
        last_on, registered_at = self.player.last_on, self.registered_at
        if last_on is not None and last_on >= today - _YESTERDAY:
            return True
        return registered_at is not None and self.calendar.day_of(registered_at) >= today


async def settle_strikes(uow: UnitOfWork, exposed: Sequence[Exposed], now: datetime) -> None:
    """Let the bosses strike at the end of each local day that went by without any activity.

    Each strike is an activity of its own, at the instant at which the day ended. What the caller has
    yet to do comes after it. Whoever was rewarded yesterday or later, or registered today, costs
    no statement; all others together as many as one.
    """
    asked = [each for each in exposed if not each.is_spared(each.calendar.day_of(now))]
    if not asked:
        return
    found = await uow.strikes.get_facts([each.player.user_id for each in asked])
    rows: list[ActivityRecord] = []
    told: list[tuple[PlayerRecord, Sequence[Notice]]] = []
    for each in asked:
        facts = found[each.player.user_id]
        days = _list_days(facts, each.player, each.calendar, each.calendar.day_of(now))
        if days:
            blows, notices = _strike(each.player, each.calendar, days, facts.last_sequence)
            rows += blows
            told.append((each.player, notices))
    if rows:
        await uow.activities.add_all(rows)
        await uow.notifications.add_all(told, now)
        await uow.players.save_all([player for player, _ in told])


def _list_days(
    facts: StrikeFacts, player: PlayerRecord, calendar: Calendar, today: date
) -> Sequence[date]:
    begun = [at for at in (facts.alone_since, facts.together_since) if at is not None]
    if not begun:
        return ()
    since = calendar.day_of(min(begun))
    settled = [day for day in (facts.last_on, _read_day(facts.last_strike)) if day is not None]
    if facts.last_at is not None:
        # What was done may have another date where the learner is now.
        settled.append(calendar.day_of(facts.last_at))
    return list_strikes(
        max(settled, default=since - _YESTERDAY),
        today,
        read_player(player).streak.pauses,
        calendar,
        since=since,
        rules=RULES,
    )


def _read_day(source_id: str | None) -> date | None:
    return None if source_id is None else date.fromisoformat(source_id)


def _strike(
    player: PlayerRecord, calendar: Calendar, days: Sequence[date], last_sequence: int
) -> tuple[Sequence[ActivityRecord], Sequence[Notice]]:
    """Play the strikes of these days on the player: what to record, and what to tell."""
    rows: list[ActivityRecord] = []
    notices: list[Notice] = []
    for sequence, day in enumerate(days, last_sequence + 1):
        source = Source(SourceType.STRIKE, day.isoformat())
        activity = Activity(ActivityKind.STRUCK, source, calendar.end_of(day), calendar)
        outcome = play(read_player(player), activity, World(sequence=sequence))
        write_player(outcome.player, player)
        rows.append(write_activity(player.user_id, Move(activity, sequence), outcome))
        notices += list_notices(activity, outcome)
    return rows, notices
