"""The choice of the daily quests, and the learner's week."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.game.daily import choose_daily, week_of
from app.game.rules import RULES

POOL = ("first-light", "quiz-master", "review-ten", "steady-hand", "task-trio", "two-lessons")
FIRST_DAY = date(2026, 12, 7)

learners = st.integers(1, 2**63 - 1)
days = st.dates()
keys = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=64)
pools = st.lists(keys, max_size=12, unique=True)
counts = st.integers(0, 5)


def test_the_choice_is_a_published_formula() -> None:
    # As `printf "7|2026-12-07|two-lessons" | sha256sum` and its siblings say.
    assert choose_daily(7, FIRST_DAY, POOL, RULES.daily_quests) == (
        "two-lessons",
        "quiz-master",
        "task-trio",
    )


def test_learners_and_days_differ() -> None:
    of_learners = {choose_daily(user_id, FIRST_DAY, POOL, 3) for user_id in range(1, 50)}
    of_days = {choose_daily(1, FIRST_DAY + timedelta(days=n), POOL, 3) for n in range(50)}
    assert len(of_learners) > 10
    assert len(of_days) > 10


@given(learners, days, pools, counts)
def test_the_choice_is_of_the_pool_and_bounded(
    user_id: int, on: date, pool: list[str], count: int
) -> None:
    chosen = choose_daily(user_id, on, pool, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(pool))
    assert set(chosen) <= set(pool)


@given(
    learners,
    days,
    pools.flatmap(lambda pool: st.tuples(st.just(pool), st.permutations(pool))),
    counts,
)
def test_the_order_of_the_pool_does_not_matter(
    user_id: int, on: date, orders: tuple[list[str], list[str]], count: int
) -> None:
    pool, shuffled = orders
    assert choose_daily(user_id, on, shuffled, count) == choose_daily(user_id, on, pool, count)


@given(learners, days, pools, counts, keys)
def test_a_new_quest_displaces_at_most_one(
    user_id: int, on: date, pool: list[str], count: int, new: str
) -> None:
    before = choose_daily(user_id, on, pool, count)
    after = choose_daily(user_id, on, {*pool, new}, count)
    assert len(set(before) - set(after)) <= 1
    assert set(after) - set(before) <= {new}
    assert [key for key in after if key in before] == [key for key in before if key in after]


@given(st.dates(min_value=date(1, 1, 8), max_value=date(9999, 12, 20)))
def test_a_week_begins_on_its_monday(on: date) -> None:
    monday = week_of(on)
    assert monday.weekday() == 0
    assert monday <= on <= monday + timedelta(days=6)
    assert week_of(monday) == monday
    assert week_of(monday + timedelta(days=7)) == monday + timedelta(days=7)
