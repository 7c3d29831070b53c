"""What stands, measured from scratch: the metrics, and the damage of battles."""

from app.game.activity import ActivityKind
from app.game.battle import Battle
from app.game.goal import Window
from app.game.ledger import Mark, Reason
from app.game.metrics import GOAL_REASONS, Metric
from app.game.rules import Rules
from app.game.streak import RewardedAt, find_peak
from tests.game.record import Record

COUNTED = {
    Metric.TASKS_COMPLETED: ActivityKind.TASK_COMPLETED,
    Metric.COURSE_TASKS_COMPLETED: ActivityKind.COURSE_TASK_COMPLETED,
    Metric.QUIZZES_PASSED: ActivityKind.QUIZ_ATTEMPTED,
    Metric.REVIEWS_DONE: ActivityKind.REVIEWED,
}
COUNTED_ENTRIES = {
    Metric.BOSSES_DEFEATED: Reason.BOSS_DEFEATED,
    Metric.QUESTS_COMPLETED: Reason.QUEST_COMPLETED,
    Metric.COURSES_COMPLETED: Reason.COURSE_COMPLETED,
}
OF_WEEK = {ActivityKind.COURSE_TASK_COMPLETED, ActivityKind.QUIZ_ATTEMPTED}


def measure(record: Record, metric: Metric, window: Window, rules: Rules, without: int = 0) -> int:
    """What a metric comes to by all that stands in the window but one activity; entries whoever gave
    them.
    """
    if metric is Metric.STREAK_DAYS:
        return find_peak(record.history(), rules, lambda event: window.holds(_mark(event)))
    if metric in COUNTED:
        return sum(
            done.activity.kind is COUNTED[metric]
            and done.mark.sequence != without
            and window.holds(done.mark)
            and (metric is not Metric.QUIZZES_PASSED or done.paid)
            for done in record.standing()
        )
    entries = [paid for paid in record.standing_entries() if window.holds(paid.mark)]
    if metric is Metric.XP_EARNED:
        return sum(p.entry.xp for p in entries if p.entry.reason not in GOAL_REASONS)
    return sum(paid.entry.reason is COUNTED_ENTRIES[metric] for paid in entries)


def sum_damage(record: Record, battle: Battle, after: int, without: int = 0) -> int:
    """What all that stands but one activity dealt: to a boss of one's choice what hit it, to that of a
    week all that was done in the week.
    """
    return sum(
        done.damage
        for done in record.standing()
        if done.mark.sequence > after
        and done.mark.sequence != without
        and (
            battle.source in done.blows
            or (battle.week == done.activity.week is not None and done.activity.kind in OF_WEEK)
        )
    )


def _mark(event: RewardedAt) -> Mark:
    return Mark(event.sequence, event.at, event.calendar.day_of(event.at))
