"""What a learner may do, in any order, and what has to hold after each step."""

from collections import Counter
from dataclasses import replace
from typing import TypeAlias
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.game.activity import ActivityKind, SourceType
from app.game.calendar import Calendar
from app.game.hearts import derive_hearts, regrow_hearts
from app.game.ledger import Reason
from app.game.levels import level_at
from app.game.metrics import Metric
from app.game.pause import count_used_days
from app.game.rules import RULES, Difficulty, ShopItem
from app.game.streak import derive_streak
from tests.game.model import UTC_CALENDAR, WEEKS, Model

NAMES = [f"{n}" for n in range(6)]
DAYS = [day for days in WEEKS.values() for day in days]
CARDS = ["a", "b", "c"]
CALENDARS = [
    UTC_CALENDAR,
    Calendar(ZoneInfo("Pacific/Kiritimati"), 0),
    Calendar(ZoneInfo("Pacific/Honolulu"), 6),
]
# So cheap that short sequences can buy.
CHEAP = replace(RULES, shop={ShopItem.HEART: 1, ShopItem.FULL_HEARTS: 3, ShopItem.STREAK_FREEZE: 2})
# So few that short sequences meet the limits, too.
FEW = replace(CHEAP, paid_tasks_per_day=2, paid_reviews_per_day=4, reviews_per_heart=2)

Step: TypeAlias = tuple[str, str | int | Calendar]
Plan: TypeAlias = list[Step]

waits = st.tuples(st.just("wait"), st.sampled_from([1, 5, 12, 24, 48, 7 * 24]))
freezes = st.tuples(st.just("freeze"), st.integers(1, 2))
travels = st.tuples(st.just("move"), st.sampled_from(CALENDARS))


def days_except(*left_out: str) -> st.SearchStrategy[Step]:
    """Completing and undoing days of the course, and completing what a week still lacks."""
    days = [day for day in DAYS if day not in left_out]
    weeks = [" ".join(day for day in week if day in days) for week in WEEKS.values()]
    return st.tuples(st.sampled_from(["day", "undo day"]), st.sampled_from(days)) | st.tuples(
        st.just("week"), st.sampled_from(weeks)
    )


tasks = st.tuples(st.sampled_from(["complete", "complete", "undo"]), st.sampled_from(NAMES))
quizzes = st.tuples(
    st.sampled_from([f"{wrong} wrong" for wrong in (0, 1, 3)]), st.sampled_from(DAYS)
)
reviews = st.tuples(st.just("review"), st.sampled_from(CARDS))
purchases = st.tuples(st.just("buy"), st.sampled_from([item.value for item in ShopItem]))
others = waits | freezes | travels
plans = st.lists(tasks | days_except() | quizzes | reviews | others, max_size=40)
task_plans = st.lists(tasks | tasks | others, max_size=40)
heart_plans = st.lists(quizzes | reviews | reviews | waits, max_size=40)
shopping = waits | travels | purchases | purchases | purchases
rests = st.tuples(st.just("pause"), st.sampled_from([0, 1, 2, 5, 30]))
pause_plans = st.lists(tasks | reviews | reviews | waits | others | rests, min_size=15, max_size=40)
shop_plans = st.lists(tasks | tasks | quizzes | days_except() | shopping, min_size=12, max_size=40)
course_plans = st.lists(days_except() | days_except() | waits, max_size=40)


def plans_without(day: str) -> st.SearchStrategy[Plan]:
    """Plans that leave one day of the course alone."""
    of_course = days_except(day)
    return st.lists(of_course | of_course | tasks | quizzes | reviews | others, max_size=30)


def take(model: Model, step: Step) -> None:
    match step:
        case ("wait", int(hours)):
            model.wait(hours)
        case ("freeze", int(count)):
            model.gain_freezes(count)
        case ("pause", 0):
            model.resume()
        case ("pause", int(days)):
            model.pause(days)
        case ("move", Calendar() as calendar):
            model.calendar = calendar
        case (str(name), str(on)):
            _do(model, name, on)
        case _:
            raise AssertionError(step)


def _do(model: Model, name: str, on: str) -> None:
    """Something on a task, a day, the days of a week, a card or a quiz."""
    match name:
        case "complete":
            model.complete(on, difficulty_of(on))
        case "undo":
            model.undo(on)
        case "day" | "week":
            for day in on.split():
                model.complete_day(day, difficulty_of(day))
        case "undo day":
            model.undo_day(on)
        case "review":
            model.review(on)
        case "buy":
            model.buy(ShopItem(on))
        case _:
            model.attempt(on, questions=5, wrong=int(name.removesuffix(" wrong")))


def difficulty_of(name: str) -> Difficulty:
    return list(Difficulty)[int(name) % len(Difficulty)]


def run(plan: Plan, model: Model | None = None) -> Model:
    model = model or Model()
    for step in plan:
        take(model, step)
    return model


def check(model: Model) -> None:
    """The invariants of DESIGN 3, for a course that its author leaves as it is."""
    check_sums(model)
    check_once(model)
    check_counters(model)
    check_limits(model)
    assert model.player.streak == derive_streak(model.history(), model.rules)
    assert model.player.hearts == derive_hearts(model.heart_changes, model.rules)
    check_hearts(model)
    check_pauses(model)
    check_stages(model)


def check_sums(model: Model) -> None:
    check_balances(model)
    rows = [paid.entry for paid in model.ledger]
    standing = [paid.entry for paid in model.standing_entries()]
    assert min([r.xp for r in standing if r.reason is not Reason.PURCHASED], default=1) > 0
    prices = [(r.xp, -r.gold) for r in rows if r.reason is Reason.PURCHASED]
    assert prices == [(0, model.rules.shop[item]) for item in model.bought()]


def check_balances(model: Model) -> None:
    player, rows = model.player, [paid.entry for paid in model.ledger]
    standing = [paid.entry for paid in model.standing_entries()]
    assert (player.xp, player.gold) == (sum(r.xp for r in rows), sum(r.gold for r in rows))
    assert (player.xp, player.gold) == (sum(r.xp for r in standing), sum(r.gold for r in standing))
    assert level_at(player.xp, model.rules) >= 1


def check_once(model: Model) -> None:
    """No source is paid twice at a time for a reason, and no payment reversed twice."""
    payments = [p.entry for p in model.ledger if p.entry.reverses_id is None]
    assert all(r.reason is not Reason.UNDO for r in payments)
    rounds = Counter((r.source, r.reason, r.round) for r in payments)
    assert set(rounds.values()) <= {1}
    standing = Counter((p.entry.source, p.entry.reason) for p in model.standing_entries())
    assert set(standing.values()) <= {1}
    reversals = [p.entry for p in model.ledger if p.entry.reverses_id is not None]
    assert all(r.reason is Reason.UNDO for r in reversals)
    assert len(reversals) == len({r.reverses_id for r in reversals})


def check_counters(model: Model) -> None:
    standing = model.standing()
    kinds = Counter(done.activity.kind for done in standing)
    passed = {d.activity.source for d in standing if d.activity.attempt and d.paid}
    courses = [p for p in model.standing_entries() if p.entry.reason is Reason.COURSE_COMPLETED]
    assert +model.counters == +Counter(
        {
            Metric.TASKS_COMPLETED: kinds[ActivityKind.TASK_COMPLETED],
            Metric.COURSE_TASKS_COMPLETED: kinds[ActivityKind.COURSE_TASK_COMPLETED],
            Metric.QUIZZES_PASSED: len(passed),
            Metric.REVIEWS_DONE: kinds[ActivityKind.REVIEWED],
            Metric.COURSES_COMPLETED: len(courses),
            Metric.XP_EARNED: model.player.xp,
        }
    )
    assert all(value >= 0 for value in model.counters.values())


def check_limits(model: Model) -> None:
    paid = [done.activity for done in model.standing() if done.paid]
    days = Counter((activity.kind, activity.local_on) for activity in paid)
    limits = {
        ActivityKind.TASK_COMPLETED: model.rules.paid_tasks_per_day,
        ActivityKind.REVIEWED: model.rules.paid_reviews_per_day,
    }
    assert all(count <= limits.get(kind, count) for (kind, _), count in days.items())


def check_hearts(model: Model) -> None:
    hearts = model.player.hearts
    assert 0 <= hearts.count <= model.rules.max_hearts
    assert (hearts.since is None) == (hearts.count == model.rules.max_hearts)
    assert 0 <= regrow_hearts(hearts, model.now, model.rules).count <= model.rules.max_hearts


def check_pauses(model: Model) -> None:
    """No year holds too many paused days, and they are in order."""
    pauses = model.player.streak.pauses
    years = {year for pause in pauses for year in (pause.from_on.year, pause.until_on.year)}
    allowed = model.rules.pause_days_per_year
    assert all(count_used_days(pauses, year) <= allowed for year in years)
    assert list(pauses) == sorted(pauses, key=lambda pause: pause.from_on)


def check_stages(model: Model) -> None:
    """A milestone stands exactly if its week is done now; the course likewise."""
    completed, standing = model.completed_days(), model.standing_entries()
    kinds = SourceType.WEEK, SourceType.COURSE
    paid = {p.entry.source for p in standing if p.entry.source.type in kinds}
    stages = {stage for day in DAYS for stage in model.list_stages(day, completed)}
    assert paid == {stage.source for stage in stages if stage.is_met}
