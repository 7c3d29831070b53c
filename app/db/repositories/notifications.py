"""Notifications: told under the player's lock, read by page or from an id on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.notices import Notice
from app.db.models import Notification, Player
from app.db.repositories.base import Repository, rows_affected, table_of
from app.db.repositories.player_rows import PlayerRecord
from app.db.rows import RowInsert, batched
from app.db.together import Write, write_together

MAX_UNREAD = 100
"""Unread notifications are counted so far and no farther."""

_ADD = RowInsert(table_of(Notification), ["user_id", "id", "kind", "data", "created_at", "read_at"])
# The primary key, user and id, serves every one of these.
_PAGE = (
    select(Notification)
    .where(Notification.user_id == bindparam("of_user"), Notification.id < bindparam("before_id"))
    .order_by(Notification.id.desc())
    .limit(bindparam("count"))
)
_AFTER = (
    select(Notification)
    .where(Notification.user_id == bindparam("of_user"), Notification.id > bindparam("after_id"))
    .order_by(Notification.id)
    .limit(bindparam("count"))
)
_NEWEST_IDS = select(Player.user_id, Player.last_notification).where(
    Player.user_id.in_(bindparam("users", expanding=True))
)
# Reading marks all up to an id, so those unread are the newest: these tell, however many there are.
_NEWEST = (
    select(Notification.read_at)
    .where(Notification.user_id == bindparam("of_user"))
    .order_by(Notification.id.desc())
    .limit(MAX_UNREAD)
    .subquery()
)
_MARK_READ = (
    update(Notification)
    .where(
        Notification.user_id == bindparam("of_user"),
        Notification.id <= bindparam("up_to"),
        Notification.read_at.is_(None),
    )
    .values(read_at=bindparam("now"))
    .execution_options(synchronize_session=False)
)
_OWNER_AND_ID = (Notification.user_id, Notification.id)
_PURGE = (
    delete(Notification)
    .where(
        tuple_(*_OWNER_AND_ID).in_(
            select(*_OWNER_AND_ID)
            .where(Notification.created_at < bindparam("before"))
            .order_by(Notification.created_at)
            .limit(bindparam("count"))
        )
    )
    .execution_options(synchronize_session=False)
)
UNREAD_COUNT = select(func.count()).select_from(_NEWEST).where(_NEWEST.c.read_at.is_(None))


def find_told(session: AsyncSession) -> set[int]:
    """Where the ids of the users are collected who were told anything in this session."""
    told: set[int] = session.info.setdefault("told", set())
    return told


class NotificationReader(Repository):
    """Reads notifications; always those of one user."""

    async def list_page(self, user_id: int, before_id: int, count: int) -> Sequence[Notification]:
        """At most ``count`` notifications with a smaller id than ``before_id``, newest first."""
        parameters = {"of_user": user_id, "before_id": before_id, "count": count}
        return (await self._session.execute(_PAGE, parameters)).scalars().all()

    async def list_after(self, user_id: int, after_id: int, count: int) -> Sequence[Notification]:
        """At most ``count`` notifications with a greater id than ``after_id``, oldest first."""
        parameters = {"of_user": user_id, "after_id": after_id, "count": count}
        return (await self._session.execute(_AFTER, parameters)).scalars().all()

    async def newest_ids(self, user_ids: Collection[int]) -> dict[int, int]:
        """The id given last to each of these users; 0 before the first, nobody who is no player."""
        found = await self._session.execute(_NEWEST_IDS, {"users": sorted(user_ids)})
        return {row.user_id: row.last_notification for row in found}

    async def count_unread(self, user_id: int) -> int:
        """How many are unread, counted to ``MAX_UNREAD`` at most."""
        return (await self._session.execute(UNREAD_COUNT, {"of_user": user_id})).scalar_one()


class NotificationRepository(NotificationReader):
    """Tells learners, and marks what they read."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session)
        self._told = find_told(session)

    async def add(self, player: PlayerRecord, notices: Sequence[Notice], now: datetime) -> None:
        """Tell one player, in this order, by one statement.

        The player's row is locked by the caller, who saves it afterwards: it gives the ids.
        """
        await self.add_all([(player, notices)], now)

    async def add_all(
        self, notices: Iterable[tuple[PlayerRecord, Sequence[Notice]]], now: datetime
    ) -> None:
        """Tell several players, by one statement; their rows are locked and saved by the caller."""
        await write_together(self._session, self.tell(notices, now))

    def tell(
        self, notices: Iterable[tuple[PlayerRecord, Sequence[Notice]]], now: datetime
    ) -> Sequence[Write]:
        """What ``add_all`` does, to be done together with other writes. The ids are given at once."""
        rows = [_number(player, notice, now) for player, theirs in notices for notice in theirs]
        self._told.update(row["user_id"] for row in rows)
        return [_ADD.write(some) for some in batched(rows)]

    async def mark_read(self, user_id: int, up_to: int, now: datetime) -> None:
        """Mark those up to an id as read, unless they are. The caller holds the player's lock."""
        parameters = {"of_user": user_id, "up_to": up_to, "now": now}
        await self._session.execute(_MARK_READ, parameters)

    async def purge(self, before: datetime, count: int) -> int:
        """Erase at most ``count`` notifications from before ``before``, the oldest first; how many.

        They are erased read or not. Ids are not given again: they come from the player.
        """
        parameters = {"before": before, "count": count}
        return rows_affected(await self._session.execute(_PURGE, parameters))


def _number(player: PlayerRecord, notice: Notice, now: datetime) -> dict[str, Any]:
    """The row of a notice, under the player's next id."""
    player.last_notification += 1
    return {
        "user_id": player.user_id,
        "id": player.last_notification,
        "kind": str(notice.kind),
        "data": dict(notice.data),
        "created_at": now,
        "read_at": None,
    }
