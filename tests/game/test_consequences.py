"""What an activity sets off, in the published order: bosses, goals, badges."""

from dataclasses import replace

import pytest

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.consequences import extend, is_won
from app.game.goal import Badge, Reward
from app.game.ledger import Entry, Reason
from app.game.metrics import Metric
from app.game.outcome import rest
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES, Difficulty
from app.game.streak import Streak
from app.game.world import World
from tests.game.adventure import Adventure
from tests.game.campaign import Campaign, Quest
from tests.game.model import UTC_CALENDAR
from tests.game.record import NOON


def set_out(*quests: Quest, badges: tuple[Badge, ...] = ()) -> Adventure:
    """Somebody who accepted these quests."""
    model = Adventure(rules=RULES, campaign=Campaign(quests, (), badges, ()))
    for quest in quests:
        model.accept(quest.key)
    return model


def make_badge(key: str, reward: Reward, metric: Metric | None = None, target: int = 0) -> Badge:
    return Badge(Source(SourceType.BADGE, key), key, key, reward, metric, target)


def tell(entries: tuple[Entry, ...]) -> list[tuple[str, int, int]]:
    return [(str(entry.reason), entry.xp, entry.gold) for entry in entries]


def test_a_boss_falls_before_a_goal_and_a_goal_is_met_before_a_badge_is_won() -> None:
    model = set_out(
        Quest("slayer", Metric.BOSSES_DEFEATED, 1, Reward(10, 1, badge="prize")),
        badges=(
            make_badge("prize", Reward(2)),
            make_badge("quests", Reward(0, 3), Metric.QUESTS_COMPLETED, 1),
            make_badge("more", Reward(9), Metric.QUESTS_COMPLETED, 2),
        ),
    )
    model.fight(40)
    outcome = model.complete("task", Difficulty.HARD)
    assert tell(outcome.entries) == [
        ("task_completed", 40, 8),
        ("boss_defeated", 50, 4),
        ("quest_completed", 10, 1),
        ("badge_awarded", 2, 0),
        ("badge_awarded", 0, 3),
    ]
    assert (outcome.xp, outcome.gold, outcome.score) == (102, 16, 102)
    assert (outcome.level_before, outcome.level_after) == (1, 2)
    assert outcome.counters == {
        Metric.TASKS_COMPLETED: 1,
        Metric.XP_EARNED: 90,
        Metric.BOSSES_DEFEATED: 1,
        Metric.QUESTS_COMPLETED: 1,
    }
    assert [badge.key for badge in outcome.badges] == ["prize", "quests"]


def test_goals_are_asked_again_until_no_other_is_met() -> None:
    model = set_out(
        Quest("all", Metric.QUESTS_COMPLETED, 3, Reward(1)),
        Quest("two", Metric.QUESTS_COMPLETED, 2, Reward(2)),
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(3)),
        Quest("also", Metric.XP_EARNED, 10, Reward(4)),
        Quest("never", Metric.QUESTS_COMPLETED, 5, Reward(5)),
    )
    outcome = model.complete("task")
    assert [entry.source.id for entry in outcome.entries[1:]] == ["one", "also", "two", "all"]
    assert {goal.key: goal.progress for goal in outcome.goals} == {
        "all": 3, "two": 2, "one": 1, "also": 10, "never": 4,
    }  # fmt: skip
    assert {goal.key for goal in outcome.goals if not goal.finished} == {"never"}


def test_what_goals_pay_is_not_earned() -> None:
    """Else the first quest would fill the second."""
    model = set_out(
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(100)),
        Quest("rich", Metric.XP_EARNED, 20, Reward(5)),
    )
    model.complete("first")
    assert model.progress[Source(SourceType.QUEST, "rich")] == 10
    assert model.player.xp == 110


def test_a_streak_is_looked_at_when_a_paid_activity_counts_the_day() -> None:
    model = set_out(Quest("regular", Metric.STREAK_DAYS, 2, Reward(15)))
    assert model.complete("monday").goals == ()
    model.wait(24)
    (goal,) = model.complete("tuesday").goals
    assert (goal.progress, goal.finished) == (2, True)


def test_an_unpaid_task_counts_but_reaches_no_streak_and_hits_nobody() -> None:
    model = set_out()
    for number in range(20):
        model.complete(f"{number}")
    model.campaign = Campaign(
        (
            Quest("begin", Metric.STREAK_DAYS, 1, Reward(1)),
            Quest("three", Metric.TASKS_COMPLETED, 3, Reward(1)),
        ),
        (),
        (),
        (),
    )
    model.accept("begin")
    model.accept("three")
    model.fight(30)
    outcome = model.complete("one too many")
    assert (outcome.paid, outcome.damage, outcome.blows) == (False, 0, ())
    assert [(goal.key, goal.progress) for goal in outcome.goals] == [("three", 1)]


def test_freezes_come_with_goals_and_badges_as_many_as_can_be_held() -> None:
    model = set_out(
        Quest("one", Metric.TASKS_COMPLETED, 1, Reward(freezes=2)),
        badges=(make_badge("b", Reward(freezes=1), Metric.TASKS_COMPLETED, 1),),
    )
    outcome = model.complete("task")
    assert (outcome.freezes, outcome.player.streak.freezes) == (3, RULES.max_freezes)


@pytest.mark.parametrize(
    ("metric", "target", "won"),
    [
        (None, 0, False),
        (Metric.STREAK_DAYS, 5, True),
        (Metric.STREAK_DAYS, 6, False),
        (Metric.TASKS_COMPLETED, 7, True),
        (Metric.TASKS_COMPLETED, 8, False),
        (Metric.REVIEWS_DONE, 1, False),
    ],
)
def test_badges_go_by_counters_and_by_the_longest_streak(
    metric: Metric | None, target: int, won: bool
) -> None:
    counters = {(Metric.TASKS_COMPLETED, None): 7, (Metric.REVIEWS_DONE, 1): 3}
    badge = make_badge("b", Reward(), metric, target)
    assert is_won(badge, Streak(count=1, longest=5), counters) == won


def test_entries_that_take_more_than_there_is_are_refused() -> None:
    player = replace(new_player(RULES), xp=5)
    entry = Entry(Reason.UNDO, Source(SourceType.QUEST, "q"), 0, xp=-6, gold=0)
    with pytest.raises(ValueError, match="more XP"):
        extend(rest(player, UTC_CALENDAR, NOON, RULES), [entry], 0, RULES)


@pytest.mark.parametrize("kind", [ActivityKind.QUEST_ACCEPTED, ActivityKind.CHALLENGE_LEFT])
def test_a_choice_moves_nothing(kind: ActivityKind) -> None:
    player = replace(new_player(RULES), xp=120, gold=3)
    activity = Activity(kind, Source(SourceType.QUEST, "q"), NOON, UTC_CALENDAR)
    outcome = play(player, activity, World(badges=(make_badge("b", Reward(1)),)))
    assert outcome == replace(rest(player, UTC_CALENDAR, NOON, RULES))
