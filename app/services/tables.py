"""Tables: pages of them, and the neighbours of who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.listing import Page
from app.core.tables import TablePeriod, Visibility
from app.db.repositories.table_queries import Table, TableKind
from app.db.repositories.tables import Position, ScoreRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.ranking import Rank, estimate_rank, list_ranks, rank_scores
from app.game.rules import RULES
from app.game.week import week_of
from app.services.challenge_errors import ChallengeNotFoundError
from app.services.errors import BadCursorError
from app.services.kept_tables import KeptTables, RankedRows
from app.services.party_errors import PartyNotFoundError
from app.services.principal import Principal
from app.services.sealed_cursors import CursorSeal
from app.services.table_windows import Part, Window, cut, cut_around, cut_whole


@dataclass(frozen=True, slots=True)
class TableRowView:
    """See ``app.schemas.tables.TableRowRead`` for what the fields mean to clients."""

    rank: int
    about: bool
    name: str | None
    score: int
    is_me: bool


class TableService:
    """Shows tables. No user id leaves here: names are all by which others are known, if they wish it.

    Ranks are exact to the 1,000th; those beyond come from a histogram, so that a page costs the same
    however many are in the table.
    """

    def __init__(
        self, uow: ReadUnitOfWork, clock: Clock, seal: CursorSeal, kept: KeptTables
    ) -> None:
        self._uow = uow
        self._clock = clock
        self._seal = seal
        self._kept = kept

    async def everybody(
        self, principal: Principal, period: TablePeriod, part: Part
    ) -> Page[TableRowView]:
        """A part of the table of all learners.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        table = Table(TableKind.ALL_TIME)
        if period is TablePeriod.WEEK:
            table = Table(TableKind.WEEK, week_of(self._clock.now()))
        if part.around_me or part.cursor is not None:
            return await self._show(principal, table, part)
        slot, page = await self._kept.find(table.key, part.limit)
        if page is None:
            page = await self._read(principal, table, part)
            await self._kept.keep(slot, page)
        return self._present(principal, table, page)

    async def party(
        self, principal: Principal, party_id: int, period: TablePeriod, part: Part
    ) -> Page[TableRowView]:
        """A part of the table of a party, where all who are not hidden are known by name.

        Raises:
            PartyNotFoundError: there is no such party, or the caller is not in it.
            BadCursorError: the cursor is not one of this list.
        """
        week_on = week_of(self._clock.now()) if period is TablePeriod.WEEK else None
        members = await self._uow.tables.list_party(party_id, week_on)
        if principal.user_id not in {row.user_id for row in members}:
            raise PartyNotFoundError
        visible = [row for row in members if row.visibility != Visibility.HIDDEN]
        rows = sorted(visible, key=lambda row: row.position, reverse=True)
        ranks = map(Rank, rank_scores([row.score for row in rows]))
        rank_of = dict(zip(rows, ranks, strict=True))
        name = f"party/{party_id}/{week_on}"
        window = cut_whole(rows, principal.user_id, part, self._open_cursor(name, part.cursor))
        return Page(
            [_show_row(row, rank_of[row], principal, by_name=True) for row in window.rows],
            self._make_cursor(name, window),
        )

    async def challenge(
        self, principal: Principal, challenge_id: int, part: Part
    ) -> Page[TableRowView]:
        """A part of the table of a challenge, by progress. That of a party's challenge shows names.

        Raises:
            ChallengeNotFoundError: there is no such challenge, or it is of a party that the caller is
                not in.
            BadCursorError: the cursor is not one of this list.
        """
        access = await self._uow.tables.get_challenge(challenge_id, principal.user_id)
        if access is None or not access.is_open:
            raise ChallengeNotFoundError
        table = Table(TableKind.CHALLENGE, challenge_id)
        return await self._show(principal, table, part, by_name=access.party_id is not None)

    async def _show(
        self, principal: Principal, table: Table, part: Part, *, by_name: bool = False
    ) -> Page[TableRowView]:
        page = await self._read(principal, table, part)
        return self._present(principal, table, page, by_name=by_name)

    async def _read(self, principal: Principal, table: Table, part: Part) -> RankedRows:
        if part.around_me:
            window = await self._read_around(principal, table, part.limit)
        else:
            after = self._open_cursor(table.key, part.cursor)
            rows = await self._uow.tables.list_after(table, after, part.limit + 1)
            window = cut(rows, part.limit)
        return RankedRows(window.rows, await self._rank(table, window.rows), window.more)

    def _present(
        self, principal: Principal, table: Table, page: RankedRows, *, by_name: bool = False
    ) -> Page[TableRowView]:
        return Page(
            [
                _show_row(row, rank, principal, by_name=by_name)
                for row, rank in zip(page.rows, page.ranks, strict=True)
            ],
            self._make_cursor(table.key, Window(page.rows, page.more)),
        )

    async def _read_around(self, principal: Principal, table: Table, limit: int) -> Window:
        me = await self._uow.tables.find(table, principal.user_id)
        if me is None:
            return Window([], more=False)
        above = await self._uow.tables.list_before(table, me, limit - 1)
        # Ids are whole numbers, so that this begins with the caller's own row.
        start = Position(me.score, me.user_id + 1)
        return cut_around(above, await self._uow.tables.list_after(table, start, limit + 1), limit)

    async def _rank(self, table: Table, rows: Sequence[ScoreRow]) -> Sequence[Rank]:
        if not rows:
            return []
        exact = RULES.exact_ranks
        place = await self._uow.tables.count_place(table, rows[0].position, exact)
        # A count that stopped makes a rank too small, but never so small that it would be exact.
        numbers = list_ranks([row.score for row in rows], place)
        ranks = [Rank(number) for number in numbers]
        if numbers[-1] > exact:
            buckets = await self._uow.tables.list_buckets(table)
            for index, row in enumerate(rows):
                if numbers[index] > exact:
                    estimate = max(exact + 1, estimate_rank(row.score, buckets))
                    ranks[index] = Rank(estimate, about=True)
        return [
            rank if row.final_rank is None else Rank(row.final_rank)
            for rank, row in zip(ranks, rows, strict=True)
        ]

    def _open_cursor(self, list_name: str, cursor: str | None) -> Position | None:
        if cursor is None:
            return None
        match self._seal.decode(list_name, cursor):
            case [int(score), int(user_id)]:
                return Position(score, user_id)
        raise BadCursorError

    def _make_cursor(self, list_name: str, window: Window) -> str | None:
        if not window.more:
            return None
        last = window.rows[-1]
        return self._seal.encode(list_name, [last.score, last.user_id])


def _show_row(row: ScoreRow, rank: Rank, principal: Principal, *, by_name: bool) -> TableRowView:
    is_named = by_name or row.visibility == Visibility.SHOWN
    return TableRowView(
        rank=rank.number,
        about=rank.about,
        name=row.name if is_named else None,
        score=row.score,
        is_me=row.user_id == principal.user_id,
    )
