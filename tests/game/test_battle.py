"""Battles: what a blow deals, whom it hits, and what a fall pays."""

from dataclasses import replace

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.battle import Battle, Blow, pay_victory, rate_damage, strike_bosses
from app.game.ledger import Entry, Reason
from app.game.rules import RULES, Difficulty
from tests.game.model import UTC_CALENDAR
from tests.game.record import NOON

TASK = Activity(
    ActivityKind.TASK_COMPLETED,
    Source(SourceType.TASK, "1"),
    NOON,
    UTC_CALENDAR,
    Difficulty.HARD,
)
OF_COURSE = replace(TASK, kind=ActivityKind.COURSE_TASK_COMPLETED, course=1, week=7)
HYDRA = Battle(Source(SourceType.BOSS_BATTLE, "1"), "Hydra", hp=100, damage=0, xp=150, gold=40)
SPHINX = replace(HYDRA, source=Source(SourceType.BOSS_BATTLE, "week/7"), title="Sphinx", week=7)


@pytest.mark.parametrize(
    ("kind", "difficulty", "level", "damage"),
    [
        (ActivityKind.TASK_COMPLETED, Difficulty.TRIVIAL, 1, 5),
        (ActivityKind.TASK_COMPLETED, Difficulty.HARD, 1, 40),
        (ActivityKind.TASK_COMPLETED, Difficulty.HARD, 6, 44),
        (ActivityKind.COURSE_TASK_COMPLETED, Difficulty.TRIVIAL, 10, 5),
        (ActivityKind.COURSE_TASK_COMPLETED, Difficulty.TRIVIAL, 11, 6),
        (ActivityKind.TASK_COMPLETED, None, 6, 0),
        (ActivityKind.QUIZ_ATTEMPTED, None, 1, 30),
        (ActivityKind.QUIZ_ATTEMPTED, None, 3, 31),
        (ActivityKind.REVIEWED, None, 1, 2),
        (ActivityKind.REVIEWED, None, 26, 3),
        (ActivityKind.BOSS_DEFEATED, None, 26, 0),
    ],
)
def test_damage_grows_with_the_level(
    kind: ActivityKind, difficulty: Difficulty | None, level: int, damage: int
) -> None:
    assert rate_damage(replace(TASK, kind=kind, difficulty=difficulty), level, RULES) == damage


def test_a_blow_is_cut_at_the_hit_points_left() -> None:
    weak = replace(HYDRA, damage=75)
    ((after, blow),) = strike_bosses((weak,), TASK, 40)
    assert after == replace(HYDRA, damage=100)
    assert blow == Blow(HYDRA.source, "Hydra", 25, hp_left=0, defeated=True)


def test_all_bosses_are_hit_that_still_stand() -> None:
    fallen = replace(HYDRA, damage=100)
    hits = list(strike_bosses((HYDRA, fallen, SPHINX), OF_COURSE, 40))
    assert [blow.boss for _, blow in hits] == ["Hydra", "Sphinx"]
    assert [(after.damage, after.hp_left) for after, _ in hits] == [(40, 60), (40, 60)]
    assert list(strike_bosses((HYDRA, SPHINX), OF_COURSE, 0)) == []


@pytest.mark.parametrize(
    ("activity", "is_hit"),
    [
        (OF_COURSE, True),
        (replace(OF_COURSE, kind=ActivityKind.QUIZ_ATTEMPTED), True),
        (replace(OF_COURSE, week=8), False),
        (replace(OF_COURSE, kind=ActivityKind.REVIEWED, week=None), False),
        (TASK, False),
    ],
)
def test_a_week_s_boss_is_hit_by_what_is_done_in_the_week(activity: Activity, is_hit: bool) -> None:
    assert bool(list(strike_bosses((SPHINX,), activity, 10))) == is_hit


def test_a_fall_is_paid_in_its_round() -> None:
    entry = Entry(Reason.BOSS_DEFEATED, HYDRA.source, round=2, xp=150, gold=40)
    assert pay_victory(HYDRA, {HYDRA.source: 2}) == entry
    assert pay_victory(HYDRA, {}) == replace(entry, round=0)
