"""Whether the game's books are right: the invariants of DESIGN 3, for every player. It only reads."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import MappingProxyType

from app.db.repositories.player_rows import PlayerRecord
from app.db.repositories.verification_faults import Fault
from app.db.session import Database
from app.db.unit_of_work import ReadUnitOfWork
from app.game.hearts import derive_hearts
from app.game.rules import RULES
from app.game.streak import Streak
from app.services.differences import Checked, Difference
from app.services.player_mapping import read_player, write_pauses
from app.services.verification_books import Books, read_books
from app.services.verification_game import list_game_differences, list_party_differences

CHUNK = 100
"""Players that are checked in one snapshot of the database: few enough for its statement timeout."""

_BEYOND_ALL = 2**63 - 1

_STREAK_FIELDS = MappingProxyType(
    {
        "count": "streak",
        "longest": "longest streak",
        "freezes": "streak freezes",
        "last_at": "last active at",
        "last_on": "last active on",
    }
)

_HEART_FIELDS = MappingProxyType({"count": "hearts", "since": "hearts since"})

_FAULTS: Mapping[Fault, tuple[str, str, str]] = MappingProxyType(
    {
        Fault.NO_PLAYER: ("account {}", "a player", "none"),
        Fault.GAP: ("activities up to {}", "numbers without gaps", "gaps"),
        Fault.PAID_FOR_NOTHING: ("entry {}", "an activity that was paid for it", "none"),
        Fault.PAID_NOTHING: ("paid activity {}", "entries", "none"),
        Fault.WRONG_ROUND: ("entry {}", "the number of undos before as its round", "another"),
        Fault.WRONG_UNDO: ("undo {}", "an earlier completion of its source", "something else"),
        Fault.WRONG_REVERSAL: ("reversal {}", "the mirror of what its undo took back", "another"),
        Fault.NOT_REVERSED: ("entry {} of an undone activity", "a reversal", "none"),
        Fault.WRONG_PURCHASE: ("purchase {}", "a price in gold, for itself alone", "another"),
        Fault.OVERSPENT: ("price {}", "gold that was there", "less"),
    }
)


class VerificationService:
    """Compares what is kept of players with what follows from their activities and entries.

    The level is not kept but follows from the XP, which is enough if that is never negative.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_players(self) -> int:
        """How many players there are."""
        async with self._database.reading() as uow:
            return await uow.players.count()

    async def check(self, chunk: int = CHUNK) -> AsyncIterator[Checked]:
        """Check all players, at most ``chunk`` at a time, by user id; then the battles of parties.

        Each chunk is seen as at one moment, so that learners may go on meanwhile.
        """
        after_id = 0
        while after_id < _BEYOND_ALL:
            async with self._database.snapshot() as uow:
                players = await uow.players.list_page(after_id, chunk)
                # The last chunk takes in what lies beyond the last player.
                last_id = players[-1].user_id if len(players) == chunk else _BEYOND_ALL
                differences = await _check_range(uow, players, after_id, last_id)
            yield Checked(len(players), differences)
            after_id = last_id
        async with self._database.snapshot() as uow:
            differences = await list_party_differences(uow)
        yield Checked(0, differences)


async def _check_range(
    uow: ReadUnitOfWork, players: Sequence[PlayerRecord], after_id: int, last_id: int
) -> Sequence[Difference]:
    books = await read_books(uow, after_id, last_id)
    differences = [difference for row in players for difference in _compare(row, books)]
    for user_id, kind, source, reason, count in await uow.verification.list_repeats(
        after_id, last_id
    ):
        what = f"standing payments of {kind} {source} for {reason}"
        differences.append(Difference(user_id, what, "1", str(count)))
    for user_id, fault, number in await uow.verification.list_faults(after_id, last_id):
        what, expected, found = _FAULTS[Fault(fault)]
        differences.append(Difference(user_id, what.format(number), expected, found))
    differences += await list_game_differences(uow, after_id, last_id)
    return sorted(differences, key=lambda difference: (difference.user_id or 0, difference.what))


def _compare(row: PlayerRecord, books: Books) -> Iterator[Difference]:
    user_id = row.user_id
    xp, gold, reversals = books.sums.get(user_id, (0, 0, 0))
    kept = read_player(row)
    pairs: list[tuple[str, object, object]] = [("XP", xp, kept.xp), ("gold", gold, kept.gold)]
    streak = books.streaks.get(user_id, Streak())
    pairs += [
        (name, getattr(streak, field), getattr(kept.streak, field))
        for field, name in _STREAK_FIELDS.items()
    ]
    pairs.append(("pauses", write_pauses(streak.pauses), write_pauses(kept.streak.pauses)))
    hearts = books.hearts.get(user_id, derive_hearts((), RULES))
    pairs += [
        (name, getattr(hearts, field), getattr(kept.hearts, field))
        for field, name in _HEART_FIELDS.items()
    ]
    counted, written = books.counted.get(user_id, {}), books.kept.get(user_id, {})
    pairs += [
        (f"counter {metric}", counted.get(metric, 0), written.get(metric, 0))
        for metric in sorted({*counted, *written})
    ]
    for what, expected, found in pairs:
        if expected != found:
            yield Difference(user_id, what, str(expected), str(found))
    if kept.xp < 0:
        yield Difference(user_id, "level", "XP of 0 or more", str(kept.xp))
    if kept.gold < 0 and not reversals:
        yield Difference(user_id, "debt", "an undo that left it", "none")
