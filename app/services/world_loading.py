"""What the rules look at beside the player: battles, goals and badges, read under the lock."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from app.db.conflicts import DatabaseBusyError
from app.db.models import ActivityRow, BossBattle, PartyBattle
from app.db.repositories.awards import BadgeRow
from app.db.repositories.goal_columns import COMPLETED, GoalRow
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Source, SourceType
from app.game.battle import Battle
from app.game.goal import Goal
from app.game.ledger import PaidEntry
from app.game.metrics import Metric, Scope
from app.game.world import PastActivity, World
from app.services.battle_mapping import new_week_battle, read_battle, read_party_battle
from app.services.goal_mapping import choose_open, read_badge, read_goal
from app.services.history_mapping import read_entry
from app.services.turn import CoursePlace, Turn


@dataclass(frozen=True, slots=True)
class Scene:
    """The world of an activity, with the rows that it was made of."""

    world: World
    own_battles: Mapping[Source, BossBattle] = field(default_factory=lambda: MappingProxyType({}))
    party_battles: Mapping[Source, PartyBattle] = field(
        default_factory=lambda: MappingProxyType({})
    )
    goals: Mapping[Source, GoalRow] = field(default_factory=lambda: MappingProxyType({}))
    badges: Mapping[str, BadgeRow] = field(default_factory=lambda: MappingProxyType({}))


class WorldLoader:
    """Reads scenes; the caller holds the player's lock, and those of the party's battles."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def look_around(self, turn: Turn, world: World, place: CoursePlace | None) -> Scene:
        """What an activity done at this place may hit, move or win; three statements.

        Without a place it hits nobody, which saves one of them.
        """
        rows = () if place is None else await self._list_running(turn, place)
        own = {read_battle(row).source: row for row in rows}
        battles = [read_battle(row) for row in rows if row.won_at is None]
        if place and place.boss is not None and place.week_id not in {row.week_id for row in rows}:
            battles.append(new_week_battle(place))
        parties = {read_party_battle(row).source: row for row in turn.alliance.hit}
        battles += [read_party_battle(row) for row in turn.alliance.hit]
        found = await self._uow.goals.list_open(turn.user_id, turn.today, turn.now)
        goals = {read_goal(row).source: row for row in choose_open(turn, found)}
        prizes = sorted({row.badge_key for row in goals.values() if row.badge_key is not None})
        badges = await self._uow.awards.list_open(turn.user_id, prizes)
        return Scene(
            replace(
                world,
                battles=tuple(battles),
                goals=tuple(read_goal(row) for row in goals.values()),
                badges=tuple(read_badge(row) for row in badges),
                counters=_count(badges),
            ),
            own,
            parties,
            goals,
            {row.key: row for row in badges},
        )

    async def _list_running(self, turn: Turn, place: CoursePlace) -> Sequence[BossBattle]:
        return await self._uow.battles.list_running(turn.user_id, place.week_id)

    async def look_back(self, turn: Turn, world: World, undone: ActivityRow) -> Scene:
        """What an undo may heal, re-open or take back; four statements."""
        uow, user_id, number = self._uow, turn.user_id, undone.sequence
        held = await uow.battles.list_holding(user_id, number, undone.battle_id, undone.week_id)
        found = await uow.goals.list_holding(
            user_id, number, undone.occurred_at, undone.local_on, turn.now
        )
        badges = await uow.awards.list_held(user_id)
        blows = world.undone.blows if world.undone else {}
        sources = [
            *(read_battle(row).source for row, _ in held if row.won_at is not None),
            *(read_goal(row).source for row in found if row.status == COMPLETED),
            *(read_badge(row).source for row in badges),
            *(source for source in blows if source.type is SourceType.PARTY_BATTLE),
        ]
        standing = {
            paid.entry.source: paid
            for paid in map(read_entry, await uow.ledger.list_standing(user_id, sources))
        }
        parties = {read_party_battle(row).source: row for row in turn.alliance.healed}
        await self._require_locked({*blows} - parties.keys())
        return Scene(
            replace(
                world,
                undone=_leave_out_lost(world.undone, parties.keys() | standing.keys()),
                battles=(
                    *(_recount(read_battle(row), damage, standing) for row, damage in held),
                    *(read_party_battle(row) for source, row in parties.items() if source in blows),
                ),
                goals=tuple(_finish(read_goal(row), standing) for row in found),
                badges=tuple(
                    replace(badge, standing=standing.get(badge.source))
                    for badge in map(read_badge, badges)
                ),
                givers={row.key: row.givers for row in badges},
                counters=_count(badges),
            ),
            {read_battle(row).source: row for row, _ in held},
            parties,
            {read_goal(row).source: row for row in found},
            {row.key: row for row in badges},
        )

    async def _require_locked(self, missed: Iterable[Source]) -> None:
        """Hold an undo to the locks of all battles that it heals.

        The blow may have been dealt, and the party left, after the battles were locked and before the
        player was: then it has to be tried again. A battle that is over stays as it is.
        """
        for source in missed:
            if source.type is not SourceType.PARTY_BATTLE:
                continue
            battle = await self._uow.party_battles.get(int(source.id))
            if battle is not None and battle.won_at is None:
                raise DatabaseBusyError(retry_after=1)

    async def count_rounds(self, user_id: int, sources: Sequence[Source]) -> Mapping[Source, int]:
        """How often what each source paid was reversed.

        Not how often it paid: should it stand after all, the ledger's constraint has to refuse it.
        """
        rows = await self._uow.ledger.count_reversals(user_id, sources)
        counts = {(kind, number): count for kind, number, count in rows}
        return {source: counts.get((source.type, source.id), 0) for source in sources}


def _recount(battle: Battle, damage: int, standing: Mapping[Source, PaidEntry]) -> Battle:
    return replace(battle, damage=damage, standing=standing.get(battle.source))


def _leave_out_lost(past: PastActivity | None, known: Container[Source]) -> PastActivity | None:
    """Without the blows in a battle that went with its party: only a running or a won one is ``known``.

    A blow in a won one stays dealt, so its undo frees no place of the day; this one is dealt nowhere.
    """
    if past is None:
        return None
    blows = {
        source: damage
        for source, damage in past.blows.items()
        if source.type is not SourceType.PARTY_BATTLE or source in known
    }
    return replace(past, blows=blows)


def _finish(goal: Goal, standing: Mapping[Source, PaidEntry]) -> Goal:
    paid = standing.get(goal.source)
    return replace(goal, finished=paid is not None, standing=paid)


def _count(badges: Iterable[BadgeRow]) -> Mapping[Scope, int]:
    """The counters that these badges go by."""
    return {
        (Metric(row.metric), row.course_id): row.value for row in badges if row.metric is not None
    }
