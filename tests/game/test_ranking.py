"""Ranks: exact ones, those of a page, and those estimated from a histogram."""

from bisect import bisect_left
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from app.game.ranking import Bucket, Place, estimate_rank, list_ranks, rank_scores

SCORES = st.lists(st.integers(0, 30), max_size=60).map(lambda scores: sorted(scores)[::-1])


def test_ties_share_a_rank() -> None:
    assert rank_scores([9, 7, 7, 7, 5, 5, 1]) == [1, 2, 2, 2, 5, 5, 7]
    assert rank_scores([]) == []


@given(scores=SCORES)
def test_a_rank_is_one_more_than_there_are_greater_scores(scores: list[int]) -> None:
    assert rank_scores(scores) == [1 + sum(other > score for other in scores) for score in scores]


@given(scores=SCORES, data=st.data())
def test_a_page_has_the_ranks_of_the_whole(scores: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(scores)))
    page = scores[start:]
    above = sum(score > page[0] for score in scores) if page else 0
    assert list_ranks(page, Place(above, start - above)) == rank_scores(scores)[start:]


def make_histogram(scores: Sequence[int], floors: Sequence[int]) -> list[Bucket]:
    """Each score in the bucket with the greatest floor that is not above it."""
    counts = dict.fromkeys(sorted({0, *floors}), 0)
    for score in scores:
        counts[max(floor for floor in counts if floor <= score)] += 1
    return [Bucket(floor, learners) for floor, learners in counts.items()]


@given(scores=SCORES, floors=st.lists(st.integers(0, 31)))
def test_an_estimate_is_as_good_as_its_bucket(scores: list[int], floors: list[int]) -> None:
    buckets = make_histogram(scores, floors)
    ascending = scores[::-1]
    for score in range(32):
        bucket = max((one for one in buckets if one.floor <= score), key=lambda one: one.floor)
        exact = 1 + len(scores) - bisect_left(ascending, score + 1)
        assert abs(estimate_rank(score, buckets) - exact) <= bucket.learners


@given(scores=SCORES, floors=st.lists(st.integers(0, 31)))
def test_a_lower_score_never_has_a_better_rank(scores: list[int], floors: list[int]) -> None:
    buckets = make_histogram(scores, floors)
    estimates = [estimate_rank(score, buckets) for score in range(32)]
    assert estimates == sorted(estimates, reverse=True)


def test_within_a_bucket_learners_are_spread_evenly() -> None:
    buckets = [Bucket(100, 1000), Bucket(200, 500), Bucket(300, 7)]
    ranks = [estimate_rank(score, buckets) for score in (300, 299, 250, 200, 199, 150, 100, 0)]
    assert ranks == [1, 8, 253, 503, 508, 998, 1498, 1508]


def test_without_a_histogram_all_are_first() -> None:
    assert estimate_rank(5, []) == 1
