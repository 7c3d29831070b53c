"""Setting and ending a pause through the one door."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.calendar import Calendar
from app.game.outcome import Outcome
from app.game.pause import Pause
from app.game.play import play
from app.game.player import Player, new_player
from app.game.rules import RULES
from app.game.streak import count_activity, set_pause
from app.game.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
HOME = Calendar(ZoneInfo("UTC"), 0)
SOURCE = Source(SourceType.PAUSE, "1")
NEW = new_player(RULES)
ACTIVE = replace(NEW, xp=30, gold=4, streak=count_activity(NEW.streak, NOON, HOME))


def pause(player: Player, until_on: date | None, at: datetime = NOON) -> Outcome:
    kind = ActivityKind.PAUSED
    return play(player, Activity(kind, SOURCE, at, HOME, pause_until=until_on), World())


def resume(player: Player, at: datetime = NOON) -> Outcome:
    return play(player, Activity(ActivityKind.RESUMED, SOURCE, at, HOME), World())


def until(days: int) -> date:
    """The last of so many days from today on."""
    return TODAY + timedelta(days=days - 1)


def test_a_pause_moves_nothing_but_the_pauses() -> None:
    outcome = pause(ACTIVE, until(7))
    streak = replace(ACTIVE.streak, pauses=(Pause(TODAY, until(7)),))
    assert outcome.player == replace(ACTIVE, streak=streak)
    assert (outcome.paid, outcome.entries, dict(outcome.counters)) == (False, (), {})
    assert (outcome.streak, outcome.hearts, outcome.freezes) == (1, 0, 0)


def test_a_running_pause_gets_another_end() -> None:
    paused = pause(ACTIVE, until(7)).player
    tomorrow = NOON + timedelta(days=1)
    assert pause(paused, until(3), tomorrow).player.streak.pauses == (Pause(TODAY, until(3)),)
    assert pause(paused, until(30), tomorrow).player.streak.pauses == (Pause(TODAY, until(30)),)
    with pytest.raises(ValueError, match="30 days"):  # one more than the year has
        pause(paused, until(31), tomorrow)


def test_back_again() -> None:
    paused = pause(ACTIVE, until(7)).player
    outcome = resume(paused, NOON + timedelta(days=3))
    assert outcome.player.streak.pauses == (Pause(TODAY, until(3)),)
    assert (outcome.paid, outcome.entries, outcome.streak) == (False, (), 1)
    assert resume(paused).player == ACTIVE


def test_an_end_without_a_pause_changes_nothing() -> None:
    assert resume(ACTIVE).player == ACTIVE


@pytest.mark.parametrize(
    ("until_on", "message"),
    [
        (None, "until when"),
        (until(31), "31 days"),
        (until(0), "0 days"),
        (until(-9), "-9 days"),
    ],
)
def test_what_does_not_fit_is_a_defect_of_the_caller(until_on: date | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pause(ACTIVE, until_on)


def test_no_more_than_the_year_has_left() -> None:
    used = set_pause(ACTIVE.streak, date(2026, 1, 1), date(2026, 1, 28), RULES)
    player = replace(ACTIVE, streak=used)
    assert pause(player, until(2)).player.streak.pauses[-1] == Pause(TODAY, until(2))
    with pytest.raises(ValueError, match="3 days"):
        pause(player, until(3))
