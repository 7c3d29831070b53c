"""Completing a day's task of a course, and what it finishes: the week, the course."""

from collections.abc import Mapping
from types import MappingProxyType

from app.game.activity import Activity, SourceType
from app.game.ledger import Entry, Reason
from app.game.metrics import tally_activity
from app.game.outcome import Outcome
from app.game.player import Player
from app.game.pricing import rate_activity
from app.game.rules import Price, Rules
from app.game.settlement import settle
from app.game.world import Stage, World

_STAGE_REASONS: Mapping[SourceType, Reason] = MappingProxyType(
    {
        SourceType.WEEK: Reason.MILESTONE_REACHED,
        SourceType.COURSE: Reason.COURSE_COMPLETED,
    }
)


def complete_course_task(player: Player, activity: Activity, world: World, rules: Rules) -> Outcome:
    """Pay the task as a personal one of its difficulty, and each stage that it finishes.

    A stage that is paid and stands (what its author added since is completed only now) is not paid
    again. Stages pay what the rules say, whatever the streak. There is no limit a day: what a course
    has was set by its author. Raises ValueError for an activity without difficulty.
    """
    if activity.difficulty is None:
        raise ValueError("a completed course task has a difficulty")
    rate = rate_activity(player, activity, rules)
    price = rules.prices[activity.difficulty]
    own = Entry(
        Reason.COURSE_TASK_COMPLETED,
        activity.source,
        world.round,
        xp=rate.xp(price.xp),
        gold=price.gold,
    )
    finished = tuple(
        _pay_stage(stage, rules)
        for stage in world.stages
        if stage.is_met and stage.standing is None
    )
    entries = (own, *finished)
    return settle(
        player,
        activity,
        rules,
        streak=rate.streak,
        paid=True,
        entries=entries,
        counters=tally_activity(activity.kind, entries),
    )


def _pay_stage(stage: Stage, rules: Rules) -> Entry:
    price = _price_of(stage.source.type, rules)
    reason = _STAGE_REASONS[stage.source.type]
    return Entry(reason, stage.source, stage.round, xp=price.xp, gold=price.gold)


def _price_of(kind: SourceType, rules: Rules) -> Price:
    return rules.course if kind is SourceType.COURSE else rules.milestone
