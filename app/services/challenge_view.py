"""What a learner sees of a challenge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.challenges import ChallengeState
from app.core.errors import UnauthenticatedError
from app.db.repositories.challenge_rows import ChallengeRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.metrics import Metric
from app.game.player import Player
from app.game.streak import show_streak
from app.services.player_mapping import read_player
from app.services.principal import Principal
from app.services.reward_view import GoalRewardView


@dataclass(frozen=True, slots=True)
class MembershipView:
    """See ``app.schemas.challenges.MembershipRead`` for what the fields mean to clients."""

    joined_at: datetime
    progress: int
    finished_at: datetime | None
    left_at: datetime | None
    final_rank: int | None


@dataclass(frozen=True, slots=True)
class ChallengeView:
    """See ``app.schemas.challenges.ChallengeRead`` for what the fields mean to clients."""

    id: int
    revision: int
    party_id: int | None
    created_by: int | None
    title: str
    description: str
    metric: str
    target: int
    course_slug: str | None
    reward: GoalRewardView
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    state: ChallengeState
    membership: MembershipView | None


async def show_challenges(
    uow: ReadUnitOfWork, principal: Principal, rows: Sequence[ChallengeRow], now: datetime
) -> list[ChallengeView]:
    """Challenges as the caller sees them now.

    Raises:
        UnauthenticatedError: the account was deleted meanwhile.
    """
    player = None
    if any(_looks_at_streak(row, now) for row in rows):
        player = await _load_player(uow, principal, now)
    return show_to_player(rows, player, principal, now)


def show_to_player(
    rows: Sequence[ChallengeRow], player: Player | None, principal: Principal, now: datetime
) -> list[ChallengeView]:
    """The same for a player who is loaded already; None will do where no streak is looked at."""
    return [_show(row, _measure(row, player, principal, now), now) for row in rows]


async def show_challenge(
    uow: ReadUnitOfWork, principal: Principal, row: ChallengeRow, now: datetime
) -> ChallengeView:
    """One challenge as the caller sees it now.

    Raises:
        UnauthenticatedError: the account was deleted meanwhile.
    """
    (view,) = await show_challenges(uow, principal, [row], now)
    return view


def find_state(starts_at: datetime, ends_at: datetime, now: datetime) -> ChallengeState:
    """Where a challenge stands: it starts at its start, and is over at its end."""
    if now >= ends_at:
        return ChallengeState.PAST
    return ChallengeState.OPEN if now >= starts_at else ChallengeState.UPCOMING


async def _load_player(uow: ReadUnitOfWork, principal: Principal, now: datetime) -> Player:
    found = await uow.players.get_with_reviews(principal.user_id, principal.calendar.day_of(now))
    if found is None:
        raise UnauthenticatedError
    return read_player(found)


def _looks_at_streak(row: ChallengeRow, now: datetime) -> bool:
    return (
        row.metric == Metric.STREAK_DAYS
        and row.is_joined
        and row.finished_at is None
        and find_state(row.starts_at, row.ends_at, now) is ChallengeState.OPEN
    )


def _measure(row: ChallengeRow, player: Player | None, principal: Principal, now: datetime) -> int:
    """The progress. A streak is looked at, not kept: it counts from what was done since one joined."""
    if player is None or row.joined_at is None or not _looks_at_streak(row, now):
        return row.progress or 0
    last_at = player.streak.last_at
    if last_at is None or last_at < max(row.starts_at, row.joined_at):
        return 0
    return min(show_streak(player.streak, now, principal.calendar), row.target)


def _show(row: ChallengeRow, progress: int, now: datetime) -> ChallengeView:
    return ChallengeView(
        id=row.id,
        revision=row.revision,
        party_id=row.party_id,
        # Who among the admins made a challenge for all is nobody's concern.
        created_by=None if row.party_id is None else row.created_by,
        title=row.title,
        description=row.description,
        metric=row.metric,
        target=row.target,
        course_slug=row.course_slug,
        reward=GoalRewardView(row.xp, row.gold, row.freezes, row.badge_key),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_at=row.created_at,
        state=find_state(row.starts_at, row.ends_at, now),
        membership=_show_membership(row, progress),
    )


def _show_membership(row: ChallengeRow, progress: int) -> MembershipView | None:
    if row.joined_at is None:
        return None
    return MembershipView(
        joined_at=row.joined_at,
        progress=progress,
        finished_at=row.finished_at,
        left_at=row.left_at,
        final_rank=row.final_rank,
    )
