"""Pauses among everything else that learners do: what an undo brings back, and what it leaves."""

from collections import Counter

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.game.activity import Activity, SourceType
from app.game.pause import find_pause
from tests.game.model import Model
from tests.game.moves import FEW, Plan, check, others, pause_plans, rests, run, tasks
from tests.game.test_sequences import check_same_but_for_prices


def list_pauses(model: Model) -> list[Activity]:
    done = [done.activity for done in model.standing()]
    return [activity for activity in done if activity.source.type is SourceType.PAUSE]


def name_pauses(model: Model) -> list[object]:
    return [(pause.kind, pause.local_on, pause.pause_until) for pause in list_pauses(model)]


@given(pause_plans, st.sampled_from([1, 5, 30]), st.integers(0, 200))
def test_an_undo_brings_back_the_pause_that_the_activity_had_ended(
    plan: Plan, days: int, hours: int
) -> None:
    model = run(plan, Model(FEW))
    model.pause(days)
    before = model.player
    outcome = model.complete("new")
    if outcome.paid:
        assert find_pause(model.player.streak.pauses, model.calendar.day_of(model.now)) is None
    model.wait(hours)
    model.undo("new")
    assert model.player == before
    check(model)


@given(pause_plans, pause_plans)
def test_with_pauses_between_only_those_have_happened(before: Plan, after: Plan) -> None:
    """Where the same pauses could be set and ended without the undone completion."""
    without, model = run(before), run(before)
    model.complete("new")
    run(after, model)
    run(after, without)
    assume(name_pauses(model) == name_pauses(without))
    model.undo("new")
    check(model)
    check_same_but_for_prices(model, without)


@given(st.lists(tasks | others | rests, max_size=30))
def test_pauses_pay_nothing(plan: Plan) -> None:
    """Who does the same without resting earns as much, but for the bonus of the streak."""
    resting, restless = run(plan), run([step for step in plan if step[0] != "pause"])
    assert resting.player.gold == restless.player.gold
    assert resting.player.xp >= restless.player.xp
    assert resting.player.streak.count >= restless.player.streak.count
    assert len(resting.ledger) == len(restless.ledger)


def test_the_sequences_meet_pauses_of_every_sort() -> None:
    met: Counter[str] = Counter()

    @given(pause_plans)
    @settings(max_examples=200)
    def look(plan: Plan) -> None:
        model = run(plan, Model(FEW))
        pauses = model.player.streak.pauses
        met["set"] += bool(list_pauses(model))
        met["ended"] += any(pause.pause_until is None for pause in list_pauses(model))
        met["several"] += len(pauses) > 1
        met["running"] += find_pause(pauses, model.calendar.day_of(model.now)) is not None
        met["saved a streak"] += model.player.streak.longest > 2 and bool(pauses)

    look()
    assert min(met.values()) > 0, met
    assert len(met) == 5
