"""Ranks: one more than how many have a greater score, so that ties share one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in a table; ``about`` says that it is an estimate."""

    number: int
    about: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many have a score from ``floor`` on, but below the floor of the next higher bucket."""

    floor: int
    learners: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the first row of a page stands: how many have a greater score (``above``), and how many
    of its own score come before it (``tied``).
    """

    above: int
    tied: int


def rank_scores(scores: Sequence[int]) -> list[int]:
    """The ranks of descending scores that are a whole table: 1, 2, 2, 4."""
    return list_ranks(scores, Place(0, 0))


def list_ranks(scores: Sequence[int], first: Place) -> list[int]:
    """The ranks of descending scores that follow one another in a table."""
    ranks: list[int] = []
    for index, score in enumerate(scores):
        if not ranks:
            ranks.append(first.above + 1)
        elif score == scores[index - 1]:
            ranks.append(ranks[-1])
        else:
            ranks.append(first.above + first.tied + index + 1)
    return ranks


def estimate_rank(score: int, buckets: Sequence[Bucket]) -> int:
    """The rank that a histogram, by ascending floors, makes likely: within a bucket the learners are
    taken to be spread evenly. It never falls as the score falls.
    """
    above = 0
    ceiling: int | None = None
    for bucket in reversed(buckets):
        if bucket.floor <= score:
            if ceiling is not None:
                above += bucket.learners * (ceiling - 1 - score) // (ceiling - bucket.floor)
            break
        above += bucket.learners
        ceiling = bucket.floor
    return above + 1
