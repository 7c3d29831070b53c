"""Tables: who stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, exists, insert, select

from app.core.tables import Visibility
from app.db.models import (
    Challenge,
    PartyMember,
    Player,
    ScoreBucket,
    User,
    WeeklyScore,
)
from app.db.repositories.base import Repository
from app.db.repositories.table_queries import QUERIES, Table
from app.db.repositories.turns import Thing, take_turn
from app.game.ranking import Bucket, Place


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a row stands in a table: greater scores first, and among ties greater user ids."""

    score: int
    user_id: int


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Somebody in a table. ``final_rank``: in that of a challenge which was closed."""

    user_id: int
    score: int
    name: str
    visibility: str
    final_rank: int | None

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self.score, self.user_id)


@dataclass(frozen=True, slots=True)
class ChallengeAccess:
    """Of which party a challenge is (None: of all), and whether the caller is in it."""

    party_id: int | None
    in_party: bool

    @property
    def is_open(self) -> bool:
        """Whether the caller may know of it."""
        return self.party_id is None or self.in_party


_BUCKETS = (
    select(ScoreBucket.floor, ScoreBucket.learners)
    .where(ScoreBucket.table_key == bindparam("of_table"))
    .order_by(ScoreBucket.floor)
)
_PARTY_MEMBERS = (
    select(PartyMember.user_id, User.display_name, Player.visibility, Player.xp, WeeklyScore.xp)
    .join(User, User.id == PartyMember.user_id)
    .join(Player, Player.user_id == PartyMember.user_id)
    .outerjoin(
        WeeklyScore,
        and_(
            WeeklyScore.user_id == PartyMember.user_id, WeeklyScore.week_on == bindparam("of_week")
        ),
    )
    .where(PartyMember.party_id == bindparam("of_party"))
)
_CHALLENGE = select(
    Challenge.party_id,
    exists().where(
        PartyMember.user_id == bindparam("of_user"), PartyMember.party_id == Challenge.party_id
    ),
).where(Challenge.id == bindparam("of_challenge"))
_RUNNING = select(Challenge.id).where(
    Challenge.ends_at > bindparam("now"),
    Challenge.starts_at <= bindparam("now"),
    Challenge.party_id.is_(None),
)
_VISIBILITY = select(Player.visibility).where(Player.user_id == bindparam("of_user"))


class TableReader(Repository):
    """Reads tables. Whoever is hidden is in none of them, and takes no rank."""

    async def list_after(
        self, table: Table, after: Position | None, count: int
    ) -> Sequence[ScoreRow]:
        """At most ``count`` rows below a position (None: from the top on), downwards."""
        queries = QUERIES[table.kind]
        parameters = {**table.parameters, "count": count}
        if after is None:
            found = await self._session.execute(queries.first, parameters)
        else:
            parameters |= {"of_score": after.score, "of_user": after.user_id}
            found = await self._session.execute(queries.after, parameters)
        return [ScoreRow(*row) for row in found]

    async def list_before(self, table: Table, before: Position, count: int) -> Sequence[ScoreRow]:
        """At most ``count`` rows above a position, those nearest to it, downwards."""
        parameters = {
            **table.parameters,
            "count": count,
            "of_score": before.score,
            "of_user": before.user_id,
        }
        found = await self._session.execute(QUERIES[table.kind].before, parameters)
        return [ScoreRow(*row) for row in found][::-1]

    async def find(self, table: Table, user_id: int) -> Position | None:
        """Where a user stands; None if not in the table."""
        parameters = {**table.parameters, "of_user": user_id}
        found = await self._session.execute(QUERIES[table.kind].score, parameters)
        score = found.scalar_one_or_none()
        return None if score is None else Position(score, user_id)

    async def count_place(self, table: Table, position: Position, at_most: int) -> Place:
        """How many stand before a position; either count stops at ``at_most``."""
        parameters = {
            **table.parameters,
            "at_most": at_most,
            "of_score": position.score,
            "of_user": position.user_id,
        }
        found = await self._session.execute(QUERIES[table.kind].place, parameters)
        return Place(*found.one())

    async def list_buckets(self, table: Table) -> Sequence[Bucket]:
        """The table's histogram as it was last refreshed, from the lowest floor up."""
        found = await self._session.execute(_BUCKETS, {"of_table": table.key})
        return [Bucket(*row) for row in found]

    async def measure(self, table: Table) -> Sequence[Bucket]:
        """The histogram of a table as it is now; reads all of it."""
        found = await self._session.execute(QUERIES[table.kind].histogram, table.parameters)
        return [Bucket(*row) for row in found]

    async def list_party(self, party_id: int, week_on: date | None) -> Sequence[ScoreRow]:
        """All members of a party with the XP of a week, or with all of theirs. Hidden ones, too."""
        parameters = {"of_party": party_id, "of_week": week_on}
        found = await self._session.execute(_PARTY_MEMBERS, parameters)
        return [
            ScoreRow(user_id, xp if week_on is None else of_week or 0, name, visibility, None)
            for user_id, name, visibility, xp, of_week in found
        ]

    async def get_challenge(self, challenge_id: int, user_id: int) -> ChallengeAccess | None:
        """Who a challenge is for."""
        parameters = {"of_challenge": challenge_id, "of_user": user_id}
        row = (await self._session.execute(_CHALLENGE, parameters)).one_or_none()
        return None if row is None else ChallengeAccess(*row)

    async def list_running_challenges(self, now: datetime) -> Sequence[int]:
        """The challenges for all that are under way."""
        return (await self._session.scalars(_RUNNING, {"now": now})).all()

    async def get_visibility(self, user_id: int) -> Visibility | None:
        """How a player appears; None if there is no such player."""
        found = (await self._session.scalars(_VISIBILITY, {"of_user": user_id})).one_or_none()
        return None if found is None else Visibility(found)


class TableRepository(TableReader):
    """Keeps histograms."""

    async def replace_buckets(self, histograms: Mapping[Table, Sequence[Bucket]]) -> None:
        """Put these histograms in the place of all that there are."""
        await take_turn(self._session, Thing.HISTOGRAM)
        await self._session.execute(delete(ScoreBucket))
        for table, buckets in histograms.items():
            rows = [
                {"table_key": table.key, "floor": bucket.floor, "learners": bucket.learners}
                for bucket in buckets
            ]
            if rows:
                await self._session.execute(insert(ScoreBucket).values(rows))
