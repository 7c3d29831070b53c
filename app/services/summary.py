"""The start page: what there is to do and to see, of all rooms at once."""

from collections.abc import Sequence
from datetime import UTC, datetime

from app.core.challenges import ChallengeState
from app.core.clock import Clock
from app.core.definitions import Cadence
from app.core.errors import UnauthenticatedError
from app.core.listing import TaskSort, TaskStatus
from app.db.repositories.challenges import ChallengeFilter
from app.db.repositories.player_rows import PlayerFields
from app.db.repositories.quest_rows import CADENCE_RANKS, QuestOfLearner
from app.db.repositories.task_queries import TaskFilter
from app.db.unit_of_work import ReadUnitOfWork
from app.game.player import Player
from app.game.rules import RULES
from app.game.week import week_of
from app.services.challenge_view import ChallengeView, show_to_player
from app.services.due_cards import MAX_COUNTED
from app.services.due_rule import find_due_limits
from app.services.game import show_profile
from app.services.league_standing import show_standing
from app.services.notifications import UnreadView
from app.services.paging import NEWEST
from app.services.player_mapping import read_player
from app.services.principal import Principal
from app.services.quest_view import QuestView, describe_situation, show_quest
from app.services.quests import choose_todays
from app.services.summary_view import (
    ReviewsSummaryView,
    SummaryView,
    TasksSummaryView,
    show_course,
    show_running_battle,
    show_untouched_bosses,
)
from app.services.task_view import show_task

MAX_BATTLES = 10
MAX_CHALLENGES = 20
MAX_COURSES = 5
MAX_TASKS = 5
MAX_BADGES = 3

_LATEST = datetime.max.replace(tzinfo=UTC)
"""Beyond every end."""


class SummaryService:
    """Shows the start page, by seven statements whatever there is. Nothing here writes."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal) -> SummaryView:
        """All that is under way now.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        uow, user_id, calendar = self._uow, principal.user_id, principal.calendar
        now = self._clock.now()
        today, week_on = calendar.day_of(now), week_of(now)
        limits = find_due_limits(calendar, now)
        found = await uow.summary.get_player(user_id, today, limits, MAX_COUNTED, MAX_BADGES)
        if found is None:
            raise UnauthenticatedError
        player = read_player(found.player)
        courses = await uow.summary.list_courses(user_id, MAX_COURSES)
        battles = await uow.summary.list_battles(user_id, MAX_BATTLES)
        open_tasks = TaskFilter(status=TaskStatus.OPEN)
        tasks = await uow.tasks.list_page(user_id, open_tasks, TaskSort.DUE, None, MAX_TASKS)
        companions = await uow.leagues.list_companions(user_id, week_on)
        return SummaryView(
            profile=show_profile(player, found.daily_reviews, calendar, now),
            quests=await self._list_quests(principal, found.player, now),
            battles=[
                *map(show_running_battle, battles),
                *show_untouched_bosses(courses, today),
            ],
            challenges=await self._list_challenges(principal, player, now),
            league=show_standing(user_id, week_on, companions),
            tasks=TasksSummaryView(
                found.tasks_due, [show_task(task, calendar, today) for task in tasks]
            ),
            courses=[show_course(row, today) for row in courses],
            reviews=ReviewsSummaryView(found.reviews_due),
            notifications=UnreadView(found.unread),
            badges=found.badges,
        )

    async def _list_quests(
        self, principal: Principal, player: PlayerFields, now: datetime
    ) -> Sequence[QuestView]:
        """Today's, then the weekly and once-quests that are active; each in the order of the list."""
        situation = describe_situation(player, principal.calendar, now)
        rows = await self._uow.quests.list_under_way(
            principal.user_id, situation.today, situation.week_on
        )
        pool = [row for row in rows if row.cadence == Cadence.DAILY]
        others = sorted((row for row in rows if row.cadence != Cadence.DAILY), key=_place)
        chosen = choose_todays(principal.user_id, situation, pool)
        shown = [*chosen, *others[: RULES.max_accepted_quests]]
        return [show_quest(row, situation) for row in shown]

    async def _list_challenges(
        self, principal: Principal, player: Player, now: datetime
    ) -> Sequence[ChallengeView]:
        """Those that run and that the learner is in; those first that end first."""
        wanted = ChallengeFilter(ChallengeState.OPEN, mine=True)
        rows = await self._uow.challenges.list_page(
            principal.user_id, wanted, now, (_LATEST, NEWEST), MAX_CHALLENGES
        )
        return show_to_player(list(reversed(rows)), player, principal, now)


def _place(quest: QuestOfLearner) -> tuple[int, str]:
    return CADENCE_RANKS[Cadence(quest.cadence)], quest.key
