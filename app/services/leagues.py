"""Leagues: the learner's group of this week, and how the last one ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import Clock
from app.core.tables import Visibility
from app.db.repositories.league_rows import MembershipRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.league import Zone, rank_group
from app.game.rules import RULES
from app.game.week import end_of_week, week_of
from app.services.league_results import LOWEST_TIER, LeagueResult, find_result
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class LeagueMemberView:
    """See ``app.schemas.tables.LeagueMemberRead`` for what the fields mean to clients."""

    rank: int
    name: str | None
    score: int
    zone: Zone
    is_me: bool


@dataclass(frozen=True, slots=True)
class LeagueView:
    """See ``app.schemas.tables.LeagueRead`` for what the fields mean to clients."""

    week_on: date
    ends_at: datetime
    tier: int
    members: Sequence[LeagueMemberView]
    last_result: LeagueResult | None


class LeagueService:
    """Shows leagues. Nothing here writes: a week that is over is computed until it is closed."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal) -> LeagueView:
        """The caller's group of this week, and how the week in which they played before ended."""
        week_on = week_of(self._clock.now())
        present, last = await self._find_memberships(principal.user_id, week_on)
        result = None if last is None else await find_result(self._uow, last)
        tier = LOWEST_TIER if result is None else result.next_tier
        return LeagueView(
            week_on=week_on,
            ends_at=end_of_week(week_on),
            tier=tier if present is None else present.tier,
            members=[] if present is None else await self._list_members(principal, present),
            last_result=result,
        )

    async def _find_memberships(
        self, user_id: int, week_on: date
    ) -> tuple[MembershipRow | None, MembershipRow | None]:
        """That of this week, and the last before it."""
        rows = await self._uow.leagues.list_newest(user_id, week_on, 2)
        if rows and rows[0].week_on == week_on:
            return rows[0], rows[1] if len(rows) > 1 else None
        return None, rows[0] if rows else None

    async def _list_members(
        self, principal: Principal, membership: MembershipRow
    ) -> Sequence[LeagueMemberView]:
        members = {
            row.user_id: row for row in await self._uow.leagues.list_members(membership.group_id)
        }
        scores = {user_id: row.score for user_id, row in members.items()}
        return [
            LeagueMemberView(
                rank=standing.rank,
                name=_show_name(
                    members[standing.user_id].visibility, members[standing.user_id].name
                ),
                score=standing.score,
                zone=standing.zone,
                is_me=standing.user_id == principal.user_id,
            )
            for standing in rank_group(scores, membership.tier, RULES.league)
        ]


def _show_name(visibility: str, name: str) -> str | None:
    return name if visibility == Visibility.SHOWN else None
