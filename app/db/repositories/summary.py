"""What start pages show of many rooms at once, by few statements.

All of them start from the user, and by an index; what they count and list is bounded.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from app.core.battles import BattleKind
from app.core.curriculum import ContentStatus
from app.db.models import (
    Badge,
    BadgeAward,
    BattleFighter,
    Boss,
    BossBattle,
    Course,
    Enrollment,
    Party,
    PartyBattle,
    PartyMember,
    Player,
    Task,
    Week,
)
from app.db.repositories.base import Repository
from app.db.repositories.learning_terms import ENROLLED, OF_USER, PUBLISHED
from app.db.repositories.notifications import UNREAD_COUNT
from app.db.repositories.player_rows import REVIEWS_TODAY
from app.db.repositories.review_rows import DueLimits
from app.db.repositories.reviews import DUE_COUNT
from app.db.repositories.summary_courses import COURSES, read_course
from app.db.repositories.summary_rows import (
    AwardRow,
    BattleRow,
    CourseSummaryRow,
    PlayerSummaryRow,
)

# By ix_tasks_user_id_due_on_id or, of those that are open, by ix_tasks_user_id_open.
_SOME_TASKS_DUE = (
    select(Task.id)
    .where(
        Task.user_id == OF_USER,
        Task.completed_at.is_(None),
        Task.due_on <= bindparam("today", type_=Date),
    )
    .limit(bindparam("at_most"))
    .subquery()
)
_TASKS_DUE = select(func.count()).select_from(_SOME_TASKS_DUE)
# By the primary key: nobody has more badges than there are.
_AWARDS = (
    select(
        Badge.key,
        Badge.family,
        Badge.tier,
        Badge.title,
        Badge.description,
        BadgeAward.awarded_at,
        BadgeAward.activity_sequence,
    )
    .join(Badge, Badge.id == BadgeAward.badge_id)
    .where(BadgeAward.user_id == OF_USER)
    .order_by(BadgeAward.activity_sequence.desc(), Badge.family, Badge.tier, Badge.key)
    .limit(bindparam("badges"))
    .subquery("awards")
)
# A row for each badge, or one without any: the counts are made once all the same.
_PLAYER = (
    select(
        Player,
        REVIEWS_TODAY,
        _TASKS_DUE.scalar_subquery(),
        DUE_COUNT.scalar_subquery(),
        UNREAD_COUNT.scalar_subquery(),
        *(column for column in _AWARDS.c if column.key != "activity_sequence"),
    )
    .select_from(Player)
    .outerjoin(_AWARDS, true())
    .where(Player.user_id == OF_USER)
    .order_by(
        _AWARDS.c.activity_sequence.desc(), *(_AWARDS.c[name] for name in ("family", "tier", "key"))
    )
)

_RANKS = {BattleKind.PERSONAL: 0, BattleKind.PARTY: 1, BattleKind.WEEK: 2}
"""In which order battles are listed."""


def _kind(kind: BattleKind) -> ColumnElement[str]:
    return literal(kind.value, String)


def _none_of(column: Any) -> ColumnElement[Any]:
    """Nothing, in the place of a column of the other kind of battle."""
    return cast(null(), column.type)


_OWN_KIND = case(
    (BossBattle.week_id.is_(None), _kind(BattleKind.PERSONAL)), else_=_kind(BattleKind.WEEK)
)
# By ix_boss_battles_user_id_won_at; the boss of a week only as long as the course is taken.
_ALONE = (
    select(
        _OWN_KIND.label("kind"),
        BossBattle.id.label("id"),
        Boss.key.label("boss_key"),
        Course.slug.label("course"),
        BossBattle.week_id.label("week_id"),
        _none_of(Party.id).label("party_id"),
        _none_of(Party.name).label("party"),
        BossBattle.title.label("title"),
        BossBattle.hp.label("hp"),
        BossBattle.damage.label("damage"),
        BossBattle.damage.label("own_damage"),
        BossBattle.xp.label("xp"),
        BossBattle.gold.label("gold"),
        BossBattle.strikes_back.label("strikes_back"),
        BossBattle.started_at.label("started_at"),
    )
    .select_from(BossBattle)
    .outerjoin(Boss, Boss.id == BossBattle.boss_id)
    .outerjoin(Week, Week.id == BossBattle.week_id)
    .outerjoin(Course, Course.id == Week.course_id)
    .outerjoin(Enrollment, ENROLLED)
    .where(
        BossBattle.user_id == OF_USER,
        BossBattle.won_at.is_(None),
        or_(
            BossBattle.week_id.is_(None),
            and_(
                Enrollment.user_id == OF_USER,
                Week.status == PUBLISHED,
                Course.status != ContentStatus.DRAFT.value,
            ),
        ),
    )
)
# From the memberships, by uq_party_battles_running.
_TOGETHER = (
    select(
        _kind(BattleKind.PARTY),
        PartyBattle.id,
        Boss.key,
        _none_of(Course.slug),
        _none_of(Week.id),
        PartyBattle.party_id,
        Party.name,
        PartyBattle.title,
        PartyBattle.hp,
        PartyBattle.damage,
        func.coalesce(BattleFighter.damage, 0),
        PartyBattle.xp,
        PartyBattle.gold,
        PartyBattle.strikes_back,
        PartyBattle.started_at,
    )
    .select_from(PartyMember)
    .join(Party, Party.id == PartyMember.party_id)
    .join(PartyBattle, and_(PartyBattle.party_id == Party.id, PartyBattle.won_at.is_(None)))
    .outerjoin(Boss, Boss.id == PartyBattle.boss_id)
    .outerjoin(
        BattleFighter,
        and_(BattleFighter.user_id == OF_USER, BattleFighter.battle_id == PartyBattle.id),
    )
    .where(PartyMember.user_id == OF_USER)
)
_RUNNING = union_all(_ALONE, _TOGETHER).subquery("running")
_BATTLES = (
    select(_RUNNING)
    .order_by(
        case({kind.value: rank for kind, rank in _RANKS.items()}, value=_RUNNING.c.kind),
        _RUNNING.c.started_at.desc(),
        _RUNNING.c.id.desc(),
    )
    .limit(bindparam("count"))
)


class SummaryReader(Repository):
    """Looks up what one learner's start page shows, as far as no other room does."""

    async def get_player(
        self, user_id: int, today: date, limits: DueLimits, at_most: int, badges: int
    ) -> PlayerSummaryRow | None:
        """The player; the counts of what is due stop at ``at_most``. So many ``badges`` at most."""
        parameters = {
            "of_user": user_id, "owner": user_id, "today": today, "at_most": at_most,
            "badges": badges, **asdict(limits),
        }  # fmt: skip
        rows = (await self._session.execute(_PLAYER, parameters)).all()
        if not rows:
            return None
        player, daily_reviews, tasks_due, reviews_due, unread, *_ = rows[0]
        awards = [AwardRow(*row[5:]) for row in rows if row[5] is not None]
        return PlayerSummaryRow(player, daily_reviews, tasks_due, reviews_due, unread, awards)

    async def list_battles(self, user_id: int, count: int) -> Sequence[BattleRow]:
        """At most ``count`` running battles: those with bosses that the learner chose, the parties',
        and those with bosses of weeks that were hurt; in each kind the newest first.
        """
        parameters = {"of_user": user_id, "count": count}
        return [BattleRow(*row) for row in await self._session.execute(_BATTLES, parameters)]

    async def list_courses(self, user_id: int, count: int) -> Sequence[CourseSummaryRow]:
        """At most ``count`` of the newest courses that the learner takes; the completed ones last."""
        parameters = {"of_user": user_id, "count": count}
        return [read_course(row) for row in await self._session.execute(COURSES, parameters)]
