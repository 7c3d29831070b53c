"""Filling a database, and proving that it has all that it was given."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from app.core.errors import ConflictError
from app.db.transfer.proofs import Batch, Checksum, Proof
from app.db.transfer.tables import CarriedTable
from app.services.differences import Checked, Difference
from app.services.transfer.carrying import Phase, Source, Watch, add_up, carry

_NAMED = 5
"""Tables that a refusal names."""


class NotEmptyError(ConflictError):
    """The target holds rows already."""

    code = "target_not_empty"

    def __init__(self, tables: Sequence[str]) -> None:
        others = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
        named = ", ".join(tables[:_NAMED])
        super().__init__(
            f"The target is not empty: {named}{others} hold rows. Nothing was changed."
        )


class NotEqualError(ConflictError):
    """What was read back is not what was written."""

    code = "not_equal"

    def __init__(self, given: Proof, found: Proof) -> None:
        super().__init__(
            f"{given.table}: {given.rows} rows were given, and {found.rows} arrived,"
            f" {'with the same' if given.checksum == found.checksum else 'with another'} checksum"
            f" (last id {given.last_id} and {found.last_id}). Nothing was changed."
        )


class LedgerDiffersError(ConflictError):
    """The books are not right."""

    code = "ledger_differs"

    def __init__(self, differences: Sequence[Difference]) -> None:
        first = differences[0]
        whose = "" if first.user_id is None else f"user {first.user_id}: "
        super().__init__(
            f"The ledger has {len(differences)} differences, the first: {whose}{first.what}: expected"
            f" {first.expected}, found {first.found}. Nothing was changed. The source has them as well:"
            " see commands.verify_ledger; --accept-differences carries them over as they are."
        )


class Writer(Source, Protocol):
    """A database in a transaction: it is written, and then read back."""

    @property
    def tables(self) -> Sequence[CarriedTable]:
        """All of its tables, each after those that it refers to."""
        ...

    async def list_filled(self) -> Sequence[str]:
        """The tables that hold rows."""
        ...

    async def empty(self) -> None:
        """Delete all rows."""
        ...

    async def write(self, table: CarriedTable, batches: AsyncIterator[Batch]) -> None:
        """Add rows to a table."""
        ...

    async def seal(self, table: CarriedTable, proof: Proof) -> None:
        """The table is written."""
        ...

    async def finish(self) -> None:
        """All tables are written."""
        ...


class Verification(Protocol):
    """Checks the game's books, in the same transaction."""

    def check(self) -> AsyncIterator[Checked]:
        """Check all players."""
        ...


@dataclass(frozen=True, slots=True)
class Filled:
    """What a database was filled with, and what is wrong with its books, if that was accepted."""

    proofs: Sequence[Proof]
    players: int
    differences: Sequence[Difference]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(proof.rows for proof in self.proofs)


class FillingService:
    """Fills a database from a source. Whoever opened the transaction commits it, or takes all back."""

    def __init__(self, writer: Writer, verification: Verification, watch: Watch) -> None:
        self._writer = writer
        self._verification = verification
        self._watch = watch

    async def fill(
        self, source: Source, *, replaces: bool = False, accepts_differences: bool = False
    ) -> Filled:
        """Write all that the source has, read it back, and verify the ledger.

        With ``replaces`` the database is emptied first.

        Raises:
            NotEmptyError: it holds rows.
            BadRowError: it can't hold one of the rows.
            RowsRefusedError: it refuses one, as by a constraint.
            NotEqualError: it does not hold what it was given.
            LedgerDiffersError: the books are not right, as they were not before.
        """
        if replaces:
            await self._writer.empty()
        elif filled := await self._writer.list_filled():
            raise NotEmptyError(filled)
        given = await carry(source, self._writer, self._writer.tables, self._watch)
        await self._writer.finish()
        await self._compare(given)
        players, differences = await self._verify()
        if differences and not accepts_differences:
            raise LedgerDiffersError(differences)
        return Filled(given, players, differences)

    async def _compare(self, given: Sequence[Proof]) -> None:
        for table, proof in zip(self._writer.tables, given, strict=True):
            checksum = Checksum()
            async with aclosing(self._writer.read(table)) as batches:
                async for _ in add_up(batches, checksum, Phase.READ_BACK, self._watch):
                    pass
            found = checksum.prove(table.name, await self._writer.read_last_id(table))
            is_behind = (found.last_id or 0) < (proof.last_id or 0)
            if (found.rows, found.checksum) != (proof.rows, proof.checksum) or is_behind:
                raise NotEqualError(proof, found)

    async def _verify(self) -> tuple[int, Sequence[Difference]]:
        players = 0
        differences: list[Difference] = []
        async for part in self._verification.check():
            players += part.players
            differences += part.differences
            self._watch(Phase.VERIFY, part.players)
        return players, differences
