"""From a source to a sink, table by table."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from enum import StrEnum
from typing import Protocol

from app.db.transfer.proofs import Batch, Checksum, Proof
from app.db.transfer.tables import CarriedTable


class Phase(StrEnum):
    """What is being done, for whoever watches."""

    CARRY = "Carrying rows"
    READ_BACK = "Reading them back"
    VERIFY = "Checking players"


Watch = Callable[[Phase, int], None]
"""Hears how many more rows, or players, are done."""


class Source(Protocol):
    """Where rows come from: a database as at one moment, or an archive. Tables are read once, in order."""

    def read(self, table: CarriedTable) -> AsyncGenerator[Batch]:
        """All rows of a table."""
        ...

    async def read_last_id(self, table: CarriedTable) -> int | None:
        """The greatest number that the table ever gave to a row, once its rows are read."""
        ...


class Sink(Protocol):
    """Where they go to."""

    async def write(self, table: CarriedTable, batches: AsyncIterator[Batch]) -> None:
        """All rows of a table."""
        ...

    async def seal(self, table: CarriedTable, proof: Proof) -> None:
        """The table is written, and this is what was in it."""
        ...


async def carry(
    source: Source, sink: Sink, tables: Sequence[CarriedTable], watch: Watch
) -> Sequence[Proof]:
    """Carry all tables over; what the source had."""
    proofs = []
    for table in tables:
        checksum = Checksum()
        # What is left in the middle is closed at once, while its database is still open.
        async with (
            aclosing(source.read(table)) as batches,
            aclosing(add_up(batches, checksum, Phase.CARRY, watch)) as counted,
        ):
            await sink.write(table, counted)
        proof = checksum.prove(table.name, await source.read_last_id(table))
        await sink.seal(table, proof)
        proofs.append(proof)
    return proofs


async def add_up(
    batches: AsyncIterator[Batch], checksum: Checksum, phase: Phase, watch: Watch
) -> AsyncGenerator[Batch]:
    """The same batches, on their way through the checksum."""
    async for batch in batches:
        checksum.add(batch)
        watch(phase, len(batch.rows))
        yield batch
