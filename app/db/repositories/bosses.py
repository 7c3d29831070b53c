"""Whom a learner fights, has beaten, and may fight."""

from collections.abc import Sequence

from sqlalchemy import Row, and_, bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app.core.battles import MAX_CHOICES, MAX_COURSES, BattleKind
from app.core.curriculum import ContentStatus
from app.db.models import (
    BattleFighter,
    Boss,
    BossBattle,
    Course,
    CourseTask,
    CourseTaskCompletion,
    Enrollment,
    Party,
    PartyBattle,
    PartyMember,
    User,
    Week,
)
from app.db.repositories.base import Repository
from app.db.repositories.boss_rows import FighterOfPartyRow, TakenWeekRow, VictoryRow
from app.db.repositories.definition_rows import BossRow
from app.db.repositories.definitions import BOSS_COLUMNS
from app.db.repositories.learning_rows import WeekRow
from app.db.repositories.learning_terms import (
    COMPLETED,
    ENROLLED,
    EVER_DONE,
    LIVE_DAY,
    OF_USER,
    WEEK_ENTERED,
)

_Mine = aliased(PartyMember)
_CHOICES = (
    select(*BOSS_COLUMNS)
    .where(Boss.retired_at.is_(None))
    .order_by(Boss.min_level, Boss.key)
    .limit(MAX_CHOICES)
)
# Served by ix_boss_battles_user_id_won_at. After an undo two may run, never many.
_PERSONAL = (
    select(BossBattle, Boss.key)
    .join(Boss, Boss.id == BossBattle.boss_id)
    .where(BossBattle.user_id == OF_USER, BossBattle.won_at.is_(None))
    .order_by(BossBattle.id)
)
_TAKEN = (
    select(Course.id)
    .join(Enrollment, ENROLLED)
    .where(Course.status != ContentStatus.DRAFT.value)
    .order_by(Course.id.desc())
    .limit(MAX_COURSES)
)
_WEEKS = (
    select(
        Course.slug,
        Course.pacing,
        Enrollment.enrolled_on,
        Week.boss,
        BossBattle,
        Week.id,
        func.count(CourseTask.id),
        func.count(CourseTaskCompletion.course_task_id),
        EVER_DONE,
        WEEK_ENTERED,
    )
    .select_from(Course)
    .join(Enrollment, ENROLLED)
    .join(Week, Week.course_id == Course.id)
    .join(CourseTask, CourseTask.week_id == Week.id)
    .outerjoin(CourseTaskCompletion, COMPLETED)
    .outerjoin(BossBattle, and_(BossBattle.user_id == OF_USER, BossBattle.week_id == Week.id))
    .where(Course.id.in_(_TAKEN), LIVE_DAY)
    .group_by(Course.id, Enrollment.user_id, Enrollment.course_id, Week.id, BossBattle.id)
    .order_by(Course.id.desc(), Week.position, Week.id)
)
_PARTIES = (
    select(
        Party.id,
        Party.name,
        PartyBattle,
        Boss.key,
        PartyMember.user_id,
        User.display_name,
        BattleFighter.damage,
    )
    .select_from(_Mine)
    .join(Party, Party.id == _Mine.party_id)
    .outerjoin(PartyBattle, and_(PartyBattle.party_id == Party.id, PartyBattle.won_at.is_(None)))
    .outerjoin(Boss, Boss.id == PartyBattle.boss_id)
    .outerjoin(BattleFighter, BattleFighter.battle_id == PartyBattle.id)
    .outerjoin(
        PartyMember,
        and_(PartyMember.party_id == Party.id, PartyMember.user_id == BattleFighter.user_id),
    )
    .outerjoin(User, User.id == PartyMember.user_id)
    .where(_Mine.user_id == OF_USER)
    .order_by(_Mine.joined_at, Party.id, BattleFighter.damage.desc(), PartyMember.user_id)
)
_WON_ALONE = (
    select(
        case(
            (BossBattle.week_id.is_(None), literal(BattleKind.PERSONAL.value)),
            else_=literal(BattleKind.WEEK.value),
        ).label("kind"),
        BossBattle.title,
        BossBattle.xp,
        BossBattle.gold,
        BossBattle.won_at,
        BossBattle.id,
    )
    .where(BossBattle.user_id == OF_USER, BossBattle.won_at.is_not(None))
    .order_by(BossBattle.won_at.desc(), BossBattle.id.desc())
    .limit(bindparam("count"))
    .subquery()
)
_WON_TOGETHER = (
    select(
        literal(BattleKind.PARTY.value).label("kind"),
        PartyBattle.title,
        PartyBattle.xp,
        PartyBattle.gold,
        PartyBattle.won_at,
        PartyBattle.id,
    )
    .join(BattleFighter, BattleFighter.battle_id == PartyBattle.id)
    .where(
        BattleFighter.user_id == OF_USER,
        BattleFighter.damage > 0,
        PartyBattle.won_at.is_not(None),
    )
    .order_by(PartyBattle.won_at.desc(), PartyBattle.id.desc())
    .limit(bindparam("count"))
    .subquery()
)
_WON = union_all(select(_WON_ALONE), select(_WON_TOGETHER)).subquery()
_VICTORIES = (
    select(_WON.c.kind, _WON.c.title, _WON.c.xp, _WON.c.gold, _WON.c.won_at)
    .order_by(_WON.c.won_at.desc(), _WON.c.kind, _WON.c.id.desc())
    .limit(bindparam("count"))
)


class BossReader(Repository):
    """Looks bosses up as one learner stands to them."""

    async def list_choices(self) -> Sequence[BossRow]:
        """The bosses in force, at most ``MAX_CHOICES``, those for low levels first."""
        return [BossRow(*row) for row in await self._session.execute(_CHOICES)]

    async def list_personal(self, user_id: int) -> Sequence[Row[tuple[BossBattle, str]]]:
        """The running battles with bosses that the learner chose, with the bosses' keys; oldest first."""
        return (await self._session.execute(_PERSONAL, {"of_user": user_id})).all()

    async def list_weeks(self, user_id: int) -> Sequence[TakenWeekRow]:
        """All published weeks of the courses that the learner takes, course by course, in their order.

        Only of the ``MAX_COURSES`` newest courses, which come first.
        """
        found = await self._session.execute(_WEEKS, {"of_user": user_id})
        return [
            TakenWeekRow(slug, pacing, enrolled_on, boss, battle, WeekRow(*week))
            for slug, pacing, enrolled_on, boss, battle, *week in found
        ]

    async def list_parties(self, user_id: int) -> Sequence[FighterOfPartyRow]:
        """The learner's parties, and who of their members dealt how much to which boss.

        In the order of joining, who dealt most comes first.
        """
        found = await self._session.execute(_PARTIES, {"of_user": user_id})
        return [FighterOfPartyRow(*row) for row in found]

    async def list_victories(self, user_id: int, count: int) -> Sequence[VictoryRow]:
        """The last ``count`` bosses that the learner beat, alone or with others, newest first."""
        parameters = {"of_user": user_id, "count": count}
        return [VictoryRow(*row) for row in await self._session.execute(_VICTORIES, parameters)]
