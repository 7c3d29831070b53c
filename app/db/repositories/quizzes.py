"""Quizzes and the attempts at them."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, exists, func, select

from app.core.curriculum import ContentStatus
from app.db.models import Player, QuizAttempt, QuizQuestion
from app.db.repositories.base import Repository
from app.db.repositories.learning_rows import AttemptFacts, AttemptRow

_PUBLISHED = ContentStatus.PUBLISHED.value
_OF_USER: BindParameter[int] = bindparam("of_user")
_QUESTIONS_OF_TASK = (
    select(
        QuizQuestion.id,
        QuizQuestion.key,
        QuizQuestion.kind,
        QuizQuestion.prompt,
        QuizQuestion.body,
        QuizQuestion.explanation,
        QuizQuestion.revision,
    )
    .where(QuizQuestion.course_task_id == bindparam("task_id"), QuizQuestion.status == _PUBLISHED)
    .order_by(QuizQuestion.position, QuizQuestion.id)
)
_OF_QUIZ = and_(QuizAttempt.user_id == _OF_USER, QuizAttempt.course_task_id == bindparam("task_id"))
_ATTEMPT_FACTS = select(
    Player.hearts,
    Player.hearts_since,
    select(func.count()).where(_OF_QUIZ).scalar_subquery(),
    select(func.count())
    .where(_OF_QUIZ, QuizAttempt.local_on == bindparam("today"))
    .scalar_subquery(),
    exists().where(_OF_QUIZ, QuizAttempt.passed),
).where(Player.user_id == _OF_USER)
_ATTEMPT_PAGE = (
    select(*(getattr(QuizAttempt, column.name) for column in fields(AttemptRow)))
    .where(_OF_QUIZ, QuizAttempt.number < bindparam("before"))
    .order_by(QuizAttempt.number.desc())
    .limit(bindparam("count"))
)
_ATTEMPT = select(QuizAttempt).where(_OF_QUIZ, QuizAttempt.number == bindparam("number"))


class QuizReader(Repository):
    """Looks up quizzes, and one learner's attempts."""

    async def list_questions(self, task_id: int) -> Sequence[Any]:
        """The published questions of a quiz, in order: id, key, kind, prompt, body, explanation, revision."""
        return (await self._session.execute(_QUESTIONS_OF_TASK, {"task_id": task_id})).all()

    async def get_attempt_facts(
        self, user_id: int, task_id: int, today: date
    ) -> AttemptFacts | None:
        """What decides about the next attempt; None if there is no such player."""
        parameters = {"of_user": user_id, "task_id": task_id, "today": today}
        row = (await self._session.execute(_ATTEMPT_FACTS, parameters)).one_or_none()
        return None if row is None else AttemptFacts(*row)

    async def list_attempts(
        self, user_id: int, task_id: int, before: int, count: int
    ) -> Sequence[AttemptRow]:
        """At most ``count`` attempts with a smaller number than ``before``, newest first."""
        parameters = {"of_user": user_id, "task_id": task_id, "before": before, "count": count}
        return [AttemptRow(*row) for row in await self._session.execute(_ATTEMPT_PAGE, parameters)]

    async def get_attempt(self, user_id: int, task_id: int, number: int) -> QuizAttempt | None:
        """One attempt with its answers."""
        parameters = {"of_user": user_id, "task_id": task_id, "number": number}
        return (await self._session.execute(_ATTEMPT, parameters)).scalar_one_or_none()


class QuizRepository(QuizReader):
    """Keeps attempts. There is no way to change or take one away."""

    async def add_attempt(self, attempt: QuizAttempt) -> None:
        """Keep an attempt, with its answers, for good."""
        self._session.add(attempt)
        await self._session.flush()
