"""Leagues: weekly groups of one tier, from which the first go up and the last go down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.game.ranking import rank_scores
from app.game.rules import LeagueRules


class Zone(StrEnum):
    """Which way a member of a group goes when its week ends."""

    UP = "up"
    STAY = "stay"
    DOWN = "down"

    @property
    def move(self) -> int:
        """By how many tiers: 1, 0 or -1."""
        return _MOVES[self]


_MOVES = {Zone.UP: 1, Zone.STAY: 0, Zone.DOWN: -1}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member of a group stands."""

    user_id: int
    score: int
    rank: int
    zone: Zone


def rank_group(scores: Mapping[int, int], tier: int, rules: LeagueRules) -> Sequence[Standing]:
    """The standings of all members, by their user ids, from the first to the last.

    Of those who go up and down see `count_up` and `count_down`. Who has the same score goes the same
    way: where a tie crosses a border, all of it stays, so that never more move than may. A score of
    0 does not go up.
    """
    members = sorted(scores.items(), key=lambda member: (-member[1], member[0]))
    ranks = rank_scores([score for _, score in members])
    places_up, places_down = (
        count_up(len(members), tier, rules),
        count_down(len(members), tier, rules),
    )
    standings = []
    for (user_id, score), rank in zip(members, ranks, strict=True):
        not_below = rank - 1 + ranks.count(rank)
        not_above = len(members) - rank + 1
        zone = Zone.STAY
        if not_below <= places_up and score > 0:
            zone = Zone.UP
        elif not_above <= places_down:
            zone = Zone.DOWN
        standings.append(Standing(user_id, score, rank, zone))
    return standings


def count_up(members: int, tier: int, rules: LeagueRules) -> int:
    """How many of a group may go up: a quarter, but at least one wherever there is somebody to leave
    behind, since a small school would else never leave the lowest tier. None from the highest.
    """
    if tier >= rules.tiers or members < 2:
        return 0
    return min(max(1, members // rules.up_share), rules.most_up)


def count_down(members: int, tier: int, rules: LeagueRules) -> int:
    """How many of a group may go down: a sixth. None from the lowest tier."""
    return 0 if tier <= 1 else min(members // rules.down_share, rules.most_down)
