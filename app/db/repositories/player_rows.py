"""Players' rows: as they are read to be shown, and to be changed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, func, insert, select, update

from app.db.direct import Direct, no_row
from app.db.functions import IsOneOf, list_of
from app.db.models import ActivityRow, Player
from app.db.repositories.base import table_of
from app.db.rows import RowInsert
from app.db.types import Id
from app.game.activity import ActivityKind


class PlayerFields(Protocol):
    """What a player has, whether it was loaded to be changed (``Player``) or only to be shown."""

    @property
    def xp(self) -> int: ...
    @property
    def gold(self) -> int: ...
    @property
    def streak(self) -> int: ...
    @property
    def longest_streak(self) -> int: ...
    @property
    def last_at(self) -> datetime | None: ...
    @property
    def last_on(self) -> date | None: ...
    @property
    def streak_freezes(self) -> int: ...
    @property
    def hearts(self) -> int: ...
    @property
    def hearts_since(self) -> datetime | None: ...
    @property
    def pauses(self) -> Sequence[Sequence[str]] | None: ...


@dataclass(slots=True)
class PlayerRecord:
    """A player's row, as it is read under its lock, changed and written back."""

    user_id: int
    xp: int
    gold: int
    streak: int
    longest_streak: int
    last_at: datetime | None
    last_on: date | None
    streak_freezes: int
    hearts: int
    hearts_since: datetime | None
    pauses: list[list[str]] | None
    visibility: str
    last_notification: int


class PlayerRow(NamedTuple):
    """A player, and how many paid reviews were done on a day."""

    xp: int
    gold: int
    streak: int
    longest_streak: int
    last_at: datetime | None
    last_on: date | None
    streak_freezes: int
    hearts: int
    hearts_since: datetime | None
    pauses: Any
    daily_reviews: int


_COLUMNS = [field.name for field in fields(PlayerRecord)]
_TABLE = table_of(Player)
_RECORD = select(*(_TABLE.c[name] for name in _COLUMNS))
GET = Direct(_RECORD.where(_TABLE.c.user_id == bindparam("of_user")), PlayerRecord)
LOCK = Direct(
    _RECORD.where(_TABLE.c.user_id == bindparam("of_user")).with_for_update(), PlayerRecord
)
# Rows are locked in the order in which they are sorted.
LOCK_ALL = Direct(
    _RECORD.where(IsOneOf(_TABLE.c.user_id, list_of("of_users", Id)))
    .order_by(_TABLE.c.user_id)
    .with_for_update(),
    PlayerRecord,
)
PAGE = Direct(
    _RECORD.where(_TABLE.c.user_id > bindparam("after_id"))
    .order_by(_TABLE.c.user_id)
    .limit(bindparam("count")),
    PlayerRecord,
)
ADD = Direct(insert(_TABLE).values({name: bindparam(name) for name in _COLUMNS}), no_row)
SAVE = Direct(
    update(_TABLE)
    .where(_TABLE.c.user_id == bindparam("of_user"))
    .values({name: bindparam(name) for name in _COLUMNS if name != "user_id"}),
    no_row,
)
# They are there, and locked: none is inserted.
SAVE_ALL = RowInsert(
    _TABLE,
    _COLUMNS,
    keys=["user_id"],
    changes=lambda given: {name: given[name] for name in _COLUMNS if name != "user_id"},
)


def describe(player: PlayerRecord) -> dict[str, Any]:
    """The parameters of ``ADD`` and ``SAVE``."""
    described = {name: getattr(player, name) for name in _COLUMNS}
    described["of_user"] = player.user_id
    return described


REVIEWS_TODAY = (
    select(func.count())
    .where(
        ActivityRow.user_id == bindparam("of_user"),
        ActivityRow.local_on == bindparam("today"),
        ActivityRow.kind == ActivityKind.REVIEWED,
        ActivityRow.paid,
    )
    .scalar_subquery()
)
WITH_REVIEWS = Direct(
    select(
        *(getattr(Player, name) for name in PlayerRow._fields[:-1]),
        REVIEWS_TODAY.label("daily_reviews"),
    ).where(Player.user_id == bindparam("of_user")),
    PlayerRow,
)
