"""Small courses, made at once: the rows are written as they are, without the authors' API."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.curriculum import DAYS_IN_WEEK, ContentStatus
from app.db.models import Course, CourseTask, QuizQuestion, Week
from app.db.session import Database
from app.game.pacing import Pacing
from app.game.rules import RULES, Difficulty
from app.schemas.curriculum import (
    CourseDefinition,
    DayDefinition,
    MultipleChoiceQuestion,
    NumberQuestion,
    Question,
    ShortTextQuestion,
    SingleChoiceQuestion,
    TrueFalseQuestion,
    WeekDefinition,
    key_of,
)
from app.services.curriculum.questions import write_body
from tests.support.clock import START


def small_course(
    weeks: int = 1,
    questions: int = 2,
    slug: str = "python",
    pacing: Pacing = Pacing.SELF,
    *,
    title: str = "Python",
    pass_percent: int = RULES.pass_percent,
    difficulty: Difficulty = Difficulty.EASY,
    boss: str | None = "The Sphinx",
    language: str = "en",
    tags: Sequence[str] = ("beginner",),
    summary: str = "From zero.",
) -> CourseDefinition:
    """A course: weeks `week-1`..., days `day-1`..., and in every quiz `q-1`..., of all kinds in turn.

    The right answers: see ``make_question``.
    """
    return CourseDefinition(
        slug=slug,
        title=title,
        summary=summary,
        language=language,
        pacing=pacing,
        tags=tuple(tags),
        weeks=tuple(
            WeekDefinition(
                key=f"week-{week}",
                title=f"Week {week}",
                milestone=f"Milestone {week}",
                boss=boss,
                days=tuple(
                    DayDefinition(
                        key=f"day-{day}",
                        day=day,
                        title=f"Day {day} of week {week}",
                        difficulty=difficulty,
                        minutes=30,
                        pass_percent=pass_percent,
                        body=f"# Day {day}\n\nRead this.",
                        questions=tuple(make_question(n) for n in range(1, questions + 1)),
                    )
                    for day in range(1, DAYS_IN_WEEK + 1)
                ),
            )
            for week in range(1, weeks + 1)
        ),
    )


def make_question(number: int) -> Question:
    """The question `q-NUMBER`: single choice, multiple choice, true or false, number, short text, and so on.

    Right are: "right"; "one" and "two"; true; 42 (within 0.5); "range" or "range()".
    """
    given: dict[str, Any] = {
        "key": f"q-{number}",
        "prompt": f"Question {number}?",
        "explanation": f"Because of {number}.",
    }
    kinds: list[Question] = [
        SingleChoiceQuestion(
            kind="single_choice", right="right", wrong=("wrong", "also wrong"), **given
        ),
        MultipleChoiceQuestion(
            kind="multiple_choice", right=("one", "two"), wrong=("three",), **given
        ),
        TrueFalseQuestion(kind="true_false", answer=True, **given),
        NumberQuestion(kind="number", answer=42.0, tolerance=0.5, **given),
        ShortTextQuestion(kind="short_text", accept=("range", "range()"), **given),
    ]
    return kinds[(number - 1) % len(kinds)]


async def add_course(
    database: Database, definition: CourseDefinition | None = None, **overrides: Any
) -> int:
    """Keep a course (``small_course()`` unless given), published with all its parts. Gives its id.

    ``overrides`` are columns of the course; its ``status`` is that of every part, too.
    """
    async with database.writing() as transaction:
        course = await write_course(transaction._session, definition or small_course(), **overrides)
        await transaction.commit()
    return course.id


async def write_course(
    session: AsyncSession, definition: CourseDefinition, **overrides: Any
) -> Course:
    """The same within a transaction of the caller's, who commits or takes back."""
    values: dict[str, Any] = {
        **definition.model_dump(include={"slug", "title", "summary", "language", "pacing"}),
        "tags": list(definition.tags),
        "status": ContentStatus.PUBLISHED,
        "revision": 1,
        "published_at": START,
        "created_at": START,
        "updated_at": START,
    }
    course = Course(**{**values, **overrides})
    session.add(course)
    await session.flush()
    weeks = [
        Week(
            course_id=course.id,
            position=position,
            status=course.status,
            **given.model_dump(include={"key", "title", "milestone", "boss"}),
        )
        for position, given in enumerate(definition.weeks, 1)
    ]
    session.add_all(weeks)
    await session.flush()
    for week, given in zip(weeks, definition.weeks, strict=True):
        await _write_days(session, week, given.days)
    return course


async def _write_days(session: AsyncSession, week: Week, given: Sequence[DayDefinition]) -> None:
    days = [
        CourseTask(
            course_id=week.course_id,
            week_id=week.id,
            status=week.status,
            quiz_revision=1,
            **day.model_dump(exclude={"questions"}),
        )
        for day in given
    ]
    session.add_all(days)
    await session.flush()
    session.add_all(
        QuizQuestion(
            course_task_id=task.id,
            key=key_of(question),
            position=position,
            kind=question.kind,
            prompt=question.prompt,
            body=write_body(question),
            explanation=question.explanation,
            status=week.status,
            revision=1,
        )
        for task, day in zip(days, given, strict=True)
        for position, question in enumerate(day.questions, 1)
    )
    await session.flush()


async def list_day_ids(database: Database, course_id: int) -> list[int]:
    """The ids of a course's tasks, in the order of weeks and days."""
    async with database.reading() as uow:
        found = await uow._session.execute(
            select(CourseTask.id)
            .join(Week, Week.id == CourseTask.week_id)
            .where(CourseTask.course_id == course_id)
            .order_by(Week.position, Week.id, CourseTask.day, CourseTask.id)
        )
        return list(found.scalars())


async def list_questions(database: Database, course_task_id: int) -> list[QuizQuestion]:
    """The questions of a course's task, in order."""
    async with database.reading() as uow:
        found = await uow._session.execute(
            select(QuizQuestion)
            .where(QuizQuestion.course_task_id == course_task_id)
            .order_by(QuizQuestion.position, QuizQuestion.id)
        )
        return list(found.scalars())
