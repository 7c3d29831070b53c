"""Playing every player's history again, and comparing all that comes of it. It only reads."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import groupby

from app.db.repositories.counter_names import name_counter
from app.db.repositories.player_rows import PlayerRecord
from app.db.repositories.replay import EntryRow, HistoryRow
from app.db.session import Database
from app.db.unit_of_work import ReadUnitOfWork
from app.services.differences import Checked, Difference
from app.services.player_mapping import read_player
from app.services.replay.comparison import (
    Finding,
    compare_badges,
    compare_battles,
    compare_counters,
    compare_goals,
    compare_outcomes,
    compare_players,
)
from app.services.replay.reading import (
    read_badge,
    read_boss,
    read_challenge,
    read_kept_battle,
    read_kept_quest,
    read_membership,
    read_quest,
    read_record,
)
from app.services.replay.replay import Replay
from app.services.replay.values import Definitions, Surroundings
from app.services.turn import source_of_battle, source_of_party_battle

CHUNK = 10
"""Players that are replayed in one snapshot of the database."""

PAGE = 500
"""Activities that are read by one statement."""


class ReplayService:
    """Plays histories again through the rules, from the first activity on.

    The replay has its own player, ledger, streak, goals, battles and badges, and looks at none of what
    is kept until the end. What lies outside a player's own history it takes as recorded: which weeks
    and courses were complete, and whether a week had a boss; what was chosen, bought, paused and
    undone, and that a boss struck back; the battles of parties (their blows and what they pay). The
    challenges of parties, which pay nothing, are left out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_players(self) -> int:
        """How many players there are."""
        async with self._database.reading() as uow:
            return await uow.players.count()

    async def check(self, chunk: int = CHUNK, page: int = PAGE) -> AsyncIterator[Checked]:
        """Replay all players by user id, each seen as at one moment; gives them one by one.

        Memory holds one history at a time.
        """
        after_id, players = 0, 1
        while players:
            async with self._database.snapshot() as uow:
                rows = await uow.players.list_page(after_id, chunk)
                definitions = await _load_definitions(uow)
                players = len(rows)
                for row in rows:
                    found = await _check_player(uow, row, definitions, page)
                    yield Checked(1, found)
                    after_id = row.user_id


async def _load_definitions(uow: ReadUnitOfWork) -> Definitions:
    return Definitions(
        [read_quest(row) for row in await uow.replay.list_quests()],
        {row.id: read_challenge(row) for row in await uow.replay.list_challenges()},
        [read_badge(row) for row in await uow.replay.list_badges()],
    )


async def _check_player(
    uow: ReadUnitOfWork, row: PlayerRecord, definitions: Definitions, page: int
) -> Sequence[Difference]:
    user_id = row.user_id
    battles = await uow.replay.list_battles(user_id)
    bosses = {
        source_of_battle(battle.id, None): read_boss(battle, hp, xp, gold)
        for battle, hp, xp, gold in battles
        if battle.week_id is None
    }
    spoils = {
        source_of_party_battle(number): (xp, gold)
        for number, xp, gold in await uow.replay.list_spoils(user_id)
    }
    replay = Replay(user_id, Surroundings(definitions, bosses, spoils))
    found = [
        Difference(user_id, *finding)
        async for finding in _play(uow, user_id, replay, definitions, page)
    ]
    kept_battles = dict(read_kept_battle(battle) for battle, *_ in battles)
    findings = [
        *compare_players(replay.player, read_player(row)),
        *compare_battles(replay.battles.show(), kept_battles),
        *await _compare_rows(uow, user_id, replay),
    ]
    return [*found, *(Difference(user_id, *finding) for finding in findings)]


async def _play(
    uow: ReadUnitOfWork, user_id: int, replay: Replay, definitions: Definitions, page: int
) -> AsyncIterator[Finding]:
    after = 0
    while rows := await uow.replay.list_activities(user_id, after, page):
        last = rows[-1].sequence
        entries = await uow.replay.list_entries(user_id, after, last)
        by_activity = {
            sequence: list(own)
            for sequence, own in groupby(entries, key=lambda entry: entry.activity_sequence)
        }
        for row in rows:
            for what, expected, found in _step(
                replay, row, by_activity.get(row.sequence, []), definitions
            ):
                yield f"activity {row.sequence}: {what}", expected, found
        after = last


def _step(
    replay: Replay, row: HistoryRow, entries: Sequence[EntryRow], definitions: Definitions
) -> Iterator[Finding]:
    try:
        record = read_record(row, entries)
        replayed = replay.play(record)
    except KeyError as error:
        yield row.kind, "all its facts", f"none or an unknown one for {error}"
    except ValueError as error:
        yield row.kind, "what the rules allow", str(error)
    else:
        yield from compare_outcomes(replayed, record, definitions)


async def _compare_rows(uow: ReadUnitOfWork, user_id: int, replay: Replay) -> Iterable[Finding]:
    rows = uow.replay
    goals = dict(read_kept_quest(row) for row in await rows.list_progress(user_id))
    goals |= dict(read_membership(row) for row in await rows.list_memberships(user_id))
    awards = {
        row.badge_key: (row.badge_id, row.activity_sequence)
        for row in await rows.list_awards(user_id)
    }
    kept = {row.metric: row.value for row in await rows.list_counters(user_id)}
    counters = {
        name_counter(metric, course): value for (metric, course), value in replay.counters.items()
    }
    return [
        *compare_counters(counters, kept),
        *compare_goals(replay.goals.show(), goals),
        *compare_badges(replay.badges.show(), awards),
    ]
