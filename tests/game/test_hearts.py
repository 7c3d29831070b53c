"""Hearts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.hearts import Hearts, HeartsNow, regrow_hearts
from app.game.rules import RULES

SINCE = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("count", "hours", "expected"),
    [
        (3, 0, HeartsNow(3, SINCE + 4 * HOUR)),
        (3, 3, HeartsNow(3, SINCE + 4 * HOUR)),
        (3, 4, HeartsNow(4, SINCE + 8 * HOUR)),
        (3, 7, HeartsNow(4, SINCE + 8 * HOUR)),
        (3, 8, HeartsNow(5, None)),
        (0, 19, HeartsNow(4, SINCE + 20 * HOUR)),
        (0, 20, HeartsNow(5, None)),
        (0, 10_000, HeartsNow(5, None)),
        (3, -5, HeartsNow(3, SINCE + 4 * HOUR)),
    ],
)
def test_one_grows_back_every_four_hours(count: int, hours: int, expected: HeartsNow) -> None:
    assert regrow_hearts(Hearts(count, SINCE), SINCE + hours * HOUR, RULES) == expected


@pytest.mark.parametrize("count", [5, 6])
def test_full_hearts_do_not_grow(count: int) -> None:
    assert regrow_hearts(Hearts(count, None), SINCE, RULES) == HeartsNow(5, None)


def test_missing_hearts_need_an_instant() -> None:
    with pytest.raises(ValueError, match="instant"):
        regrow_hearts(Hearts(4, None), SINCE, RULES)


@given(st.integers(0, 4), st.integers(0, 2000))
def test_next_heart_is_there_at_its_instant_and_not_before(count: int, minutes: int) -> None:
    hearts = Hearts(count, SINCE)
    now = SINCE + timedelta(minutes=minutes)
    shown = regrow_hearts(hearts, now, RULES)
    assert count <= shown.count <= RULES.max_hearts
    assert (shown.next_at is None) == (shown.count == RULES.max_hearts)
    if shown.next_at is not None:
        assert shown.next_at > now
        before = regrow_hearts(hearts, shown.next_at - timedelta(microseconds=1), RULES)
        assert before.count == shown.count
        assert regrow_hearts(hearts, shown.next_at, RULES).count == shown.count + 1
