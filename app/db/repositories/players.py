"""Balances and counters."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import Row, bindparam, func, select

from app.db.models import Player, PlayerCounter
from app.db.repositories.base import Repository, table_of
from app.db.repositories.player_rows import (
    ADD,
    GET,
    LOCK,
    LOCK_ALL,
    PAGE,
    SAVE,
    SAVE_ALL,
    WITH_REVIEWS,
    PlayerRecord,
    PlayerRow,
    describe,
)
from app.db.rows import RowInsert, batched
from app.db.together import Write, write_together

_COUNT = select(func.count()).select_from(Player)
_COUNTERS_TABLE = table_of(PlayerCounter)
_COUNT_UP = RowInsert(
    _COUNTERS_TABLE,
    ["user_id", "metric", "value"],
    keys=["user_id", "metric"],
    changes=lambda given: {"value": _COUNTERS_TABLE.c.value + given.value},
)
_COUNTERS = select(PlayerCounter.user_id, PlayerCounter.metric, PlayerCounter.value).where(
    PlayerCounter.user_id > bindparam("after_id"), PlayerCounter.user_id <= bindparam("last_id")
)


class PlayerReader(Repository):
    """Looks balances up."""

    async def get(self, user_id: int) -> PlayerRecord | None:
        """The player."""
        return await GET.fetch_one(self._session, {"of_user": user_id})

    async def get_with_reviews(self, user_id: int, today: date) -> PlayerRow | None:
        """The player to be shown, and how many paid reviews were done on ``today``."""
        return await WITH_REVIEWS.fetch_one(self._session, {"of_user": user_id, "today": today})

    async def count(self) -> int:
        """How many players there are."""
        return (await self._session.execute(_COUNT)).scalar_one()

    async def list_page(self, after_id: int, count: int) -> Sequence[PlayerRecord]:
        """At most ``count`` players with a greater user id than ``after_id``, by user id."""
        return await PAGE.fetch(self._session, {"after_id": after_id, "count": count})

    async def list_counters(
        self, after_id: int, last_id: int
    ) -> Sequence[Row[tuple[int, str, int]]]:
        """User id, metric and value of the counters of users in ``(after_id, last_id]``."""
        return (
            await self._session.execute(_COUNTERS, {"after_id": after_id, "last_id": last_id})
        ).all()


class PlayerRepository(PlayerReader):
    """Changes balances, under the player's lock."""

    async def lock(self, user_id: int) -> PlayerRecord | None:
        """The player, locked until the transaction ends: rewards of one user happen one after another."""
        return await LOCK.fetch_one(self._session, {"of_user": user_id})

    async def lock_players(self, user_ids: Collection[int]) -> Sequence[PlayerRecord]:
        """Those of the players that there are, by user id, locked in this order by one statement.

        Whoever holds a player's lock already may only ask for greater ids: the order of locks.
        """
        if not user_ids:
            return []
        return await LOCK_ALL.fetch(self._session, {"of_users": list(user_ids)})

    async def add(self, player: PlayerRecord) -> None:
        """Write a new player."""
        await ADD.fetch(self._session, describe(player))

    async def save(self, player: PlayerRecord) -> None:
        """Write a changed player."""
        await self.save_all([player])

    async def save_all(self, players: Sequence[PlayerRecord]) -> None:
        """Write changed players, by one statement."""
        await write_together(self._session, self.change(players))

    def change(self, players: Sequence[PlayerRecord]) -> Sequence[Write]:
        """What ``save_all`` does, to be done together with other writes."""
        if not players:
            return []
        if len(players) == 1:
            return [Write(SAVE, describe(players[0]))]
        return [SAVE_ALL.write([describe(each) for each in some]) for some in batched(players)]

    async def add_to_counters(self, deltas: Mapping[int, Mapping[str, int]]) -> None:
        """Add to counters, given by user id, making those that are not there yet; one statement for all."""
        await write_together(self._session, self.count_up(deltas))

    def count_up(self, deltas: Mapping[int, Mapping[str, int]]) -> Sequence[Write]:
        """What ``add_to_counters`` does, to be done together with other writes."""
        rows = [
            {"user_id": user_id, "metric": name, "value": delta}
            for user_id, named in deltas.items()
            for name, delta in named.items()
        ]
        return [_COUNT_UP.write(some) for some in batched(rows)]
