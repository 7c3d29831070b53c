"""Where a learner stands in the league, in a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.db.repositories.league_rows import MembershipRow
from app.game.league import Zone, rank_group
from app.game.rules import RULES
from app.game.week import end_of_week
from app.services.league_results import LOWEST_TIER, read_result


@dataclass(frozen=True, slots=True)
class StandingView:
    """See ``app.schemas.summary.LeagueStandingRead`` for what the fields mean to clients."""

    week_on: date
    ends_at: datetime
    tier: int
    rank: int | None
    members: int
    score: int
    zone: Zone | None


def show_standing(
    user_id: int, week_on: date, companions: Sequence[tuple[MembershipRow, int]]
) -> StandingView:
    """The learner in a week, by all of the group in which the learner was last, with their scores.

    Who has not played in this week yet is in no group, but in the tier to which the last week led.
    """
    mine = next((member for member, _ in companions if member.user_id == user_id), None)
    scores = {member.user_id: score for member, score in companions}
    if mine is None or mine.week_on != week_on:
        tier = LOWEST_TIER if mine is None else read_result(mine, scores).next_tier
        return StandingView(week_on, end_of_week(week_on), tier, None, 0, 0, None)
    standings = rank_group(scores, mine.tier, RULES.league)
    own = next(standing for standing in standings if standing.user_id == user_id)
    return StandingView(
        week_on=week_on,
        ends_at=end_of_week(week_on),
        tier=mine.tier,
        rank=own.rank,
        members=len(standings),
        score=own.score,
        zone=own.zone,
    )
