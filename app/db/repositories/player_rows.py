"""A player's row, as it is read to be shown."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, func, select

from app.db.direct import Direct
from app.db.models import ActivityRow, Player
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
