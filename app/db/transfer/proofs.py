"""What proves that two tables hold the same rows."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.db.transfer.values import Scalar

_MODULUS = 2**256
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a table, and the same as lines of JSON, without their ends."""

    rows: Sequence[Sequence[Scalar]]
    lines: Sequence[bytes]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Scalar]]) -> "Batch":
        """The rows with their lines."""
        return cls(rows, [_encode(row).encode() for row in rows])


@dataclass(frozen=True, slots=True)
class Proof:
    """How many rows a table has, and their checksum: equal for the same rows in any order.

    ``last_id`` is the greatest number that the table ever gave to a row, 0 for none yet; None where it
    numbers none.
    """

    table: str
    rows: int
    checksum: str
    last_id: int | None


class Checksum:
    """Adds up the hashes of rows, so that no order matters: the two databases sort text differently.

    It finds accidents, not forgers: whoever may write an archive may write its checksums as well.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, batch: Batch) -> None:
        """Take in the rows of a batch."""
        for line in batch.lines:
            self._sum += int.from_bytes(hashlib.sha256(line).digest())
        self._sum %= _MODULUS
        self.rows += len(batch.lines)

    def prove(self, table: str, last_id: int | None) -> Proof:
        """The proof of all that was taken in."""
        return Proof(table, self.rows, f"{self._sum:064x}", last_id)
