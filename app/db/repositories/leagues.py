"""The groups of leagues, and who is in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from app.db.models import LeagueGroup, LeagueMember, Player, User, WeeklyScore
from app.db.repositories.base import Repository
from app.db.repositories.league_rows import ClosedGroupRow, LeagueMemberRow, MembershipRow
from app.db.repositories.turns import Thing, take_turn

# They change columns, not objects: the session holds neither groups nor members.
_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}


_MEMBERSHIP = (
    LeagueMember.user_id,
    LeagueMember.week_on,
    LeagueMember.group_id,
    LeagueMember.tier,
    LeagueMember.final_rank,
    LeagueMember.move,
)
_LAST_WEEKS = (
    select(LeagueMember.user_id, func.max(LeagueMember.week_on).label("week_on"))
    .where(
        LeagueMember.user_id.in_(bindparam("users", expanding=True)),
        LeagueMember.week_on < bindparam("before"),
    )
    .group_by(LeagueMember.user_id)
    .subquery()
)
_LAST = select(*_MEMBERSHIP).join(
    _LAST_WEEKS,
    and_(
        LeagueMember.user_id == _LAST_WEEKS.c.user_id,
        LeagueMember.week_on == _LAST_WEEKS.c.week_on,
    ),
)
_NEWEST = (
    select(*_MEMBERSHIP)
    .where(LeagueMember.user_id == bindparam("of_user"), LeagueMember.week_on <= bindparam("until"))
    .order_by(LeagueMember.week_on.desc())
    .limit(bindparam("count"))
)
_Own = aliased(LeagueMember)
_NEWEST_GROUP = (
    select(_Own.group_id)
    .where(_Own.user_id == bindparam("of_user"), _Own.week_on <= bindparam("until"))
    .order_by(_Own.week_on.desc())
    .limit(1)
    .scalar_subquery()
)
_SCORE = func.coalesce(WeeklyScore.xp, 0)
_OF_MEMBER = and_(
    WeeklyScore.user_id == LeagueMember.user_id, WeeklyScore.week_on == LeagueMember.week_on
)
# Both by ix_league_members_group_id, and from the members by primary keys.
_SCORES = (
    select(LeagueMember.group_id, LeagueMember.user_id, _SCORE)
    .outerjoin(WeeklyScore, _OF_MEMBER)
    .where(LeagueMember.group_id.in_(bindparam("groups", expanding=True)))
)
_MEMBERS = (
    select(LeagueMember.user_id, User.display_name, Player.visibility, _SCORE)
    .join(User, User.id == LeagueMember.user_id)
    .join(Player, Player.user_id == LeagueMember.user_id)
    .outerjoin(WeeklyScore, _OF_MEMBER)
    .where(LeagueMember.group_id == bindparam("of_group"))
)
_COMPANIONS = (
    select(*_MEMBERSHIP, _SCORE)
    .outerjoin(WeeklyScore, _OF_MEMBER)
    .where(LeagueMember.group_id == _NEWEST_GROUP)
)
# In the order of ix_league_groups_closing, or by another index all that were ever closed might be read.
_UNCLOSED = (
    select(LeagueGroup.id)
    .where(LeagueGroup.closed_at.is_(None), LeagueGroup.week_on < bindparam("before"))
    .order_by(LeagueGroup.closed_at, LeagueGroup.week_on)
    .limit(bindparam("count"))
)
# Served by ix_league_groups_week_on_tier_size: nearly all groups of a tier are full, and are not read.
_OPEN_GROUP = (
    select(LeagueGroup.id)
    .where(
        LeagueGroup.week_on == bindparam("of_week"),
        LeagueGroup.tier == bindparam("of_tier"),
        LeagueGroup.size < bindparam("full"),
        LeagueGroup.closed_at.is_(None),
    )
    .order_by(LeagueGroup.id)
    .limit(1)
    .with_for_update()
    .scalar_subquery()
)
_TAKE_PLACE = (
    update(LeagueGroup)
    .where(LeagueGroup.id == _OPEN_GROUP, LeagueGroup.size < bindparam("full"))
    .values(size=LeagueGroup.size + 1)
    .returning(LeagueGroup.id)
    .execution_options(**_UNSYNCHRONIZED)
)
_LEAVE = (
    delete(LeagueMember)
    .where(
        LeagueMember.user_id == bindparam("of_user"), LeagueMember.week_on == bindparam("of_week")
    )
    .returning(LeagueMember.group_id)
    .execution_options(**_UNSYNCHRONIZED)
)
_FREE_PLACE = (
    update(LeagueGroup)
    .where(LeagueGroup.id == bindparam("of_group"))
    .values(size=LeagueGroup.size - 1)
    .returning(LeagueGroup.size)
    .execution_options(**_UNSYNCHRONIZED)
)
_ERASE_GROUP = (
    delete(LeagueGroup)
    .where(LeagueGroup.id == bindparam("of_group"))
    .execution_options(**_UNSYNCHRONIZED)
)

_CLOSE = (
    update(LeagueGroup)
    .where(LeagueGroup.id == bindparam("of_group"), LeagueGroup.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
    .returning(LeagueGroup.week_on, LeagueGroup.tier)
    .execution_options(**_UNSYNCHRONIZED)
)
_SAVE_RESULT = (
    update(LeagueMember)
    .where(
        LeagueMember.user_id == bindparam("of_user"), LeagueMember.week_on == bindparam("of_week")
    )
    .values(final_rank=bindparam("rank"), move=bindparam("by"))
)


class LeagueReader(Repository):
    """Looks groups up."""

    async def list_last(
        self, user_ids: Collection[int], before: date
    ) -> Mapping[int, MembershipRow]:
        """The last membership of each user in a week before this one, by user id."""
        parameters = {"users": list(user_ids), "before": before}
        found = await self._session.execute(_LAST, parameters)
        return {row.user_id: MembershipRow(*row) for row in found}

    async def list_scores(self, group_ids: Collection[int]) -> Mapping[int, dict[int, int]]:
        """The scores of groups' members, by group and user id."""
        scores: dict[int, dict[int, int]] = {group_id: {} for group_id in group_ids}
        if group_ids:
            for group_id, user_id, score in await self._session.execute(
                _SCORES, {"groups": list(group_ids)}
            ):
                scores[group_id][user_id] = score
        return scores

    async def list_newest(self, user_id: int, until: date, count: int) -> Sequence[MembershipRow]:
        """The last ``count`` memberships of a user up to a week, the newest first."""
        parameters = {"of_user": user_id, "until": until, "count": count}
        return [MembershipRow(*row) for row in await self._session.execute(_NEWEST, parameters)]

    async def list_companions(
        self, user_id: int, until: date
    ) -> Sequence[tuple[MembershipRow, int]]:
        """All of the group in which a user was last, up to a week, with their scores of its week."""
        found = await self._session.execute(_COMPANIONS, {"of_user": user_id, "until": until})
        return [(MembershipRow(*membership), score) for *membership, score in found]

    async def list_members(self, group_id: int) -> Sequence[LeagueMemberRow]:
        """All who are in a group."""
        found = await self._session.execute(_MEMBERS, {"of_group": group_id})
        return [LeagueMemberRow(*row) for row in found]

    async def list_unclosed(self, before: date, count: int) -> Sequence[int]:
        """At most ``count`` groups of weeks before this one that are not closed, oldest weeks first."""
        parameters = {"before": before, "count": count}
        return (await self._session.scalars(_UNCLOSED, parameters)).all()


class LeagueRepository(LeagueReader):
    """Fills groups and empties them, under the locks of the players concerned.

    Groups' rows are locked after everything else.
    """

    async def await_turn(self, week_on: date, tier: int) -> None:
        """Become the only one who fills groups of the tier, until the transaction ends.

        Who takes turns in several tiers does so in ascending order.
        """
        await take_turn(self._session, Thing.LEAGUE_TIER, week_on.toordinal() * 10 + tier)

    async def take_place(self, week_on: date, tier: int, group_size: int) -> int | None:
        """Take a place, in one's turn, in the oldest group of the tier that has one left.

        Gives the group's id, None if all are full.
        """
        parameters = {"of_week": week_on, "of_tier": tier, "full": group_size}
        return (await self._session.execute(_TAKE_PLACE, parameters)).scalar_one_or_none()

    async def open_group(self, week_on: date, tier: int) -> int:
        """Open a group in which one place is taken, in one's turn; gives its id."""
        group = LeagueGroup(week_on=week_on, tier=tier, size=1, closed_at=None)
        self._session.add(group)
        await self._session.flush([group])
        return group.id

    async def add_members(self, week_on: date, places: Sequence[tuple[int, int, int]]) -> None:
        """Put users (id, group id, tier) where places were taken for them."""
        rows = [
            {"user_id": user_id, "week_on": week_on, "group_id": group_id, "tier": tier}
            for user_id, group_id, tier in places
        ]
        await self._session.execute(insert(LeagueMember).values(rows))

    async def leave(self, user_id: int, week_on: date) -> None:
        """End a membership, and give its place free; a group that nobody is left in goes with it."""
        parameters = {"of_user": user_id, "of_week": week_on}
        group_id = (await self._session.execute(_LEAVE, parameters)).scalar_one_or_none()
        if group_id is None:
            return
        of_group = {"of_group": group_id}
        if (await self._session.execute(_FREE_PLACE, of_group)).scalar_one() <= 0:
            await self._session.execute(_ERASE_GROUP, of_group)

    async def close_group(self, group_id: int, now: datetime) -> ClosedGroupRow | None:
        """Close a group; None if it was closed, or erased, already."""
        found = await self._session.execute(_CLOSE, {"of_group": group_id, "now": now})
        row = found.one_or_none()
        return None if row is None else ClosedGroupRow(*row)

    async def save_results(self, week_on: date, results: Sequence[tuple[int, int, int]]) -> None:
        """Write down rank and move of members (user id, rank, move)."""
        rows = [
            {"of_user": user_id, "of_week": week_on, "rank": rank, "by": move}
            for user_id, rank, move in results
        ]
        connection = await self._session.connection()
        await connection.execute(_SAVE_RESULT, rows)
