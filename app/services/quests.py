"""Quests: what there is to do today, this week and once; accepting and abandoning."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.core.clock import Clock
from app.core.definitions import Cadence
from app.core.errors import UnauthenticatedError
from app.core.listing import Page
from app.core.questing import QuestLock, QuestStatus
from app.db.repositories.quest_rows import NewProgress, QuestOfLearner, QuestPosition
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.game.daily import choose_daily
from app.game.rules import RULES
from app.services.definition_errors import QuestNotFoundError
from app.services.errors import BadCursorError
from app.services.paging import Position, cut_page, decode_cursor, encode_cursor
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.quest_errors import (
    QuestCompletedError,
    QuestLockedError,
    QuestNotAcceptedError,
    QuestNotTodayError,
    TooManyQuestsError,
)
from app.services.quest_view import (
    QuestView,
    Situation,
    describe_situation,
    find_status,
    list_locks,
    show_quest,
)
from app.services.turn import Turn

_QUESTS = "quests"
_KEY = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class QuestReadService:
    """Shows quests."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_page(
        self, principal: Principal, cadence: Cadence | None, limit: int, cursor: str | None
    ) -> Page[QuestView]:
        """A page of the caller's quests: today's, this week's, then those that are completed once.

        Raises:
            BadCursorError: the cursor is not one of this list.
            UnauthenticatedError: the account was deleted meanwhile.
        """
        after = QuestPosition() if cursor is None else _read(decode_cursor(_QUESTS, cursor))
        situation = await self._look(principal)
        wanted = set(Cadence) if cadence is None else {cadence}
        rows: list[QuestOfLearner] = []
        if Cadence.DAILY in wanted and after.cadence is Cadence.DAILY:
            pool = await self._uow.quests.list_pool(principal.user_id, situation.today)
            todays = choose_todays(principal.user_id, situation, pool)
            rows += [quest for quest in todays if quest.key > after.key]
        others = wanted - {Cadence.DAILY}
        missing = limit + 1 - len(rows)
        if others and missing > 0:
            rows += await self._uow.quests.list_board(
                principal.user_id, situation.week_on, others, after, missing
            )
        return cut_page(
            rows,
            limit,
            lambda row: show_quest(row, situation),
            lambda row: encode_cursor(_QUESTS, [row.cadence, row.key]),
        )

    async def _look(self, principal: Principal) -> Situation:
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        found = await self._uow.players.get_with_reviews(principal.user_id, today)
        if found is None:
            raise UnauthenticatedError
        return describe_situation(found, principal.calendar, now)


class QuestService:
    """Accepts and abandons quests. A repeat changes nothing, and is not recorded."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)

    async def accept(self, principal: Principal, key: str) -> QuestView:
        """Take a quest up, for its present period. It starts at 0, also where it was abandoned.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            QuestNotFoundError: no such quest can be accepted.
            QuestNotTodayError: a daily quest that is none of the caller's today.
            QuestLockedError: a condition is not met.
            QuestCompletedError: it is completed in this period, or for good.
            TooManyQuestsError: as many are under way as may be.
        """
        turn, situation, quest = await self._begin(principal, key)
        status = find_status(quest, situation)
        is_daily = quest.cadence == Cadence.DAILY
        # Daily quests are accepted by themselves: one that is completed was, too.
        if status is QuestStatus.ACTIVE or (is_daily and status is QuestStatus.COMPLETED):
            return show_quest(quest, situation)
        if status is QuestStatus.COMPLETED:
            raise QuestCompletedError
        if status is QuestStatus.LOCKED:
            raise _refuse_locked(quest, situation)
        if not is_daily:
            await self._require_room(turn)
        return await self._record(turn, situation, quest, QuestStatus.ACTIVE)

    async def abandon(self, principal: Principal, key: str) -> QuestView:
        """Give a quest up for its present period. What it came to is lost.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            QuestNotFoundError: no such quest.
            QuestNotTodayError: a daily quest that is none of the caller's today.
            QuestNotAcceptedError: it was not accepted.
            QuestCompletedError: it is completed.
        """
        turn, situation, quest = await self._begin(principal, key)
        if quest.status == QuestStatus.ABANDONED:
            return show_quest(quest, situation)
        status = find_status(quest, situation)
        if status is QuestStatus.COMPLETED:
            raise QuestCompletedError
        if status is not QuestStatus.ACTIVE:
            raise QuestNotAcceptedError
        return await self._record(turn, situation, quest, QuestStatus.ABANDONED)

    async def _begin(
        self, principal: Principal, key: str
    ) -> tuple[Turn, Situation, QuestOfLearner]:
        turn = await self._play.begin(principal)
        situation = describe_situation(turn.player, turn.calendar, turn.now)
        return turn, situation, await self._find(turn.user_id, situation, key)

    async def _find(self, user_id: int, situation: Situation, key: str) -> QuestOfLearner:
        quest = await self._uow.quests.find_on_board(user_id, situation.week_on, key)
        if quest is not None:
            return quest
        pool = await self._uow.quests.list_pool(user_id, situation.today)
        for daily in choose_todays(user_id, situation, pool):
            if daily.key == key:
                return daily
        raise QuestNotTodayError if any(daily.key == key for daily in pool) else QuestNotFoundError

    async def _require_room(self, turn: Turn) -> None:
        accepted = await self._uow.quests.count_accepted(turn.user_id, turn.today)
        if accepted >= RULES.max_accepted_quests:
            raise TooManyQuestsError

    async def _record(
        self, turn: Turn, situation: Situation, quest: QuestOfLearner, status: QuestStatus
    ) -> QuestView:
        accepts = status is QuestStatus.ACTIVE
        kind = ActivityKind.QUEST_ACCEPTED if accepts else ActivityKind.QUEST_ABANDONED
        source = Source(SourceType.QUEST, quest.key)
        sequence = await self._play.choose(turn, kind, source, quest.revision)
        period = situation.find_period(quest.cadence)
        accepted_at = turn.now if accepts else None
        await self._uow.quests.put(
            NewProgress(
                user_id=turn.user_id,
                quest_key=quest.key,
                period_on=period.first_on,
                last_on=period.last_on,
                quest_id=quest.id,
                status=status,
                accepted_at=accepted_at,
                accepted_sequence=sequence,
            )
        )
        changed = replace(quest, status=status, progress=0, accepted_at=accepted_at)
        return show_quest(changed, situation)


def choose_todays(
    user_id: int, situation: Situation, pool: Iterable[QuestOfLearner]
) -> Sequence[QuestOfLearner]:
    """The learner's daily quests of today, by key."""
    by_key = {quest.key: quest for quest in pool}
    chosen = choose_daily(user_id, situation.today, by_key, RULES.daily_quests)
    return [by_key[key] for key in sorted(chosen)]


def _refuse_locked(quest: QuestOfLearner, situation: Situation) -> QuestLockedError:
    conditions = {
        QuestLock.LEVEL: ("min_level", quest.min_level),
        QuestLock.QUEST: ("requires_quest", quest.requires_quest),
    }
    locks = list_locks(quest, situation)
    return QuestLockedError(members=dict(conditions[lock] for lock in locks))


def _read(position: Position) -> QuestPosition:
    match position:
        case [str(cadence), str(key)] if cadence in set(Cadence) and _KEY.fullmatch(key):
            return QuestPosition(Cadence(cadence), key)
    raise BadCursorError
