"""A world in memory with bosses, goals and badges, which it measures from scratch at every undo."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.battle import Battle
from app.game.goal import Goal
from app.game.metrics import Scope
from app.game.outcome import Outcome
from app.game.play import play
from app.game.player import Player
from app.game.rules import Rules
from app.game.week import week_of
from app.game.world import World
from tests.game.campaign import FRAIL, SPOILS, strikes_back
from tests.game.measuring import measure, sum_damage
from tests.game.pursuits import Pursuits
from tests.game.record import Done
from tests.game.strikes import list_struck_days, strike_on


@dataclass(frozen=True)
class Fight:
    """A boss that was chosen, by the activity with this number."""

    source: Source
    after: int
    hp: int
    started_at: datetime


@dataclass
class Adventure(Pursuits):
    """A learner with everything; `damage`, `badges` and `scores` are kept as the outcomes say.

    `appeared`: after which activity the bosses of weeks count, which is when they are hurt first.
    """

    rules: Rules = FRAIL
    fights: list[Fight] = field(default_factory=list)
    damage: dict[Source, int] = field(default_factory=dict)
    appeared: dict[Source, int] = field(default_factory=dict)
    badges: set[str] = field(default_factory=set)
    scores: Counter[date] = field(default_factory=Counter)

    def settle(self) -> None:
        """Let bosses strike for the days that are over."""
        self.suffer(self.list_due())

    def suffer(self, days: Iterable[date]) -> None:
        """Be struck for these days; it sets nothing off."""
        for day in days:
            self._carry_out(strike_on(day, self.calendar), World())

    def look(self) -> Player:
        player = self.player
        for day in self.list_due():
            player = play(player, strike_on(day, self.calendar), World(), self.rules).player
        return player

    def list_due(self) -> Sequence[date]:
        """The days for which bosses have yet to strike."""
        return list_struck_days(self, self.list_raging(), self.rules)

    def list_raging(self) -> Sequence[datetime]:
        """Since when each boss that is fought strikes back."""
        payments = self.payments()
        return [
            fight.started_at
            for fight in self.fights
            if strikes_back(fight.hp) and fight.source not in payments
        ]

    def can_fight(self) -> bool:
        """Whether no boss of one's choice is being fought."""
        payments = self.payments()
        return all(fight.source in payments for fight in self.fights)

    def fight(self, hp: int, number: str | None = None) -> bool:
        """Choose a boss, if none is being fought."""
        if not self.can_fight():
            return False
        source = Source(SourceType.BOSS_BATTLE, number or f"{len(self.fights) + 1}")
        self._choose(ActivityKind.FIGHT_STARTED, source)
        self.fights.append(Fight(source, self.sequence, hp, self.now))
        return True

    def surround(self, activity: Activity, world: World) -> World:
        if activity.kind is ActivityKind.UNDONE:
            return self._look_back(self._find_undone(activity), world)
        return self._look_around(activity, world)

    def list_battles(self) -> Sequence[tuple[Battle, int]]:
        """Every battle, and the number of the activity after which it began."""
        own = [
            (Battle(fight.source, "", fight.hp, 0, SPOILS.xp, SPOILS.gold), fight.after)
            for fight in self.fights
        ]
        weeks = [self._find_week_boss(int(week)) for week in self.weeks]
        return [*own, *((boss, self.appeared.get(boss.source, 0)) for boss in weeks)]

    def measure(self, goal: Goal, without: int = 0) -> int:
        """How far a goal is by what stands."""
        return measure(self, goal.metric, goal.window, self.rules, without)

    def _find_week_boss(self, week: int) -> Battle:
        source, price = Source(SourceType.BOSS_BATTLE, f"week/{week}"), self.rules.week_boss
        return Battle(source, "", self.rules.week_boss_hp, 0, price.xp, price.gold, week=week)

    def _look_around(self, activity: Activity, world: World) -> World:
        payments = self.payments()
        goals = self.list_goals(activity.local_on)
        return replace(
            world,
            goals=tuple(
                replace(goal, progress=self.progress.get(source, 0))
                for source, goal in goals.items()
                if source not in payments and source not in self.left
            ),
            battles=tuple(
                replace(battle, damage=self.damage.get(battle.source, 0))
                for battle, _ in self.list_battles()
                if battle.source not in payments
            ),
            badges=tuple(b for b in self.campaign.badges if b.source not in payments),
            counters=self._counters(),
            rounds=self._rounds(),
        )

    def _look_back(self, past: Done, world: World) -> World:
        payments, undone = self.payments(), past.mark.sequence
        goals = self.list_goals()
        finished = [goal for source, goal in goals.items() if source in payments]
        return replace(
            world,
            goals=tuple(
                replace(
                    goal,
                    progress=self.measure(goal, undone),
                    finished=source in payments,
                    standing=payments.get(source),
                    before=self.progress.get(source, 0),
                )
                for source, goal in goals.items()
                if not self.is_over(goal)
            ),
            battles=tuple(
                replace(
                    battle,
                    damage=sum_damage(self, battle, after, undone),
                    standing=payments.get(battle.source),
                )
                for battle, after in self.list_battles()
                if battle.source in past.blows or battle.source in payments
            ),
            badges=tuple(
                replace(badge, standing=payments[badge.source])
                for badge in self.campaign.badges
                if badge.source in payments
            ),
            givers=Counter(goal.reward.badge for goal in finished if goal.reward.badge),
            counters=self._counters(),
        )

    def _find_undone(self, activity: Activity) -> Done:
        """The activity that an undo takes back: it stands no more, but nothing was reversed yet."""
        return next(row for row in reversed(self.done()) if row.activity.source == activity.source)

    def _play(self, activity: Activity, world: World) -> Outcome:
        outcome = super()._play(activity, world)
        for goal in outcome.goals:
            self.progress[goal.source] = goal.progress
        for battle in outcome.battles:
            self.damage[battle.source] = battle.damage
            if battle.week and battle.damage:
                self.appeared.setdefault(battle.source, self.sequence - 1)
            elif battle.week:
                del self.appeared[battle.source]
        self.badges |= {badge.key for badge in outcome.badges}
        self.badges -= {badge.key for badge in outcome.lost_badges}
        self.scores[week_of(activity.occurred_at)] += outcome.score
        return outcome

    def _counters(self) -> dict[Scope, int]:
        everywhere: dict[Scope, int] = {(m, None): value for m, value in self.counters.items()}
        return everywhere | dict(self.scoped)

    def _rounds(self) -> Counter[Source]:
        reversed_ids = {paid.entry.reverses_id for paid in self.ledger}
        return Counter(paid.entry.source for paid in self.ledger if paid.id in reversed_ids)
