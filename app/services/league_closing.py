"""Closing leagues: once for each group, when its week is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.notices import Notice, NoticeKind
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.league import rank_group
from app.game.rules import RULES
from app.game.week import week_of
from app.services.league_results import LeagueResult, make_result

GRACE = timedelta(minutes=5)
"""How long after its end a week is closed: what was begun in it has ended by then."""


async def list_due(uow: ReadUnitOfWork, now: datetime, count: int) -> Sequence[int]:
    """At most ``count`` groups that are to be closed, oldest weeks first."""
    return await uow.leagues.list_unclosed(week_of(now - GRACE), count)


class LeagueClosing:
    """Closes the groups of weeks that are over."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def close(self, group_id: int, now: datetime) -> bool:
        """Write down how a group's week ended, and tell its members; False if that was done already."""
        leagues = self._uow.leagues
        members = (await leagues.list_scores([group_id]))[group_id]
        players = await self._uow.players.lock_players(members)
        group = await leagues.close_group(group_id, now)
        if group is None:
            return False
        # Read anew: who was erased before the locks were taken is in it no more.
        scores = (await leagues.list_scores([group_id]))[group_id]
        results = {
            standing.user_id: make_result(group.week_on, group.tier, standing, len(scores))
            for standing in rank_group(scores, group.tier, RULES.league)
        }
        if not results:
            return True
        await leagues.save_results(
            group.week_on,
            [(user_id, result.rank, result.zone.move) for user_id, result in results.items()],
        )
        told = [player for player in players if player.user_id in results]
        await self._uow.notifications.add_all(
            [(player, [_make_notice(results[player.user_id])]) for player in told], now
        )
        await self._uow.players.save_all(told)
        return True


def _make_notice(result: LeagueResult) -> Notice:
    return Notice(
        NoticeKind.LEAGUE_CLOSED,
        {
            "week_on": result.week_on.isoformat(),
            "tier": result.tier,
            "rank": result.rank,
            "members": result.members,
            "zone": result.zone.value,
            "next_tier": result.next_tier,
        },
    )
