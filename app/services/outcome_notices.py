"""What an outcome has to tell the learner."""

from collections.abc import Iterator, Sequence

from app.core.battles import BattleKind
from app.core.notices import Notice, NoticeKind
from app.game.activity import Activity, ActivityKind, Source
from app.game.battle import Battle
from app.game.goal import Goal
from app.game.ledger import Reason
from app.game.outcome import Outcome


def list_notices(activity: Activity, outcome: Outcome, about: str = "") -> Sequence[Notice]:
    """Notices in the order in which things came about. What only moved a little is not told."""
    undone = activity.kind is ActivityKind.UNDONE
    return [
        *_tell_struck(activity, outcome),
        *_tell_bosses(activity, outcome, about, undone=undone),
        *_tell_goals(outcome, undone=undone),
        *_tell_badges(outcome),
        *_tell_level(outcome),
    ]


def _tell_struck(activity: Activity, outcome: Outcome) -> Iterator[Notice]:
    if activity.kind is ActivityKind.STRUCK:
        data = {"on": activity.source.id, "hearts": outcome.hearts}
        yield Notice(NoticeKind.BOSS_STRUCK, data)


def _tell_bosses(
    activity: Activity, outcome: Outcome, about: str, *, undone: bool
) -> Iterator[Notice]:
    """One's own bosses; the fall of a party's is an activity of its own."""
    reversed_sources = {entry.source for entry in outcome.entries if undone}
    for battle in outcome.battles:
        if battle.source in reversed_sources:
            data = _describe_battle(battle) | {"hp_left": battle.hp_left}
            yield Notice(NoticeKind.BOSS_REVIVED, data)
        elif battle.is_won and not undone and not battle.shared:
            yield Notice(NoticeKind.BOSS_DEFEATED, _describe_battle(battle))
    if activity.kind is ActivityKind.BOSS_DEFEATED:
        share = [entry for entry in outcome.entries if entry.source == activity.source]
        xp, gold = sum(entry.xp for entry in share), sum(entry.gold for entry in share)
        yield _make_fall(activity.source, about, xp, gold)


def tell_of_fall(battle: Battle) -> Notice:
    """A party's boss fell: for members who dealt it nothing, and so have no share."""
    return _make_fall(battle.source, battle.title, xp=0, gold=0)


def _make_fall(source: Source, boss: str, xp: int, gold: int) -> Notice:
    return Notice(
        NoticeKind.BOSS_DEFEATED,
        {
            "kind": BattleKind.PARTY.value,
            "battle_id": int(source.id),
            "week_id": None,
            "boss": boss,
            "xp": xp,
            "gold": gold,
        },
    )


def _describe_battle(battle: Battle) -> dict[str, str | int | None]:
    """One's own battle. That with the boss of a week is known by the week: its row is not for good."""
    of_week = battle.week is not None
    return {
        "kind": (BattleKind.WEEK if of_week else BattleKind.PERSONAL).value,
        "battle_id": None if of_week else int(battle.source.id),
        "week_id": battle.week,
        "boss": battle.title,
        "xp": battle.xp,
        "gold": battle.gold,
    }


def _tell_goals(outcome: Outcome, *, undone: bool) -> Iterator[Notice]:
    reversed_sources = {entry.source for entry in outcome.entries}
    for goal in outcome.goals:
        if goal.finished and not undone:
            yield Notice(_kind_of(goal, NoticeKind.QUEST_COMPLETED), _describe(goal))
        elif undone and not goal.finished and goal.source in reversed_sources:
            yield Notice(_kind_of(goal, NoticeKind.QUEST_REOPENED), _describe(goal))


def _kind_of(goal: Goal, kind: NoticeKind) -> NoticeKind:
    if goal.reason is not Reason.CHALLENGE_COMPLETED:
        return kind
    completed = kind is NoticeKind.QUEST_COMPLETED
    return NoticeKind.CHALLENGE_COMPLETED if completed else NoticeKind.CHALLENGE_REOPENED


def _describe(goal: Goal) -> dict[str, str | int | None]:
    reward = goal.reward
    return {
        "key": goal.key,
        "title": goal.title,
        "xp": reward.xp,
        "gold": reward.gold,
        "freezes": reward.freezes,
        "badge_key": reward.badge,
    }


def _tell_badges(outcome: Outcome) -> Iterator[Notice]:
    for badge in outcome.badges:
        yield Notice(NoticeKind.BADGE_AWARDED, {"key": badge.key, "title": badge.title})
    for badge in outcome.lost_badges:
        yield Notice(NoticeKind.BADGE_TAKEN_BACK, {"key": badge.key, "title": badge.title})


def _tell_level(outcome: Outcome) -> Iterator[Notice]:
    levels = {"before": outcome.level_before, "after": outcome.level_after}
    if outcome.level_after > outcome.level_before:
        yield Notice(NoticeKind.LEVEL_UP, levels)
    elif outcome.level_after < outcome.level_before:
        yield Notice(NoticeKind.LEVEL_LOST, levels)
