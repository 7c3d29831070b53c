"""Battles and bosses as learners see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.core.battles import BattleKind, FightHindrance
from app.core.definitions import BossKind
from app.db.models import BossBattle, PartyBattle
from app.db.repositories.boss_rows import FighterOfPartyRow, TakenWeekRow, VictoryRow
from app.db.repositories.definition_rows import BossRow
from app.game.rules import RULES


@dataclass(frozen=True, slots=True)
class SpoilsView:
    """What the fall of a boss pays."""

    xp: int
    gold: int


@dataclass(frozen=True, slots=True)
class BattleView:
    """See ``app.schemas.bosses.BattleRead`` for what the fields mean to clients."""

    id: int | None
    kind: BattleKind
    boss_key: str | None
    course: str | None
    week_id: int | None
    title: str
    hp: int
    hp_left: int
    reward: SpoilsView
    strikes_back: bool
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class FighterView:
    """A member of the party, and the damage that the member dealt."""

    user_id: int
    display_name: str
    damage: int


@dataclass(frozen=True, slots=True)
class PartyBattleView:
    """See ``app.schemas.bosses.PartyBattleRead`` for what the fields mean to clients."""

    id: int
    boss_key: str | None
    party_id: int
    party: str
    title: str
    hp: int
    hp_left: int
    reward: SpoilsView
    strikes_back: bool
    started_at: datetime
    fighters: Sequence[FighterView]
    damage_of_others: int


@dataclass(frozen=True, slots=True)
class VictoryView:
    """A boss that the learner beat, alone or with others."""

    kind: BattleKind
    title: str
    reward: SpoilsView
    won_at: datetime


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """See ``app.schemas.bosses.BossChoiceRead`` for what the fields mean to clients."""

    key: str
    kind: BossKind
    title: str
    description: str
    hp: int
    reward: SpoilsView
    strikes_back: bool
    min_level: int
    hindrance: FightHindrance | None

    @property
    def available(self) -> bool:
        """Whether it can be fought now."""
        return self.hindrance is None


def show_own_battle(
    battle: BossBattle, boss_key: str | None = None, course: str | None = None
) -> BattleView:
    """A learner's own battle; ``course`` is the slug of the course whose week's boss it is."""
    return BattleView(
        id=battle.id,
        kind=BattleKind.PERSONAL if battle.week_id is None else BattleKind.WEEK,
        boss_key=boss_key,
        course=course,
        week_id=battle.week_id,
        title=battle.title,
        hp=battle.hp,
        hp_left=battle.hp - battle.damage,
        reward=SpoilsView(battle.xp, battle.gold),
        strikes_back=battle.strikes_back,
        started_at=battle.started_at,
    )


def show_boss_of_week(row: TakenWeekRow) -> BattleView | None:
    """The battle with the boss of an open week; None if there is no boss, or it has fallen."""
    if row.battle is not None:
        return None if row.battle.won_at else show_own_battle(row.battle, course=row.course)
    return None if row.boss is None else show_untouched_boss(row.course, row.week.id, row.boss)


def show_untouched_boss(course: str, week_id: int, title: str) -> BattleView:
    """The boss of an open week that nothing has hurt yet; ``course`` is a slug."""
    return BattleView(
        id=None,
        kind=BattleKind.WEEK,
        boss_key=None,
        course=course,
        week_id=week_id,
        title=title,
        hp=RULES.week_boss_hp,
        hp_left=RULES.week_boss_hp,
        reward=SpoilsView(RULES.week_boss.xp, RULES.week_boss.gold),
        strikes_back=False,
        started_at=None,
    )


def show_party_battles(rows: Iterable[FighterOfPartyRow]) -> Sequence[PartyBattleView]:
    """The running battles of the learner's parties. Of those who left only the sum is told."""
    views = []
    for _, group in groupby(rows, key=lambda row: row.party_id):
        of_party = list(group)
        first = of_party[0]
        if first.battle is not None:
            fighters = [fighter for row in of_party for fighter in _show_fighter(row)]
            views.append(
                show_party_battle(first.battle, first.boss_key, first.party_name, fighters)
            )
    return views


def show_party_battle(
    battle: PartyBattle, boss_key: str | None, party: str, fighters: Sequence[FighterView] = ()
) -> PartyBattleView:
    """A party's battle with what its present members dealt."""
    return PartyBattleView(
        id=battle.id,
        boss_key=boss_key,
        party_id=battle.party_id,
        party=party,
        title=battle.title,
        hp=battle.hp,
        hp_left=battle.hp - battle.damage,
        reward=SpoilsView(battle.xp, battle.gold),
        strikes_back=battle.strikes_back,
        started_at=battle.started_at,
        fighters=fighters,
        damage_of_others=battle.damage - sum(fighter.damage for fighter in fighters),
    )


def _show_fighter(row: FighterOfPartyRow) -> Iterable[FighterView]:
    if row.user_id is not None and row.display_name is not None and row.damage:
        yield FighterView(row.user_id, row.display_name, row.damage)


def show_victory(row: VictoryRow) -> VictoryView:
    """A boss that was beaten."""
    return VictoryView(BattleKind(row.kind), row.title, SpoilsView(row.xp, row.gold), row.won_at)


def show_choice(boss: BossRow, hindrance: FightHindrance | None) -> ChoiceView:
    """A boss that may be chosen, unless something stands against it."""
    return ChoiceView(
        key=boss.key,
        kind=BossKind(boss.kind),
        title=boss.title,
        description=boss.description,
        hp=boss.hp,
        reward=SpoilsView(boss.xp, boss.gold),
        strikes_back=boss.strikes_back,
        min_level=boss.min_level,
        hindrance=hindrance,
    )
