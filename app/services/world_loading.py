"""What the rules look at beside the player: battles, goals and badges, read under the lock."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
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
from app.services.turn import Step, Turn


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
    """Reads scenes; the caller holds the players' locks, and those of the party's battles."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def look_around(self, steps: Sequence[Step]) -> Sequence[Scene]:
        """What moves of different players, done at one instant, may hit, move or win; a scene for each.

        However many they are: a statement for goals, one more for each further date that the players
        have, and one for badges. One more for each move that is done somewhere, and so may hit.
        """
        fights = [await self._list_battles(step) for step in steps]
        goals = await self._list_goals(steps)
        badges = await self._list_badges(goals)
        return [
            _compose(step, fights[number], goals[step.user_id], badges[step.user_id])
            for number, step in enumerate(steps)
        ]

    async def _list_battles(self, step: Step) -> Sequence[BossBattle]:
        """The running battles of the player's own, and the one with the boss of the week."""
        if step.place is None:
            return ()
        return await self._uow.battles.list_running(step.user_id, step.place.week_id)

    async def _list_goals(self, steps: Sequence[Step]) -> Mapping[int, Mapping[Source, GoalRow]]:
        """The open goals of each player."""
        by_date: dict[date, list[Turn]] = {}
        for step in steps:
            by_date.setdefault(step.turn.today, []).append(step.turn)
        found: dict[int, list[GoalRow]] = {step.user_id: [] for step in steps}
        for today, turns in by_date.items():
            ids = [turn.user_id for turn in turns]
            for row in await self._uow.goals.list_open(ids, today, turns[0].now):
                found[row.user_id].append(row)
        return {
            step.user_id: {
                read_goal(row).source: row for row in choose_open(step.turn, found[step.user_id])
            }
            for step in steps
        }

    async def _list_badges(
        self, goals: Mapping[int, Mapping[Source, GoalRow]]
    ) -> Mapping[int, Sequence[BadgeRow]]:
        """The badges that each player may win, prizes of these goals among them."""
        prizes = {
            (user_id, row.badge_key)
            for user_id, theirs in goals.items()
            for row in theirs.values()
            if row.badge_key is not None
        }
        found: dict[int, list[BadgeRow]] = {user_id: [] for user_id in goals}
        for row in await self._uow.awards.list_open(goals.keys(), sorted(prizes)):
            found[row.user_id].append(row)
        return found

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

    async def count_rounds(
        self, paid: Mapping[int, Sequence[Source]]
    ) -> Mapping[int, Mapping[Source, int]]:
        """How often what each source paid was reversed, by user id; one statement.

        Not how often it paid: should it stand after all, the ledger's constraint has to refuse it.
        """
        sources = {source for theirs in paid.values() for source in theirs}
        rounds: dict[int, dict[Source, int]] = {user_id: {} for user_id in paid}
        for user_id, kind, number, count in await self._uow.ledger.count_reversals(
            paid.keys(), sources
        ):
            rounds[user_id][Source(SourceType(kind), number)] = count
        return rounds


def _compose(
    step: Step,
    own: Sequence[BossBattle],
    goals: Mapping[Source, GoalRow],
    badges: Sequence[BadgeRow],
) -> Scene:
    place, hit = step.place, step.turn.alliance.hit
    battles = [read_battle(row) for row in own if row.won_at is None]
    if place and place.boss is not None and place.week_id not in {row.week_id for row in own}:
        battles.append(new_week_battle(place))
    battles += [read_party_battle(row) for row in hit]
    return Scene(
        replace(
            step.world,
            battles=tuple(battles),
            goals=tuple(read_goal(row) for row in goals.values()),
            badges=tuple(read_badge(row) for row in badges),
            counters=_count(badges),
        ),
        {read_battle(row).source: row for row in own},
        {read_party_battle(row).source: row for row in hit},
        goals,
        {row.key: row for row in badges},
    )


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
