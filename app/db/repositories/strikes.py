"""What tells whether bosses strike a learner back: the last active day, and since when who fights."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, case, func, select

from app.db.models import ActivityRow, BossBattle, PartyBattle, PartyMember, Player
from app.db.repositories.base import Repository
from app.game.activity import ActivityKind, SourceType


@dataclass(frozen=True, slots=True)
class StrikeFacts:
    """What a learner did last, how often and when bosses struck, and since when they may.

    ``last_on`` is the greatest local date and ``last_at`` the instant of what the learner did last,
    paid or not. ``last_strike``: the source id of the newest strike. ``alone_since`` and
    ``together_since``: when the oldest running battle with a boss that strikes back began, or the
    learner's part in it. All are None without any.
    """

    last_sequence: int
    last_on: date | None
    last_at: datetime | None
    last_strike: str | None
    alone_since: datetime | None
    together_since: datetime | None


# These happen to the learner, by time or by others.
_SUFFERED = (ActivityKind.STRUCK, ActivityKind.BOSS_DEFEATED)
_OF_LEARNER = ActivityRow.user_id == Player.user_id
_DONE = (_OF_LEARNER, ActivityRow.kind.not_in(_SUFFERED))
_JOINED = case(
    (PartyMember.joined_at > PartyBattle.started_at, PartyMember.joined_at),
    else_=PartyBattle.started_at,
)
# Each goes by an index and ends at its first row: the newest activities come first.
_FACTS = select(
    Player.user_id,
    select(func.coalesce(func.max(ActivityRow.sequence), 0))
    .where(_OF_LEARNER)
    .correlate(Player)
    .scalar_subquery(),
    select(ActivityRow.local_on)
    .where(*_DONE)
    .order_by(ActivityRow.local_on.desc())
    .limit(1)
    .correlate(Player)
    .scalar_subquery(),
    select(ActivityRow.occurred_at)
    .where(*_DONE)
    .order_by(ActivityRow.sequence.desc())
    .limit(1)
    .correlate(Player)
    .scalar_subquery(),
    select(func.max(ActivityRow.source_id))
    .where(_OF_LEARNER, ActivityRow.source_type == SourceType.STRIKE)
    .correlate(Player)
    .scalar_subquery(),
    select(func.min(BossBattle.started_at))
    .where(
        BossBattle.user_id == Player.user_id, BossBattle.won_at.is_(None), BossBattle.strikes_back
    )
    .correlate(Player)
    .scalar_subquery(),
    select(func.min(_JOINED))
    .select_from(PartyMember)
    .join(PartyBattle, PartyBattle.party_id == PartyMember.party_id)
    .where(
        PartyMember.user_id == Player.user_id,
        PartyBattle.won_at.is_(None),
        PartyBattle.strikes_back,
    )
    .correlate(Player)
    .scalar_subquery(),
).where(Player.user_id.in_(bindparam("of_users", expanding=True)))


class StrikeReader(Repository):
    """Looks up whether bosses strike back."""

    async def get_facts(self, user_ids: Collection[int]) -> Mapping[int, StrikeFacts]:
        """What decides whether learners are struck, by user id; one statement."""
        found = await self._session.execute(_FACTS, {"of_users": list(user_ids)})
        return {user_id: StrikeFacts(*facts) for user_id, *facts in found}
