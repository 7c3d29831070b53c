"""When cards come back: FSRS as published, without fuzz, the same on every machine."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.reviewing import CardState, Rating
from app.services.scheduling import Memory, new_memory, schedule
from tests.support.clock import START

GOOD, AGAIN = Rating.GOOD, Rating.AGAIN
RATINGS = [*[GOOD] * 6, *[AGAIN] * 2, *[GOOD] * 5]
INTERVALS = [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]
"""In days; published with the reference implementation for these ratings, each given when due."""


def review_when_due(ratings: Iterable[Rating], memory: Memory | None = None) -> list[Memory]:
    memories = [memory or new_memory(START)]
    for rating in ratings:
        memories.append(schedule(memories[-1], rating, memories[-1].due_at))
    return memories


def test_a_new_card_is_due_at_once() -> None:
    assert new_memory(START) == Memory(CardState.LEARNING, 0, None, None, START, None)


def test_the_published_sequence_comes_out() -> None:
    memories = review_when_due(RATINGS)
    assert [
        (later.due_at - earlier.due_at).days for earlier, later in pairwise(memories)
    ] == INTERVALS


def test_a_forgotten_card_is_learnt_again() -> None:
    memories = review_when_due([GOOD, GOOD, AGAIN, GOOD])
    assert [memory.state for memory in memories] == [
        CardState.LEARNING,
        CardState.LEARNING,
        CardState.REVIEW,
        CardState.RELEARNING,
        CardState.REVIEW,
    ]
    assert [memory.step for memory in memories] == [0, 1, None, 0, None]


@pytest.mark.parametrize(
    ("rating", "wait"),
    [
        (Rating.AGAIN, timedelta(minutes=1)),
        (Rating.HARD, timedelta(minutes=5, seconds=30)),
        (Rating.GOOD, timedelta(minutes=10)),
        (Rating.EASY, timedelta(days=8)),
    ],
)
def test_the_first_rating_decides_how_soon_it_comes_back(rating: Rating, wait: timedelta) -> None:
    memory = schedule(new_memory(START), rating, START)
    assert (memory.due_at - START, memory.last_reviewed_at) == (wait, START)


def test_the_ratings_have_the_numbers_of_fsrs() -> None:
    assert [(rating.value, rating.number) for rating in Rating] == [
        ("again", 1),
        ("hard", 2),
        ("good", 3),
        ("easy", 4),
    ]


def test_a_zone_at_utc_is_utc() -> None:
    elsewhere = timezone(timedelta(0), "Z")
    memory = schedule(new_memory(START), GOOD, START)
    moved = Memory(
        memory.state,
        memory.step,
        memory.stability,
        memory.difficulty,
        memory.due_at.astimezone(elsewhere),
        START.astimezone(timezone(timedelta(hours=5))),
    )
    again = schedule(moved, GOOD, memory.due_at.astimezone(elsewhere))
    assert again == schedule(memory, GOOD, memory.due_at)
    assert again.due_at.tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        schedule(new_memory(START), GOOD, datetime(2026, 3, 2))  # noqa: DTZ001


def test_scheduling_does_not_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsrs sleeps to make the id of a card that was given none."""
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail(f"slept {seconds} s"))
    schedule(new_memory(START), GOOD, START)


@given(st.lists(st.tuples(st.sampled_from(Rating), st.integers(-60, 60 * 24 * 400)), max_size=30))
def test_whatever_is_rated_whenever_stays_in_bounds(moves: list[tuple[Rating, int]]) -> None:
    memory = new_memory(START)
    for rating, minutes in moves:
        now = memory.due_at + timedelta(minutes=minutes)
        before, memory = memory, schedule(memory, rating, now)
        assert memory.stability is not None
        assert memory.stability > 0
        assert memory.difficulty is not None
        assert 1 <= memory.difficulty <= 10
        assert memory.last_reviewed_at == now
        assert timedelta(minutes=1) <= memory.due_at - now <= timedelta(days=36500)
        assert (memory.step is None) == (memory.state is CardState.REVIEW)
        assert schedule(before, rating, now) == memory
