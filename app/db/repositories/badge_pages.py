"""Badges as learners see them: all in force, and those that they have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from app.db.models import Badge, BadgeAward, Course, Player, PlayerCounter
from app.db.repositories.base import Repository
from app.db.repositories.definition_rows import BadgeOfLearner
from app.db.repositories.definitions import BADGE_COLUMNS
from app.game.metrics import Metric


@dataclass(frozen=True, slots=True)
class BadgePosition:
    """Where a page of badges ended; the empty one comes before all."""

    family: str = ""
    tier: int = 0
    key: str = ""


_InForce = aliased(Badge)
_SUCCESSOR = (
    select(_InForce.id).where(_InForce.key == Badge.key, _InForce.retired_at.is_(None)).exists()
)
# There are as many badges as admins define, whatever learners do: sorting them costs next to nothing.
_PAGE = (
    select(*BADGE_COLUMNS, Course.slug, BadgeAward.awarded_at)
    .select_from(Badge)
    .outerjoin(
        BadgeAward,
        and_(BadgeAward.user_id == bindparam("of_user"), BadgeAward.badge_key == Badge.key),
    )
    .outerjoin(Course, Course.id == Badge.course_id)
    .where(
        or_(Badge.retired_at.is_(None), and_(BadgeAward.badge_id == Badge.id, ~_SUCCESSOR)),
        tuple_(Badge.family, Badge.tier, Badge.key)
        > tuple_(bindparam("family"), bindparam("tier"), bindparam("key")),
    )
    .order_by(Badge.family, Badge.tier, Badge.key)
    .limit(bindparam("count"))
)
_VALUES = union_all(
    select(PlayerCounter.metric, PlayerCounter.value).where(
        PlayerCounter.user_id == bindparam("of_user"),
        PlayerCounter.metric.in_(bindparam("counters", expanding=True)),
    ),
    select(literal(Metric.STREAK_DAYS.value), Player.longest_streak).where(
        Player.user_id == bindparam("of_user")
    ),
)


class BadgePageReader(Repository):
    """Looks up what one learner has won, and how far the learner is."""

    async def list_page(
        self, user_id: int, after: BadgePosition, count: int
    ) -> Sequence[BadgeOfLearner]:
        """At most ``count`` badges after a position, by family, tier and key.

        Those in force; and of the keys that have none in force the revision that the learner has.
        """
        parameters = {
            "of_user": user_id, "family": after.family, "tier": after.tier, "key": after.key,
            "count": count,
        }  # fmt: skip
        return [BadgeOfLearner(*row) for row in await self._session.execute(_PAGE, parameters)]

    async def read_values(self, user_id: int, counters: Collection[str]) -> Mapping[str, int]:
        """The counters with these names that are not at 0, and the longest streak."""
        parameters = {"of_user": user_id, "counters": list(counters)}
        found = await self._session.execute(_VALUES, parameters)
        return dict(found.tuples().all())
