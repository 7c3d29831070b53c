"""Whatever learners do in a course, in whatever order: the real services do what the model does.

See ``test_game_sequences.py``: here days, quizzes and reviews are mixed with personal tasks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import ReviewCard
from app.db.repositories.counter_names import name_counter
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Source, SourceType
from app.game.hearts import regrow_hearts
from app.game.outcome import Outcome
from app.game.rules import RULES, Difficulty
from app.services.course_completions import CourseCompletionService
from app.services.course_errors import (
    AttemptsUsedUpError,
    CardNotDueError,
    HeartsEmptyError,
    QuizNotPassedError,
)
from app.services.enrollments import EnrollmentService
from app.services.outcome_view import OutcomeView
from app.services.quizzes import QuizService
from app.services.reviews import ReviewService
from tests.game.model import Model
from tests.services.game_table import Table, find_differences, sit_down
from tests.services.test_game_sequences import CALENDARS, WAITS, buy, compare, forgetting
from tests.support.clock import FakeClock
from tests.support.courses import add_course, list_questions, small_course
from tests.support.game import check_restored, dump_state
from tests.support.learning import answer

QUESTIONS = 2
Step = tuple[str, int]

TASKS = {"task": (1, Difficulty.EASY), "harvest": (15, Difficulty.HARD)}
"""How many personal tasks are completed; those of a harvest pay for a freeze and a heart."""


@dataclass
class Classroom:
    """A learner at the table, in a course whose first week has no quizzes, and the same in the model."""

    table: Table
    model: Model
    course_id: int
    days: list[int]
    difficulty: Difficulty = Difficulty.EASY

    @property
    def clock(self) -> FakeClock:
        return self.table.clock

    async def move(self, name: str, number: int) -> None:
        self.model.now, self.model.calendar = self.clock.now(), self.table.calendar
        day = self.days[number % len(self.days)]
        match name:
            case "wait":
                self.clock.advance(minutes=WAITS[number % len(WAITS)])
            case "travel":
                self.table.travel(*CALENDARS[number % len(CALENDARS)])
            case "attempt":
                await self.attempt(self.days[7 + number % 7], wrong=number % (QUESTIONS + 1))
            case "review":
                await self.review()
            case "buy":
                await buy(self.table, self.model, number)
            case "task" | "harvest":
                await self.complete_tasks(*TASKS[name])
            case _:
                moves = {"complete": self.complete, "undo": self.undo, "week": self.complete_week}
                await moves[name](day)

    async def complete_week(self, _day: int) -> None:
        for one in self.days[:7]:
            await self.complete(one)

    async def complete_tasks(self, count: int, difficulty: Difficulty) -> None:
        for _ in range(count):
            task_id = await self.table.create(difficulty)
            done = await self.table.complete(task_id)
            self.compare(done.outcome, self.model.complete(str(task_id), done.task.difficulty))

    async def undo(self, day: int) -> None:
        undone = await self.write(lambda uow: self.completions(uow).undo(self.caller, day))
        self.compare(undone.outcome, self.model.undo_day(str(day)))

    def compare(self, shown: OutcomeView, expected: Outcome) -> None:
        """Hold what a client sees to what the model says."""
        compare(shown, expected)

    @property
    def caller(self) -> Any:
        return self.table.caller

    def completions(self, uow: UnitOfWork) -> CourseCompletionService:
        return CourseCompletionService(uow, self.clock)

    async def write(self, what: Callable[[UnitOfWork], Awaitable[Any]]) -> Any:
        async with self.table.writing() as uow:
            return await what(uow)

    async def complete(self, day: int) -> None:
        passed = any(
            done.paid
            for done in self.model.standing()
            if done.activity.source == Source(SourceType.QUIZ, str(day))
        )
        try:
            done = await self.write(lambda uow: self.completions(uow).complete(self.caller, day))
        except QuizNotPassedError:
            assert day in self.days[7:]
            assert not passed
            return
        self.compare(done.outcome, self.model.complete_day(str(day), self.difficulty))

    async def attempt(self, day: int, wrong: int) -> None:
        rows = await list_questions(self.table.database, day)
        answers = [(row.id, answer(row, rightly=place >= wrong)) for place, row in enumerate(rows)]
        hearts = regrow_hearts(self.model.look().hearts, self.clock.now(), RULES).count
        try:
            result = await self.write(
                lambda uow: QuizService(uow, self.clock).attempt(self.caller, day, answers, None)
            )
        except HeartsEmptyError:
            assert hearts == 0
            return
        except AttemptsUsedUpError:
            return
        self.compare(result.outcome, self.model.attempt(str(day), QUESTIONS, wrong))
        now = regrow_hearts(self.model.player.hearts, self.clock.now(), RULES)
        assert (result.hearts, result.next_heart_at) == (now.count, now.next_at)

    async def review(self) -> None:
        async with self.table.database.reading() as uow:
            ids = await list_card_ids(uow, self.caller.user_id)
        for card_id in ids[:12]:
            try:
                async with self.table.writing() as uow:
                    service = ReviewService(uow, self.clock)
                    reviewed = await service.review(self.caller, card_id, None, None)
            except CardNotDueError:
                continue
            self.compare(reviewed.outcome, self.model.review(str(card_id)))


async def list_card_ids(uow: Any, user_id: int) -> list[int]:
    found = await uow._session.execute(
        select(ReviewCard.id).where(ReviewCard.user_id == user_id).order_by(ReviewCard.id)
    )
    return list(found.scalars())


async def sit_in(
    database: Database, clock: FakeClock, difficulty: Difficulty = Difficulty.EASY
) -> Classroom:
    """A new learner in a new course of two weeks; the days of the second have quizzes."""
    definition = small_course(weeks=2, questions=QUESTIONS, difficulty=difficulty)
    first = definition.weeks[0]
    plain = tuple(day.model_copy(update={"questions": ()}) for day in first.days)
    weeks = (first.model_copy(update={"days": plain}), definition.weeks[1])
    course_id = await add_course(database, definition.model_copy(update={"weeks": weeks}))
    table = await sit_down(database, clock)
    async with table.writing() as uow:
        await EnrollmentService(uow, clock).enroll(table.caller, "python", None)
        rows = await uow.learning.list_progress(table.caller.user_id, course_id)
    by_week: dict[str, list[str]] = {}
    for row in rows:
        by_week.setdefault(str(row.week_id), []).append(str(row.id))
    model = Model(course=Source(SourceType.COURSE, str(course_id)), weeks=dict(by_week))
    return Classroom(table, model, course_id, [row.id for row in rows], difficulty)


OFTEN = ["complete", "undo", "attempt", "attempt", "wait", "review", "week", "buy"]
plans = st.lists(
    st.tuples(st.sampled_from([*OFTEN, "travel", "task"]), st.integers(0, 97)), max_size=25
)

shop_plans = st.lists(
    st.tuples(st.sampled_from(["buy", "wait", "attempt", "undo", "buy"]), st.integers(0, 5)),
    min_size=3,
    max_size=15,
)


@settings(max_examples=40)
@given(plan=plans, minutes=st.sampled_from([0, *WAITS]))
async def test_sequences_in_a_course(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    await check_plan(connection, database, plan, minutes)


@settings(max_examples=15)
@given(plan=shop_plans, minutes=st.sampled_from([0, *WAITS]))
async def test_sequences_with_gold_to_spend(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    """Two quizzes went wrong before, so that hearts are missing."""
    start = [("harvest", 0), ("attempt", 2), ("attempt", 5)]
    await check_plan(connection, database, [*start, *plan], minutes)


async def check_plan(
    connection: AsyncConnection, database: Database, plan: list[Step], minutes: int
) -> None:
    clock = FakeClock()
    async with forgetting(connection):
        room = await sit_in(database, clock)
        for name, number in plan:
            await room.move(name, number)
        profile, player = await room.table.profile(), room.model.player
        assert (profile.xp, profile.gold) == (player.xp, player.gold)
        assert profile.longest_streak == player.streak.longest
        assert profile.streak_freezes == player.streak.freezes
        assert profile.hearts == regrow_hearts(player.hearts, clock.now(), RULES).count
        async with database.reading() as uow:
            rows = await uow.players.list_counters(room.caller.user_id - 1, room.caller.user_id)
        kept = {metric: value for _, metric, value in rows if value}
        model = room.model
        everywhere = {name_counter(metric): value for metric, value in model.counters.items()}
        in_course = {
            name_counter(metric, room.course_id): value
            for (metric, _), value in model.scoped.items()
        }
        assert kept == {name: value for name, value in (everywhere | in_course).items() if value}
        assert await find_differences(database) == []
        await check_identity(room, minutes)


async def check_identity(room: Classroom, minutes: int) -> None:
    """From wherever the sequence led: a day of the first week done and undone had never been."""
    day = room.days[0]
    await room.write(lambda uow: room.completions(uow).undo(room.caller, day))
    before = await dump_state(room.table.database)
    await room.write(lambda uow: room.completions(uow).complete(room.caller, day))
    room.clock.advance(minutes=minutes)
    await room.write(lambda uow: room.completions(uow).undo(room.caller, day))
    await check_restored(room.table.database, before, room.table.clock)
    assert await find_differences(room.table.database) == []
