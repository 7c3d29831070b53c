"""How weeks of leagues ended, whether or not their groups were closed yet.

Scores of a week don't change any more after it, so its result is known from its end on; the job that
closes groups only writes it down.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from app.db.repositories.league_rows import MembershipRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.league import Standing, Zone, rank_group
from app.game.rules import RULES

LOWEST_TIER = 1


@dataclass(frozen=True, slots=True)
class LeagueResult:
    """See ``app.schemas.tables.LeagueResultRead`` for what the fields mean to clients."""

    week_on: date
    tier: int
    rank: int
    members: int
    zone: Zone

    @property
    def next_tier(self) -> int:
        """The tier of the next week in which the learner plays."""
        return self.tier + self.zone.move


async def find_tiers(
    uow: ReadUnitOfWork, user_ids: Collection[int], week_on: date
) -> Mapping[int, int]:
    """The tier in which each user plays in a week: where the last week that they played in led."""
    last = await uow.leagues.list_last(user_ids, week_on)
    unclosed = {member.group_id for member in last.values() if member.move is None}
    scores = await uow.leagues.list_scores(unclosed)
    tiers = dict.fromkeys(user_ids, LOWEST_TIER)
    for user_id, member in last.items():
        move = member.move
        if move is None:
            move = _find_standing(member, scores[member.group_id]).zone.move
        tiers[user_id] = member.tier + move
    return tiers


async def find_result(uow: ReadUnitOfWork, member: MembershipRow) -> LeagueResult | None:
    """How the week of a membership ended: as it was written down, or else by the scores.

    None if the account is being erased at this moment.
    """
    scores = (await uow.leagues.list_scores([member.group_id]))[member.group_id]
    return read_result(member, scores) if member.user_id in scores else None


def read_result(member: MembershipRow, scores: Mapping[int, int]) -> LeagueResult:
    """The same by the scores of all of the group, the member's among them."""
    if member.final_rank is None or member.move is None:
        standing = _find_standing(member, scores)
        return make_result(member.week_on, member.tier, standing, len(scores))
    zone = next(zone for zone in Zone if zone.move == member.move)
    return LeagueResult(member.week_on, member.tier, member.final_rank, len(scores), zone)


def make_result(week_on: date, tier: int, standing: Standing, members: int) -> LeagueResult:
    """The result of somebody who stood there at the end of the week."""
    return LeagueResult(week_on, tier, standing.rank, members, standing.zone)


def _find_standing(member: MembershipRow, scores: Mapping[int, int]) -> Standing:
    """Where a member of a group stands by the scores of all of them."""
    standings = rank_group(scores, member.tier, RULES.league)
    return next(standing for standing in standings if standing.user_id == member.user_id)
