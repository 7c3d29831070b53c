"""What was done, and what of it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from app.db.models import ActivityRow
from app.db.repositories.base import Repository
from app.game.activity import ActivityKind, Source

_Undo = aliased(ActivityRow)

StreakRow = Row[tuple[datetime, str, int, bool, int]]
"""occurred_at, zone, day_starts_at, paid, freezes_gained"""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The player's last sequence number, how often the source was undone and done, and how many personal
    tasks were completed and paid today and still stand.
    """

    last_sequence: int
    times_undone: int
    times_done: int
    paid_today: int

    @property
    def stands(self) -> bool:
        """Whether the source was done and not undone since."""
        return self.times_done > self.times_undone


def _stands() -> ColumnElement[bool]:
    """Neither an undo nor undone."""
    undone = (
        select(_Undo.sequence)
        .where(_Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence)
        .correlate(ActivityRow)
    )
    return and_(ActivityRow.undoes.is_(None), ~undone.exists())


_OF_USER = ActivityRow.user_id == bindparam("of_user")
_OF_SOURCE = and_(
    _OF_USER,
    ActivityRow.source_type == bindparam("source_type"),
    ActivityRow.source_id == bindparam("source_id"),
)
_FACTS = select(
    select(func.coalesce(func.max(ActivityRow.sequence), 0))
    .where(_OF_USER)
    .scalar_subquery()
    .label("last_sequence"),
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
        ActivityRow.kind == ActivityKind.TASK_COMPLETED,
        ActivityRow.paid,
        _stands(),
    )
    .scalar_subquery()
    .label("paid_today"),
)
_STANDING_OF_SOURCE = (
    select(ActivityRow).where(_OF_SOURCE, _stands()).order_by(ActivityRow.sequence.desc()).limit(1)
)


def _streak_rows() -> Select[tuple[datetime, str, int, bool, int]]:
    """The events that make a streak, each run of activities of one local day cut to its first and last.

    Within a run only the first can count the day and only the last is looked back at, so the others
    change nothing (``derive_streak`` has the property as a test). A gained freeze stands alone.
    """
    day = case((ActivityRow.freezes_gained == 0, ActivityRow.local_on))
    order = ActivityRow.sequence
    events = (
        select(
            ActivityRow.sequence,
            ActivityRow.occurred_at,
            ActivityRow.zone,
            ActivityRow.day_starts_at,
            ActivityRow.paid,
            ActivityRow.freezes_gained,
            day.label("day"),
            func.lag(day).over(order_by=order).label("day_before"),
            func.lead(day).over(order_by=order).label("day_after"),
        )
        .where(
            _OF_USER,
            ActivityRow.sequence != bindparam("without"),
            or_(ActivityRow.paid, ActivityRow.freezes_gained > 0),
            _stands(),
        )
        .subquery()
    )
    return (
        select(
            events.c.occurred_at,
            events.c.zone,
            events.c.day_starts_at,
            events.c.paid,
            events.c.freezes_gained,
        )
        .where(
            or_(
                events.c.day_before.is_distinct_from(events.c.day),
                events.c.day_after.is_distinct_from(events.c.day),
                events.c.freezes_gained > 0,
            )
        )
        .order_by(events.c.sequence)
    )


_STREAK_EVENTS = _streak_rows()


class ActivityReader(Repository):
    """Looks activities up; always those of one user."""

    async def get_facts(self, user_id: int, source: Source, today: date) -> SourceFacts:
        """What the rules have to know of a source and of today's paid completions.

        Under the player's lock these can't change any more before the transaction ends.
        """
        parameters = {
            "of_user": user_id, "source_type": source.type, "source_id": source.id, "today": today,
        }  # fmt: skip
        return SourceFacts(*(await self._session.execute(_FACTS, parameters)).one())

    async def get_standing(self, user_id: int, source: Source) -> ActivityRow | None:
        """The latest activity of the source that was not undone."""
        parameters = {"of_user": user_id, "source_type": source.type, "source_id": source.id}
        return (await self._session.execute(_STANDING_OF_SOURCE, parameters)).scalar_one_or_none()

    async def list_streak_events(self, user_id: int, without: int = 0) -> Sequence[StreakRow]:
        """The standing events that make the streak but for one activity, in their order."""
        return (
            await self._session.execute(_STREAK_EVENTS, {"of_user": user_id, "without": without})
        ).all()


class ActivityRepository(ActivityReader):
    """Adds activities. There is no way to change or take one away."""

    async def add(self, activity: ActivityRow) -> None:
        """Keep what was done."""
        self._session.add(activity)
        await self._session.flush()
