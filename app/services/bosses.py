"""Bosses: whom one fights, has beaten, and may fight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.battles import MAX_BATTLES, MAX_VICTORIES, FightHindrance
from app.core.clock import Clock
from app.core.definitions import BossKind
from app.core.errors import UnauthenticatedError
from app.db.repositories.boss_rows import FighterOfPartyRow, TakenWeekRow
from app.db.repositories.definition_rows import BossRow
from app.db.unit_of_work import ReadUnitOfWork
from app.game.levels import level_at
from app.game.rules import RULES
from app.services.boss_view import (
    BattleView,
    ChoiceView,
    PartyBattleView,
    VictoryView,
    show_boss_of_week,
    show_choice,
    show_own_battle,
    show_party_battles,
    show_victory,
)
from app.services.course_days import find_day_opening
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class BossesView:
    """See ``app.schemas.bosses.BossesRead`` for what the fields mean to clients."""

    battles: Sequence[BattleView]
    party_battles: Sequence[PartyBattleView]
    victories: Sequence[VictoryView]
    choices: Sequence[ChoiceView]


class BossReadService:
    """Shows bosses. Nothing here writes."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_all(self, principal: Principal) -> BossesView:
        """The caller's battles, those of the caller's parties, and whom the caller may fight.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        user_id = principal.user_id
        player = await self._uow.players.get(user_id)
        if player is None:
            raise UnauthenticatedError
        personal = [
            show_own_battle(battle, boss_key)
            for battle, boss_key in await self._uow.bosses.list_personal(user_id)
        ]
        parties = await self._uow.bosses.list_parties(user_id)
        victories = await self._uow.bosses.list_victories(user_id, MAX_VICTORIES)
        level = level_at(player.xp, RULES)
        return BossesView(
            battles=[*personal, *await self._list_bosses_of_weeks(principal)][:MAX_BATTLES],
            party_battles=show_party_battles(parties),
            victories=[show_victory(row) for row in victories],
            choices=[
                show_choice(boss, _find_hindrance(boss, level, bool(personal), parties))
                for boss in await self._uow.bosses.list_choices()
            ],
        )

    async def _list_bosses_of_weeks(self, principal: Principal) -> Sequence[BattleView]:
        """The bosses of open weeks that have not fallen, first those that were hurt."""
        today = principal.calendar.day_of(self._clock.now())
        by_course: dict[str, list[TakenWeekRow]] = {}
        for row in await self._uow.bosses.list_weeks(principal.user_id):
            by_course.setdefault(row.course, []).append(row)
        found = [
            battle
            for rows in by_course.values()
            for index, row in enumerate(rows)
            if (row.battle is not None or _is_open(rows, index, today))
            and (battle := show_boss_of_week(row)) is not None
        ]
        return sorted(found, key=lambda battle: battle.started_at is None)


def _is_open(rows: Sequence[TakenWeekRow], index: int, today: date) -> bool:
    """Whether the week's boss has appeared: it does so with the first day of its week."""
    row = rows[index]
    opening = find_day_opening(
        row.pacing,
        [other.week for other in rows],
        (index, 1),
        was_entered=row.week.was_entered,
        enrolled_on=row.enrolled_on,
        today=today,
    )
    return opening.is_open


def _find_hindrance(
    boss: BossRow, level: int, is_fighting: bool, parties: Sequence[FighterOfPartyRow]
) -> FightHindrance | None:
    if level < boss.min_level:
        return FightHindrance.BOSS_LOCKED
    if boss.kind == BossKind.PERSONAL:
        return FightHindrance.ALREADY_FIGHTING if is_fighting else None
    if not parties:
        return FightHindrance.NO_PARTY
    are_fighting = all(row.battle is not None for row in parties)
    return FightHindrance.ALREADY_FIGHTING if are_fighting else None
