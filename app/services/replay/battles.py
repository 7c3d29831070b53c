"""One's own battles as a replay has them."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from app.game.activity import Source, SourceType
from app.game.battle import Battle
from app.game.outcome import Outcome
from app.game.rules import RULES
from app.services.replay.history import Done, History
from app.services.replay.values import KeptBattle


@dataclass(slots=True)
class _Fight:
    battle: Battle
    began: int
    won: int | None = None


@dataclass(slots=True)
class Battles:
    """All battles of one player's own; those of parties are taken as they were recorded."""

    _fights: dict[Source, _Fight] = field(default_factory=dict)

    def begin(self, sequence: int, battle: Battle) -> None:
        """Begin a battle with a boss of one's choice."""
        self._fights[battle.source] = _Fight(battle, sequence)

    def list_running(
        self, sequence: int, hit: Container[Source], week: int | None
    ) -> tuple[Battle, ...]:
        """What an activity may hit. The boss of its week is there from when the records say that it
        was ``hit``: whether a week has one is its author's.
        """
        if week is not None and _source_of(week) in hit:
            battle = _make_week_battle(week)
            self._fights.setdefault(battle.source, _Fight(battle, sequence - 1))
        return tuple(fight.battle for fight in self._fights.values() if fight.won is None)

    def list_healed(self, done: Done, hit: Container[Source]) -> tuple[Battle, ...]:
        """The parties' battles that an undo healed, as the records say: how they stood is not known."""
        return tuple(
            Battle(source, "", hp=damage, damage=damage, xp=0, gold=0, shared=True)
            for source, damage in done.blows.items()
            if source.type is SourceType.PARTY_BATTLE and source in hit
        )

    def list_holding(self, done: Done, history: History) -> tuple[Battle, ...]:
        """What an undo may heal, with the damage that stands without the undone activity."""
        sequence = done.mark.sequence
        return tuple(
            replace(
                fight.battle,
                damage=history.sum_damage(fight.battle, fight.began, sequence),
                standing=history.find_payment(source),
            )
            for source, fight in self._fights.items()
            if fight.began < sequence
            and _may_count(fight.battle, done)
            and (fight.won is None or fight.won >= sequence)
        )

    def move(self, outcome: Outcome, sequence: int) -> None:
        """Keep how far the battles are after an activity."""
        for battle in outcome.battles:
            if battle.shared:
                continue
            if battle.week is not None and battle.damage == 0:
                del self._fights[battle.source]
                continue
            fight = self._fights[battle.source]
            fight.battle = replace(battle, standing=None)
            fight.won = sequence if battle.is_won else None

    def show(self) -> Mapping[Source, KeptBattle]:
        """All that is kept of battles: that with a week's boss only once it was hurt."""
        return {
            source: KeptBattle(
                fight.battle.hp,
                fight.battle.xp,
                fight.battle.gold,
                fight.began,
                fight.battle.damage,
                fight.won,
            )
            for source, fight in self._fights.items()
            if fight.battle.week is None or fight.battle.damage
        }


def _may_count(battle: Battle, done: Done) -> bool:
    return battle.source in done.blows if battle.week is None else battle.week == done.activity.week


def _source_of(week: int) -> Source:
    return Source(SourceType.BOSS_BATTLE, f"week/{week}")


def _make_week_battle(week: int) -> Battle:
    price = RULES.week_boss
    return Battle(_source_of(week), "", RULES.week_boss_hp, 0, price.xp, price.gold, week=week)
