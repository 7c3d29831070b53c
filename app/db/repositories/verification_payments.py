"""What is finished, and what is paid: two sets that have to be one, of users in ``(after_id, last_id]``.

Each row is user id, type and id of a source.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    case,
    cast,
    exists,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.core.questing import ONCE_ON, QuestStatus
from app.db.functions import IsoDate
from app.db.models import (
    BadgeAward,
    BattleFighter,
    BossBattle,
    Challenge,
    ChallengeMember,
    PartyBattle,
    QuestProgress,
    RewardEntry,
)
from app.db.repositories.verification_terms import IS_PAYMENT, IS_REVERSED, within
from app.game.activity import SourceType

QUEST_SOURCE = case(
    (QuestProgress.period_on == ONCE_ON, QuestProgress.quest_key),
    else_=QuestProgress.quest_key + literal("/") + IsoDate(QuestProgress.period_on),
)
"""What a quest is paid as in its period."""

CHALLENGE_SOURCE = cast(ChallengeMember.challenge_id, RewardEntry.source_id.type)
"""What a challenge is paid as."""

BATTLE_SOURCE = case(
    (BossBattle.week_id.is_(None), cast(BossBattle.id, String)),
    else_=literal("week/") + cast(BossBattle.week_id, String),
)
"""What a battle of one's own is paid as."""


def _finish(owner: InstrumentedAttribute[int], kind: SourceType, source_id: Any) -> Select[Any]:
    return select(
        owner.label("user_id"),
        literal(kind.value).label("source_type"),
        source_id.label("source_id"),
    ).where(within(owner))


_FINISHED = union_all(
    _finish(QuestProgress.user_id, SourceType.QUEST, QUEST_SOURCE).where(
        QuestProgress.status == QuestStatus.COMPLETED
    ),
    _finish(ChallengeMember.user_id, SourceType.CHALLENGE, CHALLENGE_SOURCE).where(
        ChallengeMember.finished_at.is_not(None)
    ),
    _finish(BadgeAward.user_id, SourceType.BADGE, BadgeAward.badge_key),
    _finish(BossBattle.user_id, SourceType.BOSS_BATTLE, BATTLE_SOURCE).where(
        BossBattle.won_at.is_not(None)
    ),
    _finish(BattleFighter.user_id, SourceType.PARTY_BATTLE, cast(BattleFighter.battle_id, String))
    .join(PartyBattle, PartyBattle.id == BattleFighter.battle_id)
    .where(PartyBattle.won_at.is_not(None), BattleFighter.damage > 0),
)
# SQLite takes no brackets around a part of a compound.
FINISHED = select(_FINISHED.subquery("finished"))


def _is_there(kind: SourceType, key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    # Only where the source is of this kind, its id is sure to be a number.
    number = case((RewardEntry.source_type == kind, cast(RewardEntry.source_id, BigInteger)))
    return exists().where(key == number)


# What a party had goes with it; its victories stay paid.
_WHAT_IS_THERE = or_(
    RewardEntry.source_type.in_([SourceType.QUEST, SourceType.BADGE, SourceType.BOSS_BATTLE]),
    _is_there(SourceType.CHALLENGE, Challenge.id),
    _is_there(SourceType.PARTY_BATTLE, PartyBattle.id),
)
PAID = select(RewardEntry.user_id, RewardEntry.source_type, RewardEntry.source_id).where(
    within(RewardEntry.user_id), IS_PAYMENT, ~IS_REVERSED, _WHAT_IS_THERE
)
