"""Hearts given and taken: what grew back and what is on its way is never lost by it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.hearts import Hearts, change_hearts, derive_hearts, regrow_hearts
from app.game.rules import RULES

SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FULL = Hearts(5, None)


def at(hours: float) -> datetime:
    return SINCE + hours * HOUR


@pytest.mark.parametrize(
    ("hearts", "change", "hours", "expected"),
    [
        (FULL, -1, 3, Hearts(4, at(3))),  # regrowth begins with the loss
        (FULL, -5, 3, Hearts(0, at(3))),
        (FULL, -9, 3, Hearts(0, at(3))),
        (FULL, 1, 3, FULL),
        (Hearts(3, at(0)), -1, 3, Hearts(2, at(0))),  # three hours are on their way
        (Hearts(3, at(0)), -1, 7, Hearts(3, at(4))),  # one grew back, three hours of the next
        (Hearts(3, at(0)), -1, 8, Hearts(4, at(8))),  # full in between
        (Hearts(3, at(0)), -1, 100, Hearts(4, at(100))),
        (Hearts(3, at(0)), 1, 3, Hearts(4, at(0))),
        (Hearts(3, at(0)), 1, 5, FULL),
        (Hearts(3, at(0)), 2, 0, FULL),
        (Hearts(3, at(0)), 9, 0, FULL),
        (Hearts(3, at(0)), 0, 100, Hearts(3, at(0))),  # nothing is written
        (Hearts(0, at(0)), -1, 0, Hearts(0, at(0))),
        (Hearts(3, at(0)), -1, -5, Hearts(2, at(0))),  # another server's clock
    ],
)
def test_change_hearts(hearts: Hearts, change: int, hours: float, expected: Hearts) -> None:
    assert change_hearts(hearts, change, at(hours), RULES) == expected


instants = st.integers(0, 3000).map(lambda minutes: SINCE + timedelta(minutes=minutes))
missing = st.builds(Hearts, st.integers(0, 4), instants)
hearts_kept = st.just(FULL) | missing
changes = st.lists(st.tuples(instants, st.integers(-6, 6)), max_size=12)


@given(hearts_kept, st.integers(-8, 8), instants)
def test_a_change_is_of_what_there_is_now(hearts: Hearts, change: int, now: datetime) -> None:
    present = regrow_hearts(hearts, now, RULES)
    after = regrow_hearts(change_hearts(hearts, change, now, RULES), now, RULES)
    assert after.count == min(max(present.count + change, 0), RULES.max_hearts)
    if after.next_at is not None and present.next_at is not None:
        assert after.next_at == present.next_at
    elif after.next_at is not None:
        assert after.next_at == now + RULES.heart_regrowth_hours * HOUR


@given(missing, st.integers(1, 4), instants, st.integers(0, 2000))
def test_giving_and_taking_puts_nothing_off(
    hearts: Hearts, change: int, now: datetime, minutes: int
) -> None:
    """Unless it filled them up: then nothing was on its way."""
    given_back = change_hearts(hearts, change, now, RULES)
    both = change_hearts(given_back, -change, now, RULES)
    later = now + timedelta(minutes=minutes)
    if given_back != FULL:
        assert regrow_hearts(both, later, RULES) == regrow_hearts(hearts, later, RULES)


@given(changes)
def test_there_are_never_fewer_than_none_nor_more_than_five(
    history: list[tuple[datetime, int]],
) -> None:
    for n in range(len(history) + 1):
        hearts = derive_hearts(history[:n], RULES)
        assert 0 <= hearts.count <= RULES.max_hearts
        assert (hearts.since is None) == (hearts.count == RULES.max_hearts)


@given(changes)
def test_the_history_gives_what_its_changes_give_one_by_one(
    history: list[tuple[datetime, int]],
) -> None:
    hearts = FULL
    for now, change in history:
        hearts = change_hearts(hearts, change, now, RULES)
    assert derive_hearts(history, RULES) == hearts


@given(changes)
def test_changes_of_nothing_may_be_left_out(history: list[tuple[datetime, int]]) -> None:
    written = [(now, change) for now, change in history if change]
    assert derive_hearts(written, RULES) == derive_hearts(history, RULES)


def test_the_order_matters() -> None:
    lost, won = (at(1), -2), (at(1), 1)
    assert derive_hearts([lost, won], RULES) == Hearts(4, at(1))
    assert derive_hearts([won, lost], RULES) == Hearts(3, at(1))


def test_nothing_leaves_all_hearts() -> None:
    assert derive_hearts([], RULES) == FULL
