"""Balances and counters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Row, bindparam, func, select

from app.db.models import Player, PlayerCounter
from app.db.repositories.base import Repository, table_of
from app.db.repositories.player_rows import WITH_REVIEWS, PlayerRow

_BY_USER = select(Player).where(Player.user_id == bindparam("of_user"))
_BY_USER_LOCKED = _BY_USER.with_for_update().execution_options(populate_existing=True)
# Rows are locked in the order in which they are sorted.
_BY_USERS_LOCKED = (
    select(Player)
    .where(Player.user_id.in_(bindparam("of_users", expanding=True)))
    .order_by(Player.user_id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_COUNT = select(func.count()).select_from(Player)
_PAGE = (
    select(Player)
    .where(Player.user_id > bindparam("after_id"))
    .order_by(Player.user_id)
    .limit(bindparam("count"))
)
_COUNTERS_TABLE = table_of(PlayerCounter)
_COUNTERS = select(PlayerCounter.user_id, PlayerCounter.metric, PlayerCounter.value).where(
    PlayerCounter.user_id > bindparam("after_id"), PlayerCounter.user_id <= bindparam("last_id")
)


class PlayerReader(Repository):
    """Looks balances up."""

    async def get(self, user_id: int) -> Player | None:
        """The player."""
        return (await self._session.execute(_BY_USER, {"of_user": user_id})).scalar_one_or_none()

    async def get_with_reviews(self, user_id: int, today: date) -> PlayerRow | None:
        """The player to be shown, and how many paid reviews were done on ``today``."""
        return await WITH_REVIEWS.fetch_one(self._session, {"of_user": user_id, "today": today})

    async def count(self) -> int:
        """How many players there are."""
        return (await self._session.execute(_COUNT)).scalar_one()

    async def list_page(self, after_id: int, count: int) -> Sequence[Player]:
        """At most ``count`` players with a greater user id than ``after_id``, by user id."""
        return (
            (await self._session.execute(_PAGE, {"after_id": after_id, "count": count}))
            .scalars()
            .all()
        )

    async def list_counters(
        self, after_id: int, last_id: int
    ) -> Sequence[Row[tuple[int, str, int]]]:
        """User id, metric and value of the counters of users in ``(after_id, last_id]``."""
        return (
            await self._session.execute(_COUNTERS, {"after_id": after_id, "last_id": last_id})
        ).all()


class PlayerRepository(PlayerReader):
    """Changes balances, under the player's lock."""

    async def lock(self, user_id: int) -> Player | None:
        """The player, locked until the transaction ends: rewards of one user happen one after another."""
        return (
            await self._session.execute(_BY_USER_LOCKED, {"of_user": user_id})
        ).scalar_one_or_none()

    async def lock_players(self, user_ids: Collection[int]) -> Sequence[Player]:
        """Those of the players that there are, by user id, locked in this order by one statement.

        Whoever holds a player's lock already may only ask for greater ids: the order of locks.
        """
        if not user_ids:
            return []
        found = await self._session.scalars(_BY_USERS_LOCKED, {"of_users": list(user_ids)})
        return found.all()

    async def save(self, player: Player) -> None:
        """Write a new or changed player."""
        await self.save_all([player])

    async def save_all(self, players: Iterable[Player]) -> None:
        """Write new or changed players, all at once."""
        self._session.add_all(players)
        await self._session.flush()

    async def add_to_counters(self, deltas: Mapping[int, Mapping[str, int]]) -> None:
        """Add to counters, given by user id, making those that are not there yet; one statement for all."""
        rows = [
            {"user_id": user_id, "metric": name, "value": delta}
            for user_id, named in deltas.items()
            for name, delta in named.items()
        ]
        if not rows:
            return
        statement = self._insert_into(_COUNTERS_TABLE)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "metric"],
            set_={"value": _COUNTERS_TABLE.c.value + statement.excluded.value},
        )
        await self._insert_all(statement, rows)
