"""What a learner did in a week, summed up."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from app.db.models import ActivityRow, RewardEntry
from app.db.repositories.base import Repository
from app.db.types import Id
from app.game.activity import ActivityKind

_Undo = aliased(ActivityRow)
_OF_USER = bindparam("of_user", type_=Id)
# Served by the index of activities by user and local date.
_IN_WEEK = and_(
    ActivityRow.user_id == _OF_USER,
    ActivityRow.local_on.between(bindparam("first_on"), bindparam("until_on")),
)
_STANDS = ~exists().where(
    _Undo.user_id == ActivityRow.user_id, _Undo.undoes == ActivityRow.sequence
)


def _count(kind: ActivityKind) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(ActivityRow)
        .where(_IN_WEEK, ActivityRow.kind == kind, ActivityRow.paid, _STANDS)
        .scalar_subquery()
    )


_XP = (
    select(func.coalesce(func.sum(RewardEntry.xp), 0))
    .join(
        ActivityRow,
        and_(
            ActivityRow.user_id == RewardEntry.user_id,
            ActivityRow.sequence == RewardEntry.activity_sequence,
        ),
    )
    .where(RewardEntry.user_id == _OF_USER, _IN_WEEK)
    .scalar_subquery()
)
_WEEK = select(
    _count(ActivityKind.TASK_COMPLETED),
    _count(ActivityKind.COURSE_TASK_COMPLETED),
    _count(ActivityKind.QUIZ_ATTEMPTED),
    _count(ActivityKind.REVIEWED),
    _XP,
)


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """Rewarded activities of some local days that stand, and the XP of all that was done in them."""

    tasks: int
    course_tasks: int
    quizzes: int
    reviews: int
    xp: int

    @property
    def activities(self) -> int:
        """How many in all."""
        return self.tasks + self.course_tasks + self.quizzes + self.reviews


class ReportReader(Repository):
    """Sums up."""

    async def count_week(self, user_id: int, first_on: date, last_on: date) -> WeekCounts:
        """What a user did from one local date to another, both included, by one statement."""
        parameters = {"of_user": user_id, "first_on": first_on, "until_on": last_on}
        return WeekCounts(*(await self._session.execute(_WEEK, parameters)).one())
