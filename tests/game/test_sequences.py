"""What holds after any sequence of completions, undos, freezes, journeys and waiting."""

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.game.calendar import Calendar
from app.game.ledger import Reason
from app.game.levels import level_at
from app.game.metrics import Metric
from app.game.rules import RULES, Difficulty
from app.game.streak import derive_streak
from tests.game.model import UTC_CALENDAR, Model

NAMES = [f"{n}" for n in range(6)]
# So few that short sequences meet the limit, too.
FEW = replace(RULES, paid_tasks_per_day=2)

Step = tuple[str, str | int | Calendar]

steps = st.one_of(
    st.tuples(st.just("complete"), st.sampled_from(NAMES)),
    st.tuples(st.just("complete"), st.sampled_from(NAMES)),
    st.tuples(st.just("undo"), st.sampled_from(NAMES)),
    st.tuples(st.just("wait"), st.sampled_from([1, 5, 12, 24, 48])),
    st.tuples(st.just("freeze"), st.integers(1, 2)),
    st.tuples(
        st.just("move"),
        st.sampled_from(
            [
                UTC_CALENDAR,
                Calendar(ZoneInfo("Pacific/Kiritimati"), 0),
                Calendar(ZoneInfo("Pacific/Honolulu"), 6),
            ]
        ),
    ),
)
plans = st.lists(steps, max_size=40)


def take(model: Model, step: Step) -> None:
    match step:
        case ("complete", str(name)):
            model.complete(name, list(Difficulty)[int(name) % len(Difficulty)])
        case ("undo", str(name)):
            model.undo(name)
        case ("wait", int(hours)):
            model.wait(hours)
        case ("freeze", int(count)):
            model.gain_freezes(count)
        case (_, Calendar() as calendar):
            model.calendar = calendar
        case _:
            raise AssertionError(step)


def run(plan: list[Step], model: Model | None = None) -> Model:
    model = model or Model()
    for step in plan:
        take(model, step)
    return model


def check(model: Model) -> None:
    player, rows = model.player, [paid.entry for paid in model.ledger]
    standing = [paid.entry for done in model.standing() for paid in done.entries]
    assert (player.xp, player.gold) == (sum(r.xp for r in rows), sum(r.gold for r in rows))
    assert (player.xp, player.gold) == (sum(r.xp for r in standing), sum(r.gold for r in standing))
    assert player.streak == derive_streak(model.history(), RULES)
    assert model.counters[Metric.TASKS_COMPLETED] == len(model.standing())
    assert model.counters[Metric.XP_EARNED] == player.xp
    once = Counter((r.source, r.reason, r.round) for r in rows)
    assert set(once.values()) <= {1}
    assert set(Counter(r.source for r in standing).values()) <= {1}
    reversed_ids = [r.reverses_id for r in rows if r.reason is Reason.UNDO]
    assert len(reversed_ids) == len(set(reversed_ids))
    paid_days = Counter(done.activity.local_on for done in model.standing() if done.paid)
    assert max(paid_days.values(), default=0) <= model.rules.paid_tasks_per_day


@given(plans)
def test_invariants_after_each_step(plan: list[Step]) -> None:
    model = Model(FEW)
    for step in plan:
        had, rows = model.player, len(model.ledger)
        take(model, step)
        check(model)
        only_undone = all(paid.entry.reason is Reason.UNDO for paid in model.ledger[rows:])
        assert model.player.gold >= had.gold or only_undone


@given(plans, st.sampled_from(list(Difficulty)))
def test_levels_in_outcomes(plan: list[Step], difficulty: Difficulty) -> None:
    model = run(plan)
    before = model.player
    outcome = model.complete("new", difficulty)
    assert outcome.level_before == level_at(before.xp, RULES)
    assert outcome.level_after == level_at(model.player.xp, RULES)
    assert (before.xp + outcome.xp, before.gold + outcome.gold) == (
        model.player.xp,
        model.player.gold,
    )


@given(
    plans, st.integers(0, 100), st.sampled_from([UTC_CALENDAR, Calendar(ZoneInfo("Asia/Gaza"), 3)])
)
def test_complete_and_undo_is_the_identity(
    plan: list[Step], hours: int, undone_in: Calendar
) -> None:
    model = run(plan, Model(FEW))
    before, counters = model.player, +model.counters
    model.complete("new")
    model.wait(hours)
    model.calendar = undone_in
    outcome = model.undo("new")
    assert model.player == outcome.player == before
    assert +model.counters == counters


@given(plans, plans)
def test_with_something_between_only_that_has_happened(
    before: list[Step], after: list[Step]
) -> None:
    """But for the price of the time: XP is that of the entries that stand."""
    without, model = run(before), run(before)
    model.complete("new")
    run(after, model)
    run(after, without)
    model.undo("new")
    check(model)
    assert model.player.streak == without.player.streak
    assert model.player.gold == without.player.gold
    assert replace(model.player, xp=0) == replace(without.player, xp=0)
    paid = [done.activity for done in model.standing() if done.paid]
    assert paid == [done.activity for done in without.standing() if done.paid]


@given(plans)
def test_undoing_all_gives_the_beginning(plan: list[Step]) -> None:
    model = run(plan)
    for name in NAMES:
        model.undo(name)
    assert (model.player.xp, model.player.gold, model.player.streak.count) == (0, 0, 0)
    assert not +model.counters
