"""Histories of players, one at a time, and all that a replay of them takes as given."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import aliased

from app.db.models import (
    ActivityRow,
    Badge,
    BadgeAward,
    BattleFighter,
    Boss,
    BossBattle,
    Challenge,
    ChallengeMember,
    PartyBattle,
    PlayerCounter,
    Quest,
    QuestProgress,
    RewardEntry,
)
from app.db.repositories.base import Repository

HistoryRow: TypeAlias = Row[Any]
"""All columns of an activity, but whose it is."""

EntryRow: TypeAlias = Row[Any]
"""activity_sequence, reason, source_type, source_id, round, xp, gold, reverses_id, reversed_reason"""

_Reversed = aliased(RewardEntry)
_ACTIVITIES = (
    select(*(column for column in ActivityRow.__table__.columns if column.key != "user_id"))
    .where(
        ActivityRow.user_id == bindparam("of_user"),
        ActivityRow.sequence > bindparam("after_sequence"),
    )
    .order_by(ActivityRow.sequence)
    .limit(bindparam("count"))
)
# By ix_reward_entries_user_id_activity_sequence.
_ENTRIES = (
    select(
        RewardEntry.activity_sequence,
        RewardEntry.reason,
        RewardEntry.source_type,
        RewardEntry.source_id,
        RewardEntry.round,
        RewardEntry.xp,
        RewardEntry.gold,
        RewardEntry.reverses_id,
        _Reversed.reason.label("reversed_reason"),
    )
    .outerjoin(
        _Reversed,
        and_(_Reversed.user_id == RewardEntry.user_id, _Reversed.id == RewardEntry.reverses_id),
    )
    .where(
        RewardEntry.user_id == bindparam("of_user"),
        RewardEntry.activity_sequence > bindparam("after_sequence"),
        RewardEntry.activity_sequence <= bindparam("last_sequence"),
    )
    .order_by(RewardEntry.activity_sequence, RewardEntry.id)
)
_QUESTS = select(Quest).order_by(Quest.id)
_BADGES = select(Badge).order_by(Badge.family, Badge.tier, Badge.id)
_CHALLENGES = select(Challenge).where(Challenge.party_id.is_(None)).order_by(Challenge.id)
_BATTLES = (
    select(BossBattle, Boss.hp, Boss.xp, Boss.gold)
    .outerjoin(Boss, Boss.id == BossBattle.boss_id)
    .where(BossBattle.user_id == bindparam("of_user"))
    .order_by(BossBattle.id)
)
_SPOILS = (
    select(PartyBattle.id, PartyBattle.xp, PartyBattle.gold)
    .join(BattleFighter, BattleFighter.battle_id == PartyBattle.id)
    .where(BattleFighter.user_id == bindparam("of_user"))
)
_PROGRESS = select(QuestProgress).where(QuestProgress.user_id == bindparam("of_user"))
_MEMBERSHIPS = (
    select(ChallengeMember)
    .join(Challenge, Challenge.id == ChallengeMember.challenge_id)
    .where(ChallengeMember.user_id == bindparam("of_user"), Challenge.party_id.is_(None))
)
_AWARDS = select(BadgeAward).where(BadgeAward.user_id == bindparam("of_user"))
_COUNTERS = select(PlayerCounter.metric, PlayerCounter.value).where(
    PlayerCounter.user_id == bindparam("of_user")
)


class ReplayReader(Repository):
    """Reads what is played again, and what the end is compared with."""

    async def list_activities(
        self, user_id: int, after_sequence: int, count: int
    ) -> Sequence[HistoryRow]:
        """At most ``count`` activities of a player after one, in order."""
        parameters = {"of_user": user_id, "after_sequence": after_sequence, "count": count}
        return (await self._session.execute(_ACTIVITIES, parameters)).all()

    async def list_entries(
        self, user_id: int, after_sequence: int, last_sequence: int
    ) -> Sequence[EntryRow]:
        """The entries of the activities numbered in ``(after_sequence, last_sequence]``."""
        parameters = {
            "of_user": user_id,
            "after_sequence": after_sequence,
            "last_sequence": last_sequence,
        }
        return (await self._session.execute(_ENTRIES, parameters)).all()

    async def list_quests(self) -> Sequence[Quest]:
        """Every revision of every quest."""
        return (await self._session.scalars(_QUESTS)).all()

    async def list_badges(self) -> Sequence[Badge]:
        """Every revision of every badge, in the order in which they are awarded."""
        return (await self._session.scalars(_BADGES)).all()

    async def list_challenges(self) -> Sequence[Challenge]:
        """All challenges that are for all."""
        return (await self._session.scalars(_CHALLENGES)).all()

    async def list_battles(self, user_id: int) -> Sequence[Row[Any]]:
        """The player's own battles, each with hp, xp and gold of its boss in the revision that was
        fought; None for the boss of a week.
        """
        return (await self._session.execute(_BATTLES, {"of_user": user_id})).all()

    async def list_spoils(self, user_id: int) -> Sequence[Row[tuple[int, int, int]]]:
        """Id, XP and gold of the parties' battles that the player fought in."""
        return (await self._session.execute(_SPOILS, {"of_user": user_id})).all()

    async def list_progress(self, user_id: int) -> Sequence[QuestProgress]:
        """All that is kept of the player's quests."""
        return (await self._session.scalars(_PROGRESS, {"of_user": user_id})).all()

    async def list_memberships(self, user_id: int) -> Sequence[ChallengeMember]:
        """The player's memberships in challenges that are for all."""
        return (await self._session.scalars(_MEMBERSHIPS, {"of_user": user_id})).all()

    async def list_awards(self, user_id: int) -> Sequence[BadgeAward]:
        """The badges that are kept for the player."""
        return (await self._session.scalars(_AWARDS, {"of_user": user_id})).all()

    async def list_counters(self, user_id: int) -> Sequence[Row[tuple[str, int]]]:
        """Name and value of the player's counters."""
        return (await self._session.execute(_COUNTERS, {"of_user": user_id})).all()
