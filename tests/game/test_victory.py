"""The share in the fall of a party's boss."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.goal import Badge, Goal, Reward, Window
from app.game.ledger import Entry, Reason
from app.game.metrics import Metric
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES, Price
from app.game.streak import Streak
from app.game.world import World
from tests.game.model import UTC_CALENDAR
from tests.game.record import NOON

KRAKEN = Source(SourceType.PARTY_BATTLE, "3")
SHARE = Activity(
    ActivityKind.BOSS_DEFEATED, KRAKEN, NOON, UTC_CALENDAR, spoils=Price(150, 40, damage=0)
)
SLAYER = Goal(
    Source(SourceType.QUEST, "slayer"),
    Reason.QUEST_COMPLETED,
    "slayer",
    "Slayer",
    Metric.BOSSES_DEFEATED,
    1,
    Window(),
    Reward(10, 0),
)
HERO = Badge(
    Source(SourceType.BADGE, "hero"), "hero", "Hero", Reward(3, 0, 1), Metric.BOSSES_DEFEATED, 1
)
PAID = Entry(Reason.BOSS_DEFEATED, KRAKEN, 0, 150, 40)


def test_a_share_is_paid_and_counts_no_day() -> None:
    player = new_player(RULES)
    outcome = play(player, SHARE, World())
    assert outcome.entries == (PAID,)
    assert outcome.player == replace(player, xp=150, gold=40)
    assert (outcome.paid, outcome.damage, outcome.streak, outcome.score) == (False, 0, 0, 150)
    assert outcome.counters == {Metric.BOSSES_DEFEATED: 1, Metric.XP_EARNED: 150}
    assert (outcome.level_before, outcome.level_after) == (1, 2)


def test_it_is_paid_in_the_round_of_its_battle() -> None:
    (entry,) = play(new_player(RULES), SHARE, World(round=2)).entries
    assert entry == replace(PAID, round=2)


def test_it_counts_for_goals_and_badges() -> None:
    outcome = play(new_player(RULES), SHARE, World(goals=(SLAYER,), badges=(HERO,)))
    assert outcome.goals == (replace(SLAYER, progress=1, finished=True),)
    assert outcome.badges == (HERO,)
    assert outcome.player.xp == 150 + 10 + 3
    assert outcome.counters[Metric.QUESTS_COMPLETED] == 1


def test_a_freeze_that_it_brings_saves_a_streak_that_was_about_to_end() -> None:
    """The day before was missed; what is shown is what the profile shows."""
    before = NOON - timedelta(days=2)
    streak = Streak(3, 3, before, before.date())
    player = replace(new_player(RULES), streak=streak)
    assert play(player, SHARE, World()).streak == 0
    outcome = play(player, SHARE, World(badges=(HERO,)))
    assert (outcome.streak, outcome.freezes) == (3, 1)
    assert outcome.player.streak == replace(streak, freezes=1)


def test_a_share_without_spoils_is_refused() -> None:
    with pytest.raises(ValueError, match="what it pays"):
        play(new_player(RULES), replace(SHARE, spoils=None), World())
