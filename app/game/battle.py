"""Battles: bosses that activities hurt, each blow cut at the hit points left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.game.activity import Activity, ActivityKind, Source
from app.game.ledger import Entry, PaidEntry, Reason
from app.game.rules import Rules

_OF_WEEK = {ActivityKind.COURSE_TASK_COMPLETED, ActivityKind.QUIZ_ATTEMPTED}


@dataclass(frozen=True, slots=True)
class Battle:
    """A battle as it stands: `damage` of `hp` points were dealt.

    `week`: the id of the week whose boss it is; only what is done in that week hurts it. `shared`: a
    party's; its victory is an activity of each fighter's own. `standing`: what a won battle of one's
    own paid.
    """

    source: Source
    title: str
    hp: int
    damage: int
    xp: int
    gold: int
    week: int | None = None
    shared: bool = False
    standing: PaidEntry | None = None

    @property
    def hp_left(self) -> int:
        """The hit points left; 0 for a boss that has fallen."""
        return self.hp - self.damage

    @property
    def is_chosen(self) -> bool:
        """Whether the boss is one of the learner's own choice."""
        return self.week is None and not self.shared

    @property
    def is_won(self) -> bool:
        """Whether the boss has fallen."""
        return self.damage >= self.hp


@dataclass(frozen=True, slots=True)
class Blow:
    """What an activity did to a boss: damage as it was cut, below 0 when an undo takes it back."""

    source: Source
    boss: str
    damage: int
    hp_left: int
    defeated: bool


def rate_damage(activity: Activity, level: int, rules: Rules) -> int:
    """What a rewarded activity deals, at the level before it: damage * (100 + 2 * (level - 1)) // 100.

    It is cut at the hit points left by each boss that it hits. 0 for kinds that hurt nobody.
    """
    base = 0
    match activity.kind:
        case ActivityKind.TASK_COMPLETED | ActivityKind.COURSE_TASK_COMPLETED:
            base = rules.prices[activity.difficulty].damage if activity.difficulty else 0
        case ActivityKind.QUIZ_ATTEMPTED:
            base = rules.quiz.damage
        case ActivityKind.REVIEWED:
            base = rules.review.damage
    return base * (rules.percent + rules.level_damage_percent * (level - 1)) // rules.percent


def strike_bosses(
    battles: tuple[Battle, ...], activity: Activity, damage: int, *, spent: bool = False
) -> Iterator[tuple[Battle, Blow]]:
    """Each battle that the activity hits, as it is after the blow; nothing without damage.

    Of bosses of one's own choice that is the first, the oldest: several run only after an undo revived
    one, and a blow is dealt once. What is `spent` in a battle that a party won hurts no other party's.
    """
    chosen = next((battle for battle in battles if battle.is_chosen and not battle.is_won), None)
    for battle in battles:
        missed = (battle.is_chosen and battle is not chosen) or (battle.shared and spent)
        if damage == 0 or battle.is_won or missed or not _is_hit(battle, activity):
            continue
        dealt = min(damage, battle.hp_left)
        after = replace(battle, damage=battle.damage + dealt)
        yield after, Blow(battle.source, battle.title, dealt, after.hp_left, after.is_won)


def pay_victory(battle: Battle, rounds: Mapping[Source, int]) -> Entry:
    """What the fall of a learner's own boss pays, whatever the streak."""
    round_ = rounds.get(battle.source, 0)
    return Entry(Reason.BOSS_DEFEATED, battle.source, round_, xp=battle.xp, gold=battle.gold)


def _is_hit(battle: Battle, activity: Activity) -> bool:
    if battle.week is None:
        return True
    return activity.kind in _OF_WEEK and activity.week == battle.week
