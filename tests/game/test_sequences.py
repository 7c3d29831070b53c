"""What holds after any sequence of moves: tasks, days of a course, quizzes, reviews, undos, waiting."""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.hearts import change_hearts
from app.game.ledger import Reason
from app.game.levels import level_at
from app.game.rules import RULES, Difficulty, ShopItem
from app.game.streak import gain_freezes
from tests.game.model import COURSE, UTC_CALENDAR, Model
from tests.game.moves import (
    CHEAP,
    DAYS,
    FEW,
    NAMES,
    Plan,
    check,
    check_counters,
    check_sums,
    course_plans,
    heart_plans,
    pause_plans,
    plans,
    plans_without,
    run,
    shop_plans,
    take,
    task_plans,
)

soon = st.sampled_from([0, 1, 5, 24, 48])
undone_later = st.tuples(
    st.integers(0, 1000), st.sampled_from([UTC_CALENDAR, Calendar(ZoneInfo("Asia/Gaza"), 3)])
)


@given(plans | task_plans | course_plans | heart_plans | shop_plans | pause_plans)
@settings(max_examples=300)
def test_invariants_after_each_step(plan: Plan) -> None:
    model = Model(FEW)
    for step in plan:
        had, rows = model.player, len(model.ledger)
        take(model, step)
        check(model)
        reasons = {paid.entry.reason for paid in model.ledger[rows:]}
        only_bought = reasons == {Reason.PURCHASED} and model.player.gold >= 0
        assert model.player.gold >= had.gold or only_bought or reasons == {Reason.UNDO}


@given(plans, st.sampled_from(list(Difficulty)))
def test_levels_in_outcomes(plan: Plan, difficulty: Difficulty) -> None:
    model = run(plan)
    before = model.player
    outcome = model.complete("new", difficulty)
    assert outcome.level_before == level_at(before.xp, RULES)
    assert outcome.level_after == level_at(model.player.xp, RULES)
    assert (before.xp + outcome.xp, before.gold + outcome.gold) == (
        model.player.xp,
        model.player.gold,
    )


@given(plans | task_plans | shop_plans | pause_plans, undone_later)
def test_complete_and_undo_is_the_identity(plan: Plan, later: tuple[int, Calendar]) -> None:
    model = run(plan, Model(FEW))
    before, counters = model.player, +model.counters
    model.complete("new")
    model.wait(later[0])
    model.calendar = later[1]
    outcome = model.undo("new")
    assert model.player == outcome.player == before
    assert +model.counters == counters


@pytest.mark.parametrize("day", DAYS)
@given(st.data(), st.booleans(), undone_later)
def test_completing_and_undoing_a_day_is_the_identity(
    day: str, data: st.DataObject, grown: bool, later: tuple[int, Calendar]
) -> None:
    """Whatever it finishes; also where the author has added a week to the course meanwhile."""
    model = run(data.draw(plans_without(day)), Model(FEW))
    for other in data.draw(st.sampled_from([[], DAYS])):
        if other != day:
            model.complete_day(other)
    if grown:
        model.weeks["3"] = ("6", "7")
    before, counters = model.player, +model.counters
    assert model.complete_day(day).paid
    model.wait(later[0])
    model.calendar = later[1]
    model.undo_day(day)
    assert model.player == before
    assert +model.counters == counters


@given(plans, undone_later)
def test_the_identity_holds_in_a_week_that_came_after_the_course_was_completed(
    plan: Plan, later: tuple[int, Calendar]
) -> None:
    model = run(plan, Model(FEW))
    for day in DAYS:
        model.complete_day(day)
    model.weeks["3"] = ("6", "7")
    model.complete_day("6")
    before, counters = model.player, +model.counters
    model.complete_day("7")
    model.wait(later[0])
    model.undo_day("7")
    assert model.player == before
    assert +model.counters == counters


@given(task_plans | plans, task_plans | plans)
def test_with_something_between_only_that_has_happened(before: Plan, after: Plan) -> None:
    """But for the price of the time: XP is that of the entries that stand."""
    without, model = run(before), run(before)
    model.complete("new")
    run(after, model)
    run(after, without)
    model.undo("new")
    check(model)
    check_same_but_for_prices(model, without)


@pytest.mark.parametrize("day", DAYS)
@given(st.data(), st.booleans())
def test_with_something_between_the_stages_are_those_of_that_alone(
    day: str, data: st.DataObject, grown: bool
) -> None:
    """Also where the author has added a week before it was done."""
    before, after = data.draw(plans_without(day)), data.draw(plans_without(day))
    added = ("6", "7") if grown else ()
    finish: Plan = [("day", other) for other in (*DAYS, *added) if other != day]
    after += data.draw(st.sampled_from([[], finish]))
    without, model = run(before), run(before)
    for one in (without, model):
        one.weeks.update({"3": added} if grown else {})
    assert model.complete_day(day).paid
    run(after, model)
    run(after, without)
    model.undo_day(day)
    check_same_but_for_prices(model, without)
    check_sums(model)
    check_counters(model)


@given(course_plans, course_plans)
def test_what_was_paid_before_a_week_was_added_stays_without_that_week(
    before: Plan, after: Plan
) -> None:
    """A day of the new week, done and undone, leaves what the rest gave."""
    without, model = Model(), Model()
    for one in (without, model):
        run([*before, *(("day", day) for day in DAYS)], one)
        one.weeks["3"] = ("6", "7")
    model.complete_day("6")
    for one in (without, model):
        one.complete_day("7")
        run(after, one)
    model.undo_day("6")
    check_same_but_for_prices(model, without)


@given(shop_plans, shop_plans)
def test_what_is_bought_between_stays_bought(before: Plan, after: Plan) -> None:
    """Where the same could be bought without the undone completion, and its gold."""
    without, model = run(before, Model(CHEAP)), run(before, Model(CHEAP))
    model.complete("new")
    run(after, model)
    run(after, without)
    assume(model.bought() == without.bought())
    model.undo("new")
    check(model)
    check_same_but_for_prices(model, without)


@given(shop_plans, st.sampled_from(ShopItem), st.integers(1, 6), soon, undone_later)
def test_complete_buy_and_undo_is_the_purchase_alone(
    plan: Plan, item: ShopItem, wrong: int, hours: int, later: tuple[int, Calendar]
) -> None:
    """Also where that would have been refused: then there is a debt, or a freeze too many is lost."""
    without, model = run(plan, Model(FEW)), run(plan, Model(FEW))
    for one in (model, without):
        one.attempt("another quiz", questions=6, wrong=wrong)
    model.complete("new", Difficulty.HARD)
    for one in (model, without):
        one.wait(hours)
    bought = model.buy(item)
    expected = replace(
        without.player,
        gold=without.player.gold + bought.gold,
        hearts=change_hearts(without.player.hearts, bought.hearts, model.now, FEW),
        streak=gain_freezes(without.player.streak, bought.freezes, FEW),
    )
    model.wait(later[0])
    model.calendar = later[1]
    model.undo("new")
    assert model.player == expected
    if without.buy(item).entries:
        assert without.player == expected


def check_same_but_for_prices(model: Model, without: Model) -> None:
    assert replace(model.player, xp=0) == replace(without.player, xp=0)
    paid = [done.activity for done in model.standing() if done.paid]
    assert paid == [done.activity for done in without.standing() if done.paid]
    assert count_standing(model) == count_standing(without)


def count_standing(model: Model) -> Counter[object]:
    rows = [paid.entry for paid in model.standing_entries()]
    return Counter((row.source, row.reason, row.gold) for row in rows)


@given(plans | shop_plans)
def test_undoing_all_leaves_what_cannot_be_undone(plan: Plan) -> None:
    model = run(plan, Model(CHEAP))
    for name in NAMES:
        model.undo(name)
    for day in DAYS:
        model.undo_day(day)
    check(model)
    reasons = {paid.entry.reason for paid in model.standing_entries()}
    assert reasons <= {
        Reason.QUIZ_PASSED, Reason.QUIZ_PERFECT, Reason.REVIEWED, Reason.PURCHASED,
    }  # fmt: skip


@given(task_plans | course_plans)
def test_undoing_all_gives_the_beginning(plan: Plan) -> None:
    model = run(plan)
    for name in NAMES:
        model.undo(name)
    for day in DAYS:
        model.undo_day(day)
    assert (model.player.xp, model.player.gold, model.player.streak.count) == (0, 0, 0)
    assert not +model.counters


def test_the_sequences_meet_what_they_are_about() -> None:
    """The course is finished, limits are met, hearts are lost, all is bought in some of them."""
    met: Counter[str] = Counter()

    @given(plans | course_plans | heart_plans | shop_plans)
    @settings(max_examples=300)
    def look(plan: Plan) -> None:
        model = run(plan, Model(FEW))
        rows = [paid.entry for paid in model.ledger]
        met["course"] += any(row.source == COURSE for row in rows)
        met["course undone"] += any(row.source == COURSE and row.reverses_id for row in rows)
        earned = [done for done in model.standing() if done.activity.item is None]
        met["unpaid"] += any(not done.paid for done in earned)
        met["hearts"] += any(change < 0 for _, change in model.heart_changes)
        met["heart back"] += any(change > 0 for _, change in model.heart_changes)
        for item in ShopItem:
            met[item] += item in model.bought()
        met["perfect"] += any(row.reason is Reason.QUIZ_PERFECT for row in rows)

    look()
    assert min(met.values()) > 0, met
    assert len(met) == 9
