"""Whole lives: learners who do all that clients can do, through the real services."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import select

from app.core.errors import QuestboardError
from app.db.models import (
    Badge,
    Boss,
    Challenge,
    Party,
    PartyMember,
    Quest,
    ReviewCard,
)
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.rules import Difficulty, ShopItem
from app.services.badge_definitions import BadgeDefinitions
from app.services.boss_fights import BossFightService
from app.services.challenge_membership import ChallengeMembershipService
from app.services.course_completions import CourseCompletionService
from app.services.enrollments import EnrollmentService
from app.services.quest_definitions import QuestDefinitions
from app.services.quests import QuestService
from app.services.quizzes import QuizService
from app.services.reviews import ReviewService
from tests.services.game_table import Table, sit_down
from tests.support.clock import FakeClock
from tests.support.courses import add_course, list_day_ids, list_questions, small_course
from tests.support.learning import answer
from tests.support.quests import quest_row

Step: TypeAlias = tuple[int, str, int]
"""whose move, which move, and a number that it makes of what it needs"""

DEFINED_AT = datetime(2026, 1, 1, tzinfo=UTC)
CALENDARS = [("UTC", 0), ("Pacific/Kiritimati", 0), ("Europe/Berlin", 4), ("Pacific/Honolulu", 0)]
WAITS = [5, 9 * 60, 24 * 60, 24 * 60, 30 * 60, 3 * 24 * 60, 8 * 24 * 60]
"""Minutes."""
ACCEPTED = ["three", "rich", "regular", "slayer", "chain", "weekly-xp", "daily-a", "daily-d"]
BOSSES = ["imp", "ogre"]
NEW_TASKS = {
    "task": (Difficulty.EASY, 1),
    "hard": (Difficulty.HARD, 1),
    "harvest": (Difficulty.HARD, 6),
}
TASK_MOVES = {*NEW_TASKS, "undo", "complete"}


def list_quests() -> list[Quest]:
    """Quests over all metrics; three of the five daily ones are a learner's on a day."""
    return [
        quest_row("three", target=3, xp=30, gold=5),
        quest_row("rich", metric="xp_earned", target=60, freezes=1),
        quest_row("regular", metric="streak_days", target=2, badge_key="prize"),
        quest_row("slayer", metric="bosses_defeated", target=1, badge_key="prize"),
        quest_row("chain", metric="quests_completed", target=2, xp=0, gold=7, freezes=1),
        quest_row("weekly-xp", "weekly", metric="xp_earned", target=90),
        quest_row("daily-a", "daily", target=2, xp=5),
        quest_row("daily-b", "daily", metric="xp_earned", target=40, xp=5),
        quest_row("daily-c", "daily", metric="reviews_done", target=1, xp=5),
        quest_row("daily-d", "daily", metric="course_tasks_completed", target=1, xp=5),
        quest_row("daily-e", "daily", metric="quizzes_passed", target=1, xp=5),
    ]


def badge_row(key: str, metric: str | None, target: int | None, **fields: Any) -> Badge:
    """A badge that pays a little, unless the fields say otherwise."""
    values = {
        "revision": 1,
        "family": key,
        "tier": 1,
        "title": key,
        "description": "",
        "course_id": None,
        "xp": 3,
        "gold": 1,
        "freezes": 0,
        "created_at": DEFINED_AT,
        "retired_at": None,
    }
    return Badge(key=key, metric=metric, target=target, **{**values, **fields})


def list_badges(course_id: int) -> list[Badge]:
    """Badges over everything and over a course, and a prize."""
    return [
        badge_row("tasks", "tasks_completed", 2),
        badge_row("more-tasks", "tasks_completed", 5, family="tasks", tier=2, freezes=1),
        badge_row("xp", "xp_earned", 100),
        badge_row("course-xp", "xp_earned", 40, course_id=course_id),
        badge_row("streak", "streak_days", 2),
        badge_row("slayer", "bosses_defeated", 1),
        badge_row("questing", "quests_completed", 1),
        badge_row("week", "course_tasks_completed", 7, course_id=course_id),
        badge_row("prize", None, None, xp=11),
    ]


def boss_row(key: str, hp: int, kind: str = "personal") -> Boss:
    """A boss that strikes back."""
    return Boss(
        key=key, revision=1, kind=kind, title=key, description="", hp=hp, xp=50, gold=4,
        strikes_back=True, min_level=1, created_at=DEFINED_AT, retired_at=None,
    )  # fmt: skip


@dataclass
class World:
    """Learners in one world: a course, quests, badges, bosses, a challenge for all, and a party."""

    database: Database
    clock: FakeClock
    tables: list[Table]
    days: list[int]
    challenge_id: int
    party_id: int
    tasks: list[list[int]]

    async def move(self, who: int, name: str, number: int) -> None:
        """Make a move; what is refused changes nothing."""
        self.clock.advance(seconds=1)
        with suppress(QuestboardError):
            if name == "wait":
                self.clock.advance(minutes=WAITS[number % len(WAITS)])
            elif name in {"day", "undo-day", "week"}:
                await self.learn(who, name, number)
            elif name == "attempt":
                await self.attempt(who, self.days[7 + number % 7], wrong=number % 2)
            elif name == "review":
                await self.review(who)
            elif name in TASK_MOVES:
                await self.work(who, name, number)
            else:
                await self.rest(who, name, number)
                await self.decide(who, name, number)

    async def work(self, who: int, name: str, number: int) -> None:
        """Personal tasks."""
        table, tasks = self.tables[who], self.tasks[who]
        if name in NEW_TASKS:
            difficulty, count = NEW_TASKS[name]
            for _ in range(count):
                self.clock.advance(seconds=1)
                tasks.append(await table.create(difficulty))
                await table.complete(tasks[-1])
        elif tasks:
            task_id = tasks[number % len(tasks)]
            await (table.undo if name == "undo" else table.complete)(task_id)

    async def rest(self, who: int, name: str, number: int) -> None:
        """Shop, pause and journeys."""
        table = self.tables[who]
        match name:
            case "travel":
                table.travel(*CALENDARS[number % len(CALENDARS)])
            case "buy":
                await table.buy(list(ShopItem)[number % len(ShopItem)])
            case "pause":
                await table.pause(1 + number % 3)
            case "resume":
                await table.resume()

    async def learn(self, who: int, name: str, number: int) -> None:
        days = self.days[:7] if name == "week" else [self.days[number % 7]]
        for day in days:
            self.clock.advance(seconds=1)
            await self.write(partial(self._learn, who, name, day))

    async def _learn(self, who: int, name: str, day: int, uow: UnitOfWork) -> None:
        service = CourseCompletionService(uow, self.clock)
        method = service.undo if name == "undo-day" else service.complete
        await method(self.tables[who].caller, day)

    async def attempt(self, who: int, day: int, wrong: int) -> None:
        rows = await list_questions(self.database, day)
        answers = [(row.id, answer(row, rightly=place >= wrong)) for place, row in enumerate(rows)]
        caller = self.tables[who].caller
        await self.write(
            lambda uow: QuizService(uow, self.clock).attempt(caller, day, answers, None)
        )

    async def review(self, who: int) -> None:
        caller = self.tables[who].caller
        async with self.database.reading() as uow:
            cards = select(ReviewCard.id).where(ReviewCard.user_id == caller.user_id)
            ids = list(await uow._session.scalars(cards.order_by(ReviewCard.id)))
        for card_id in ids:
            await self.write(partial(self._review, who, card_id))

    async def _review(self, who: int, card_id: int, uow: UnitOfWork) -> None:
        await ReviewService(uow, self.clock).review(self.tables[who].caller, card_id, None, None)

    async def decide(self, who: int, name: str, number: int) -> None:
        """Quests, fights, challenges; and what admins do."""
        caller, clock = self.tables[who].caller, self.clock
        key = ACCEPTED[number % len(ACCEPTED)]
        boss = BOSSES[number % len(BOSSES)]
        moves: dict[str, Callable[[UnitOfWork], Awaitable[Any]]] = {
            "accept": lambda uow: QuestService(uow, clock).accept(caller, key),
            "abandon": lambda uow: QuestService(uow, clock).abandon(caller, key),
            "fight": lambda uow: BossFightService(uow, clock).fight(caller, boss, None),
            "fight-together": lambda uow: BossFightService(uow, clock).fight(
                caller, "giant", self.party_id
            ),
            "join": lambda uow: ChallengeMembershipService(uow, clock).join(
                caller, self.challenge_id
            ),
            "leave": lambda uow: ChallengeMembershipService(uow, clock).leave(
                caller, self.challenge_id
            ),
            "redefine-badge": lambda uow: BadgeDefinitions(uow, clock).update(
                "tasks", None, {"target": 2 + number % 3}
            ),
            "redefine-quest": lambda uow: QuestDefinitions(uow, clock).update(
                key, None, {"target": 1 + number % 3}
            ),
        }
        if name in moves:
            await self.write(moves[name])

    async def write(self, what: Callable[[UnitOfWork], Awaitable[Any]]) -> None:
        async with self.database.writing() as transaction:
            await what(transaction.uow)
            await transaction.commit()


async def begin_world(database: Database, clock: FakeClock, learners: int = 2) -> World:
    """A new world; a minute after all of it was made."""
    definition = small_course(weeks=2, questions=2)
    first = definition.weeks[0]
    plain = tuple(day.model_copy(update={"questions": ()}) for day in first.days)
    weeks = (first.model_copy(update={"days": plain}), definition.weeks[1])
    course_id = await add_course(database, definition.model_copy(update={"weeks": weeks}))
    tables = [await sit_down(database, clock, f"{n}@example.org") for n in range(learners)]
    async with database.writing() as transaction:
        uow = transaction.uow
        challenge = Challenge(
            revision=1, party_id=None, created_by=None, title="Race", description="",
            metric="xp_earned", target=70, course_id=None, badge_key="prize", xp=20, gold=2,
            freezes=1, starts_at=clock.now() + timedelta(hours=1), created_at=clock.now(),
            ends_at=clock.now() + timedelta(days=5), closed_at=None,
        )  # fmt: skip
        leader = tables[0].caller.user_id
        party = Party(name="Owls", leader_id=leader, created_at=clock.now())
        defined = [*list_quests(), *list_badges(course_id), boss_row("imp", 30)]
        defined += [boss_row("ogre", 120), boss_row("giant", 60, "party")]
        uow._session.add_all([challenge, party, *defined])
        await uow._session.flush()
        for table in tables:
            member = PartyMember(
                user_id=table.caller.user_id, party_id=party.id, joined_at=clock.now()
            )
            uow._session.add(member)
            await EnrollmentService(uow, clock).enroll(table.caller, "python", None)
        challenge_id, party_id = challenge.id, party.id
        await transaction.commit()
    clock.advance(minutes=2)
    days = await list_day_ids(database, course_id)
    return World(
        database, clock, tables, days, challenge_id, party_id, [[] for _ in range(learners)]
    )
