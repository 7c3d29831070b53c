"""Between the rows of battles and the values that the rules work on."""

from app.db.models import BossBattle, PartyBattle
from app.game.activity import Source, SourceType
from app.game.battle import Battle
from app.game.rules import RULES
from app.services.turn import CoursePlace, Move, Turn, source_of_battle, source_of_party_battle


def read_battle(row: BossBattle) -> Battle:
    """A learner's own battle."""
    source = source_of_battle(row.id, row.week_id)
    return Battle(source, row.title, row.hp, row.damage, row.xp, row.gold, week=row.week_id)


def read_party_battle(row: PartyBattle) -> Battle:
    """A battle of a party."""
    source = source_of_party_battle(row.id)
    return Battle(source, row.title, row.hp, row.damage, row.xp, row.gold, shared=True)


def new_week_battle(place: CoursePlace) -> Battle:
    """The boss of a week that nothing has hurt yet."""
    price = RULES.week_boss
    return Battle(
        Source(SourceType.BOSS_BATTLE, f"week/{place.week_id}"),
        place.boss or "",
        hp=RULES.week_boss_hp,
        damage=0,
        xp=price.xp,
        gold=price.gold,
        week=place.week_id,
    )


def new_week_row(turn: Turn, move: Move, battle: Battle) -> BossBattle:
    """The row of a week's boss that was hurt for the first time. What is done in the week from now on
    counts: its author may have given it the boss only now.
    """
    return BossBattle(
        user_id=turn.user_id,
        boss_id=None,
        week_id=battle.week,
        title=battle.title,
        hp=battle.hp,
        xp=battle.xp,
        gold=battle.gold,
        strikes_back=False,
        started_at=turn.now,
        started_sequence=move.sequence - 1,
        damage=battle.damage,
        won_at=None,
        won_sequence=None,
    )
