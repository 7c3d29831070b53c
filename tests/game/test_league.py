"""Who goes up, and who goes down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.game.league import Standing, Zone, count_down, count_up, rank_group
from app.game.rules import RULES

LEAGUE = RULES.league
TIERS = st.integers(1, LEAGUE.tiers)
GROUPS = st.dictionaries(st.integers(1, 99), st.integers(0, 12), max_size=LEAGUE.group_size)


def list_zones(scores: list[int], tier: int = 2) -> str:
    """The first letters of the zones of a group, from the first to the last."""
    standings = rank_group(dict(enumerate(scores)), tier, LEAGUE)
    return "".join(standing.zone[0] for standing in standings)


def test_the_numbers() -> None:
    assert (LEAGUE.tiers, LEAGUE.group_size) == (5, 30)
    assert [count_up(members, 1, LEAGUE) for members in range(10)] == [0, 0, 1, 1, 1, 1, 1, 1, 2, 2]
    assert [count_down(members, 2, LEAGUE) for members in (5, 6, 11, 12, 29, 30)] == [
        0,
        1,
        1,
        2,
        4,
        5,
    ]
    assert (count_up(30, 4, LEAGUE), count_up(30, 5, LEAGUE)) == (7, 0)
    assert (count_down(30, 5, LEAGUE), count_down(30, 1, LEAGUE)) == (5, 0)
    assert (count_up(400, 1, LEAGUE), count_down(400, 2, LEAGUE)) == (7, 5)


@pytest.mark.parametrize(
    ("scores", "zones"),
    [
        ([], ""),
        ([5], "s"),
        ([6, 5], "us"),
        ([5, 5], "ss"),
        ([6, 5, 4], "uss"),
        ([6, 6, 4], "sss"),
        ([8, 7, 6, 5, 4, 3, 2, 1], "uusssssd"),
        ([8, 7, 7, 5, 4, 3, 2, 1], "ussssssd"),
        ([8, 8, 7, 5, 4, 3, 2, 1], "uusssssd"),
        ([8, 8, 8, 5, 4, 3, 2, 1], "sssssssd"),
        ([8, 7, 6, 5, 4, 3, 1, 1], "uussssss"),
        ([0, 0, 0, 0], "ssss"),
        ([1, 0, 0, 0], "usss"),
    ],
)
def test_who_goes_where(scores: list[int], zones: str) -> None:
    assert list_zones(scores) == zones


def test_a_zone_says_by_how_many_tiers() -> None:
    assert [zone.move for zone in Zone] == [1, 0, -1]


def test_standings_tell_rank_and_score() -> None:
    assert rank_group({7: 3, 5: 9, 6: 3, 8: 0}, 1, LEAGUE) == [
        Standing(5, 9, 1, Zone.UP),
        Standing(6, 3, 2, Zone.STAY),
        Standing(7, 3, 2, Zone.STAY),
        Standing(8, 0, 4, Zone.STAY),
    ]


@given(scores=GROUPS, tier=TIERS)
def test_no_more_move_than_may(scores: dict[int, int], tier: int) -> None:
    zones = [standing.zone for standing in rank_group(scores, tier, LEAGUE)]
    assert zones.count(Zone.UP) <= count_up(len(scores), tier, LEAGUE) <= LEAGUE.most_up
    assert zones.count(Zone.DOWN) <= count_down(len(scores), tier, LEAGUE) <= LEAGUE.most_down
    assert all(1 <= tier + zone.move <= LEAGUE.tiers for zone in zones)


@given(scores=GROUPS, tier=TIERS)
def test_the_better_never_fares_worse(scores: dict[int, int], tier: int) -> None:
    standings = rank_group(scores, tier, LEAGUE)
    assert {standing.user_id: standing.score for standing in standings} == scores
    for one in standings:
        assert one.rank == 1 + sum(other.score > one.score for other in standings)
        assert one.zone is not Zone.UP or one.score > 0
        for other in standings:
            if one.score == other.score:
                assert one.zone is other.zone
            elif one.score > other.score:
                assert one.zone.move >= other.zone.move


@given(scores=GROUPS, tier=TIERS)
def test_only_a_tie_leaves_a_place_empty(scores: dict[int, int], tier: int) -> None:
    """Who might have moved, but did not, ties with somebody beyond the border, or has nothing."""
    standings = rank_group(scores, tier, LEAGUE)
    up, down = count_up(len(scores), tier, LEAGUE), count_down(len(scores), tier, LEAGUE)
    for one in standings[:up]:
        assert one.zone is Zone.UP or one.score in {0, standings[up].score}
    for one in standings[len(standings) - down :]:
        assert one.zone is Zone.DOWN or one.score == standings[len(standings) - down - 1].score


@given(scores=GROUPS, tier=TIERS)
def test_order_of_members_does_not_matter(scores: dict[int, int], tier: int) -> None:
    backwards = dict(reversed(scores.items()))
    assert rank_group(scores, tier, LEAGUE) == rank_group(backwards, tier, LEAGUE)
