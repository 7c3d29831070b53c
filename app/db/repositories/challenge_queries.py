"""The statements of challenges and memberships."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    join,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)

from app.core.challenges import ChallengeState
from app.core.tables import Visibility
from app.db.models import Challenge, ChallengeMember, Course, PartyMember, Player
from app.db.types import Id, Instant

_OF_USER = bindparam("of_user", type_=Id)
_NOW = bindparam("now", type_=Instant)
_COUNT = bindparam("count", type_=Integer)
_OF_CHALLENGE = Challenge.id == bindparam("of_challenge")
_MINE = and_(ChallengeMember.user_id == _OF_USER, ChallengeMember.challenge_id == Challenge.id)
_MY_PARTY = and_(PartyMember.user_id == _OF_USER, PartyMember.party_id == Challenge.party_id)
_COLUMNS = (
    Challenge.id, Challenge.revision, Challenge.party_id, Challenge.created_by, Challenge.title,
    Challenge.description, Challenge.metric, Challenge.target, Course.slug, Challenge.xp,
    Challenge.gold, Challenge.freezes, Challenge.badge_key, Challenge.starts_at, Challenge.ends_at,
    Challenge.created_at,
    or_(Challenge.party_id.is_(None), PartyMember.user_id.is_not(None)),
    ChallengeMember.joined_at, ChallengeMember.progress, ChallengeMember.finished_at,
    ChallengeMember.left_at, ChallengeMember.final_rank,
)  # fmt: skip
"""What makes a ``ChallengeRow``, in its order."""


def _select_rows(source: Any) -> Select[Any]:
    return (
        select(*_COLUMNS)
        .select_from(source)
        .outerjoin(Course, Course.id == Challenge.course_id)
        .outerjoin(PartyMember, _MY_PARTY)
        .outerjoin(ChallengeMember, _MINE)
    )


ONE = _select_rows(Challenge).where(_OF_CHALLENGE)
_LATEST_END_FIRST = (Challenge.ends_at.desc(), Challenge.id.desc())
_BEYOND = and_(
    Challenge.ends_at <= bindparam("before_end", type_=Instant),
    or_(
        Challenge.ends_at < bindparam("before_end", type_=Instant),
        Challenge.id < bindparam("before_id", type_=Id),
    ),
)
_STATES: dict[ChallengeState | None, ColumnElement[bool]] = {
    None: true(),
    # What has not started has not ended either: said as well, as the indexes are by the end.
    ChallengeState.UPCOMING: and_(Challenge.starts_at > _NOW, Challenge.ends_at > _NOW),
    ChallengeState.OPEN: and_(Challenge.starts_at <= _NOW, Challenge.ends_at > _NOW),
    ChallengeState.PAST: Challenge.ends_at <= _NOW,
}


def _cut(found: Select[Any]) -> Subquery:
    return found.order_by(*_LATEST_END_FIRST).limit(_COUNT).subquery()


def _select_page(state: ChallengeState | None, mine: bool) -> Select[Any]:
    """Those for all and those of one's parties are each read in order, and no farther than the page:
    ``ix_challenges_party_id_ends_at`` serves both. One's own start from the memberships.
    """
    found = select(Challenge.id, Challenge.ends_at).where(_BEYOND, _STATES[state])
    if mine:
        page = _cut(found.join(ChallengeMember, _MINE).where(ChallengeMember.left_at.is_(None)))
    else:
        for_all = _cut(found.where(Challenge.party_id.is_(None)))
        of_parties = _cut(found.join(PartyMember, _MY_PARTY))
        page = union_all(select(for_all), select(of_parties)).subquery()
    rows = _select_rows(join(page, Challenge, Challenge.id == page.c.id))
    return rows.order_by(*_LATEST_END_FIRST).limit(_COUNT)


PAGES = {(state, mine): _select_page(state, mine) for state in _STATES for mine in (False, True)}
_IS_UNCLOSED = and_(Challenge.closed_at.is_(None), Challenge.ends_at <= _NOW)
UNCLOSED = select(Challenge.id).where(_IS_UNCLOSED).order_by(Challenge.ends_at).limit(_COUNT)
EVERYBODY = 2**63 - 1
"""The greatest id: told up to it, nobody is left to be told."""
# Written out, as in the index that serves it.
_IS_UNTOLD = Challenge.told_up_to < literal_column(str(EVERYBODY), Id)
UNTOLD = select(Challenge.id).where(_IS_UNTOLD).order_by(Challenge.id).limit(_COUNT)
CLOSED_ONE = select(Challenge.title, Challenge.target, Challenge.told_up_to).where(
    _OF_CHALLENGE, _IS_UNTOLD
)
UNCLOSED_ONE = select(Challenge.id).where(_OF_CHALLENGE, _IS_UNCLOSED)
_LOADED = select(Challenge).where(_OF_CHALLENGE).execution_options(populate_existing=True)
LOCKED = _LOADED.with_for_update()
HELD = _LOADED.with_for_update(read=True)
OPEN_IN_PARTY = (
    select(func.count())
    .select_from(Challenge)
    .where(Challenge.party_id == bindparam("of_party"), Challenge.ends_at > _NOW)
)
# They change columns, not objects: the session holds no members.
_UNSYNCHRONIZED: dict[str, Any] = {"synchronize_session": False}
_OF_MEMBER = (
    ChallengeMember.user_id == _OF_USER,
    ChallengeMember.challenge_id == bindparam("of_challenge"),
)
SET_LEFT = (
    update(ChallengeMember)
    .where(*_OF_MEMBER)
    .values(left_at=bindparam("at", type_=Instant))
    .execution_options(**_UNSYNCHRONIZED)
)
REMOVE = delete(ChallengeMember).where(*_OF_MEMBER).execution_options(**_UNSYNCHRONIZED)
_IN_PARTY_STILL_ON = and_(
    ChallengeMember.user_id == _OF_USER,
    ChallengeMember.left_at.is_(None),
    ChallengeMember.challenge_id.in_(
        select(Challenge.id).where(
            Challenge.party_id == bindparam("of_party"), Challenge.ends_at > _NOW
        )
    ),
)
LEAVE_PARTY = (
    delete(ChallengeMember)
    .where(_IN_PARTY_STILL_ON, ChallengeMember.finished_at.is_(None))
    .execution_options(**_UNSYNCHRONIZED),
    update(ChallengeMember)
    .where(_IN_PARTY_STILL_ON, ChallengeMember.finished_at.is_not(None))
    .values(left_at=_NOW)
    .execution_options(**_UNSYNCHRONIZED),
)
_RANKED = and_(
    ChallengeMember.challenge_id == bindparam("of_challenge"), ChallengeMember.left_at.is_(None)
)
UNTOLD_MEMBERS = (
    select(ChallengeMember.user_id, ChallengeMember.progress, ChallengeMember.final_rank)
    .where(_RANKED, ChallengeMember.user_id > bindparam("after_id", type_=Id))
    .order_by(ChallengeMember.user_id)
    .limit(_COUNT)
)
SET_TOLD = (
    update(Challenge)
    .where(_OF_CHALLENGE)
    .values(told_up_to=bindparam("up_to", type_=Id))
    .execution_options(**_UNSYNCHRONIZED)
)
# One row, however many are locked.
WAIT_FOR_MEMBERS = select(func.count()).select_from(
    select(ChallengeMember.user_id)
    .where(_RANKED)
    .order_by(ChallengeMember.user_id)
    .with_for_update()
    .subquery()
)
CLOSE = (
    update(Challenge)
    .where(_OF_CHALLENGE, _IS_UNCLOSED)
    .values(closed_at=_NOW, told_up_to=0)
    .returning(Challenge.id)
    .execution_options(**_UNSYNCHRONIZED)
)
_IS_SHOWN = case((Player.visibility == Visibility.HIDDEN, 0), else_=1)
# One more than how many are shown and have done more, as in tables: who is hidden takes no rank there.
_PLACE = (
    func.sum(_IS_SHOWN).over(order_by=ChallengeMember.progress.desc())
    - func.sum(_IS_SHOWN).over(partition_by=ChallengeMember.progress)
    + 1
)
_RANKS = (
    select(ChallengeMember.user_id, cast(_PLACE, Integer).label("place"))
    .join(Player, Player.user_id == ChallengeMember.user_id)
    .where(_RANKED)
    .subquery()
)
RANK = (
    update(ChallengeMember)
    .where(_RANKED, ChallengeMember.user_id == _RANKS.c.user_id)
    .values(final_rank=_RANKS.c.place)
    .execution_options(**_UNSYNCHRONIZED)
)
