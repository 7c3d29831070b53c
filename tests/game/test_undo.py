"""Undo takes back what one activity gave, and nothing else."""

from dataclasses import replace

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.metrics import Metric
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES, Difficulty
from app.game.world import PastActivity, World
from tests.game.model import UTC_CALENDAR, Model
from tests.game.record import MARK, NOON

TASK = Source(SourceType.TASK, "1")
COMPLETED = Activity(ActivityKind.TASK_COMPLETED, TASK, NOON, UTC_CALENDAR, Difficulty.EASY)
UNDONE = Activity(ActivityKind.UNDONE, TASK, NOON, UTC_CALENDAR)
PAID = PaidEntry(7, Entry(Reason.TASK_COMPLETED, TASK, round=2, xp=10, gold=2), MARK)
PAST = PastActivity(COMPLETED, paid=True, entries=(PAID,))


def test_an_undo_says_all_that_it_did() -> None:
    player = replace(new_player(RULES), xp=105, gold=7)
    outcome = play(player, UNDONE, World(round=2, undone=PAST))
    assert outcome.player == replace(player, xp=95, gold=5)
    assert outcome.entries == (Entry(Reason.UNDO, TASK, round=2, xp=-10, gold=-2, reverses_id=7),)
    assert (outcome.xp, outcome.gold, outcome.paid) == (-10, -2, False)
    assert outcome.counters == {Metric.TASKS_COMPLETED: -1, Metric.XP_EARNED: -10}
    assert (outcome.level_before, outcome.level_after, outcome.streak) == (2, 1, 0)


def test_gold_that_was_spent_becomes_a_debt() -> None:
    player = replace(new_player(RULES), xp=10, gold=1)
    assert play(player, UNDONE, World(undone=PAST)).player.gold == -1


def test_more_xp_than_there_is_is_refused() -> None:
    with pytest.raises(ValueError, match="more XP"):
        play(replace(new_player(RULES), xp=9), UNDONE, World(undone=PAST))


@pytest.mark.parametrize(
    "past",
    [
        None,
        replace(PAST, activity=replace(COMPLETED, source=Source(SourceType.TASK, "2"))),
        replace(PAST, activity=UNDONE),
    ],
)
def test_only_a_completion_of_the_same_source_is_taken_back(past: PastActivity | None) -> None:
    with pytest.raises(ValueError, match=r"same source|cannot be undone"):
        play(replace(new_player(RULES), xp=100), UNDONE, World(undone=past))


def test_the_streak_is_that_of_the_other_days() -> None:
    model = Model()
    for day in range(3):
        model.complete(f"{day}")
        model.wait(24)
    assert model.player.streak.count == 3
    assert model.undo("1").streak == 1
    assert (model.player.streak.count, model.player.streak.longest) == (1, 1)


def test_a_day_with_another_activity_keeps_its_place() -> None:
    model = Model()
    model.complete("1")
    model.complete("2")
    assert model.undo("1").streak == 1


def test_a_used_freeze_comes_back_with_the_day_that_used_it() -> None:
    model = Model()
    model.gain_freezes(2)
    model.complete("1")
    model.wait(48)
    before = model.player
    assert before.streak.freezes == 2
    model.complete("2")
    assert (model.player.streak.count, model.player.streak.freezes) == (2, 1)
    model.undo("2")
    assert model.player == before


def test_the_undo_of_an_unpaid_completion_leaves_the_streak() -> None:
    model = Model()
    for n in range(21):
        model.complete(f"{n}")
    before = replace(model.player, streak=replace(model.player.streak, freezes=1))
    model.player = before  # a streak that no history gives: it would show if it were derived
    outcome = model.undo("20")
    assert outcome.player == before
    assert outcome.counters == {Metric.TASKS_COMPLETED: -1}


def test_an_undo_frees_a_place_of_the_day() -> None:
    model = Model()
    for n in range(21):
        model.complete(f"{n}")
    model.undo("0")
    assert not model.complete("20").entries  # stays unpaid until it is undone, too
    model.undo("20")
    assert model.complete("20").paid
    assert not model.complete("0").paid


def test_each_round_pays_anew() -> None:
    model = Model()
    for expected in range(3):
        assert model.complete("1").entries[0].round == expected
        assert model.undo("1").entries[0].round == expected
    assert model.player == new_player(RULES)


def test_undoing_what_is_not_completed_changes_nothing() -> None:
    model = Model()
    outcome = model.undo("1")
    assert outcome.player is model.player
    assert not outcome.entries
