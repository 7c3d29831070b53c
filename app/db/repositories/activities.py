"""What was done, and what of it stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from app.db.direct import Direct
from app.db.models import ActivityRow, Player
from app.db.repositories.base import Repository
from app.db.repositories.history_records import ADD_ACTIVITIES, ActivityRecord, describe
from app.db.rows import batched
from app.db.together import Write, write_together
from app.game.activity import ActivityKind, Source

_Undo = aliased(ActivityRow)

PAUSE_UNTIL = "pause_until"
"""The fact by which a pause says its last date."""

StreakColumns: TypeAlias = tuple[int, int, datetime, str, int, bool, int, str, date, str | None]
StreakRow = Row[StreakColumns]
"""user_id, sequence, occurred_at, zone, day_starts_at, paid, freezes_gained, kind, local_on, and until when
a pause lasts (ISO)
"""

_EVENT = (
    ActivityRow.user_id,
    ActivityRow.sequence,
    ActivityRow.occurred_at,
    ActivityRow.zone,
    ActivityRow.day_starts_at,
    ActivityRow.paid,
    ActivityRow.freezes_gained,
    ActivityRow.kind,
    ActivityRow.local_on,
    ActivityRow.facts[PAUSE_UNTIL].as_string().label(PAUSE_UNTIL),
)
_IS_PAUSE = ActivityRow.kind.in_((ActivityKind.PAUSED, ActivityKind.RESUMED))


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The player's last sequence number, how often the source was undone and done, how many of today's
    paid activities of the kind take a place, when the source was done first, and how often an undo of
    it could not give a blow back.
    """

    last_sequence: int
    times_undone: int
    times_done: int
    paid_today: int
    first_at: datetime | None
    times_spent: int

    @property
    def stands(self) -> bool:
        """Whether the source was done and not undone since."""
        return self.times_done > self.times_undone


_IS_ITS_UNDO = and_(_Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence)


def _stands() -> ColumnElement[bool]:
    """Neither an undo nor undone."""
    undone = select(_Undo.sequence).where(_IS_ITS_UNDO).correlate(ActivityRow)
    return and_(ActivityRow.undoes.is_(None), ~undone.exists())


_OF_USER = ActivityRow.user_id == bindparam("of_user")
_OF_SOURCE = and_(
    _OF_USER,
    ActivityRow.source_type == bindparam("source_type"),
    ActivityRow.source_id == bindparam("source_id"),
)
_LAST_SEQUENCE = select(func.coalesce(func.max(ActivityRow.sequence), 0)).where(_OF_USER)
_LAST = Direct(_LAST_SEQUENCE, int)
# Player by player, each by its index: grouped, PostgreSQL would read the whole histories.
_LAST_OF_PLAYER = (
    select(func.coalesce(func.max(ActivityRow.sequence), 0))
    .where(ActivityRow.user_id == Player.user_id)
    .correlate(Player)
    .scalar_subquery()
    .label("last_sequence")
)
_LAST_SEQUENCES = select(Player.user_id, _LAST_OF_PLAYER).where(
    Player.user_id.in_(bindparam("of_users", expanding=True))
)
_FACTS = Direct(
    select(
        _LAST_SEQUENCE.scalar_subquery().label("last_sequence"),
        select(func.count())
        .where(_OF_SOURCE, ActivityRow.kind == ActivityKind.UNDONE)
        .scalar_subquery()
        .label("times_undone"),
        select(func.count())
        .where(_OF_SOURCE, ActivityRow.kind != ActivityKind.UNDONE)
        .scalar_subquery()
        .label("times_done"),
        select(func.count())
        .where(
            _OF_USER,
            ActivityRow.local_on == bindparam("today"),
            ActivityRow.kind == bindparam("kind"),
            ActivityRow.paid,
            # An undo frees the place, unless the blow stays dealt in a battle that a party won.
            ~select(_Undo.sequence)
            .where(_IS_ITS_UNDO, _Undo.damage == 0)
            .correlate(ActivityRow)
            .exists(),
        )
        .scalar_subquery()
        .label("paid_today"),
        select(func.min(ActivityRow.occurred_at))
        .where(_OF_SOURCE, ActivityRow.kind != ActivityKind.UNDONE)
        .scalar_subquery()
        .label("first_at"),
        select(func.count())
        .where(_OF_SOURCE, ActivityRow.kind == ActivityKind.UNDONE, ActivityRow.damage > 0)
        .scalar_subquery()
        .label("times_spent"),
    ),
    SourceFacts,
)
_STANDING_OF_SOURCE = (
    select(ActivityRow).where(_OF_SOURCE, _stands()).order_by(ActivityRow.sequence.desc()).limit(1)
)


def _moves_freezes_back() -> ColumnElement[bool]:
    """An undo that takes a freeze back with a goal, or keeps that of the activity it undoes."""
    return and_(ActivityRow.undoes.is_not(None), ActivityRow.freezes_gained != 0)


def _select_streak_events(*of_whom: ColumnElement[bool]) -> Select[StreakColumns]:
    """The events that make streaks, by player and in their order.

    Each run of activities of one local day is cut to its first, its last and the one with the latest
    instant (the last as well, unless a clock stepped back): only the first can count the day, only the
    latest is looked back at (``derive_streak`` has the property as a test), and the last says whether
    the day was reached after a goal was accepted. A gained freeze, and setting or ending a pause, stand
    alone and part the run.
    """
    day = case((and_(ActivityRow.freezes_gained == 0, ~_IS_PAUSE), ActivityRow.local_on))
    moves_streak = and_(or_(ActivityRow.paid, ActivityRow.freezes_gained > 0, _IS_PAUSE), _stands())
    in_order = [ActivityRow.sequence]
    # Both numbers go up together within a run, and only the first does in between.
    run = func.row_number().over(
        partition_by=ActivityRow.user_id, order_by=in_order
    ) - func.row_number().over(partition_by=[ActivityRow.user_id, day], order_by=in_order)
    events = (
        select(*_EVENT, day.label("day"), run.label("run"))
        .where(*of_whom, or_(moves_streak, _moves_freezes_back()))
        .subquery()
    )
    of_run = [events.c.user_id, events.c.day, events.c.run]
    from_start = func.row_number().over(partition_by=of_run, order_by=events.c.sequence)
    from_latest = func.row_number().over(
        partition_by=of_run, order_by=[events.c.occurred_at.desc(), events.c.sequence.desc()]
    )
    from_end = func.row_number().over(partition_by=of_run, order_by=events.c.sequence.desc())
    ranked = select(
        events,
        from_start.label("from_start"),
        from_latest.label("from_latest"),
        from_end.label("from_end"),
    ).subquery()
    ends = (ranked.c.from_start, ranked.c.from_latest, ranked.c.from_end)
    kept = or_(*(end == 1 for end in ends), ranked.c.day.is_(None))
    return (
        select(*(ranked.c[column.key] for column in _EVENT))
        .where(kept)
        .order_by(ranked.c.user_id, ranked.c.sequence)
    )


_STREAK_EVENTS = _select_streak_events(_OF_USER, ActivityRow.sequence != bindparam("without"))
_STREAK_EVENTS_OF_MANY = _select_streak_events(
    ActivityRow.user_id > bindparam("after_id"), ActivityRow.user_id <= bindparam("last_id")
)


class ActivityReader(Repository):
    """Looks activities up; those of one user, but for the verification."""

    async def get_facts(
        self, user_id: int, source: Source, kind: ActivityKind, today: date
    ) -> SourceFacts:
        """What the rules have to know of a source, and of today's paid activities of the kind.

        Under the player's lock these can't change any more before the transaction ends.
        """
        parameters = {
            "of_user": user_id, "source_type": source.type, "source_id": source.id,
            "kind": kind, "today": today,
        }  # fmt: skip
        (facts,) = await _FACTS.fetch(self._session, parameters)
        return facts

    async def get_last_sequence(self, user_id: int) -> int:
        """The greatest number of the user's activities, 0 without any; for use under the player's lock."""
        (last,) = await _LAST.fetch(self._session, {"of_user": user_id})
        return last

    async def get_last_sequences(self, user_ids: Collection[int]) -> Mapping[int, int]:
        """The same of several players, by user id; one statement."""
        found = await self._session.execute(_LAST_SEQUENCES, {"of_users": list(user_ids)})
        return {row.user_id: row.last_sequence for row in found}

    async def get_standing(self, user_id: int, source: Source) -> ActivityRow | None:
        """The latest activity of the source that was not undone."""
        parameters = {"of_user": user_id, "source_type": source.type, "source_id": source.id}
        return (await self._session.execute(_STANDING_OF_SOURCE, parameters)).scalar_one_or_none()

    async def list_streak_events(self, user_id: int, without: int = 0) -> Sequence[StreakRow]:
        """The standing events that make the streak but for one activity, in their order."""
        return (
            await self._session.execute(_STREAK_EVENTS, {"of_user": user_id, "without": without})
        ).all()

    async def list_streak_events_of_many(self, after_id: int, last_id: int) -> Sequence[StreakRow]:
        """The standing events that make the streaks of users in ``(after_id, last_id]``, by user id."""
        parameters = {"after_id": after_id, "last_id": last_id}
        return (await self._session.execute(_STREAK_EVENTS_OF_MANY, parameters)).all()


class ActivityRepository(ActivityReader):
    """Adds activities. There is no way to change or take one away."""

    async def add(self, activity: ActivityRecord) -> None:
        """Keep what was done."""
        await self.add_all([activity])

    async def add_all(self, activities: Sequence[ActivityRecord]) -> None:
        """Keep what was done, by one statement."""
        await write_together(self._session, self.record(activities))

    def record(self, activities: Sequence[ActivityRecord]) -> Sequence[Write]:
        """What ``add_all`` does, to be done together with other writes."""
        return [
            ADD_ACTIVITIES.write([describe(each) for each in some]) for some in batched(activities)
        ]
