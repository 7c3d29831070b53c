"""Quizzes: shown without answers, graded here, each attempt frozen as it was."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from app.core.clock import Clock
from app.core.curriculum import ReviewScope
from app.core.errors import UnauthenticatedError
from app.core.listing import Page
from app.db.models import QuizAttempt
from app.db.repositories.learning_rows import AttemptFacts, DayRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.activity import Attempt
from app.game.hearts import Hearts, regrow_hearts
from app.game.rules import RULES
from app.schemas.answers import GivenAnswer
from app.schemas.curriculum import Question
from app.services.course_days import load_open_day
from app.services.course_errors import (
    AttemptNotFoundError,
    AttemptsUsedUpError,
    BadAnswersError,
    HeartsEmptyError,
    NoQuizError,
    QuizChangedError,
)
from app.services.curriculum.questions import (
    read_question,
    show_choices,
    shuffle,
)
from app.services.grading import check_answer, show_right_answer
from app.services.paging import cut_page, decode_id, encode_cursor
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.quiz_view import (
    AttemptResult,
    AttemptSummary,
    AttemptView,
    QuizView,
    show_attempt,
    show_quiz_question,
    summarize_attempt,
)
from app.services.review_cards import ReviewCardService
from app.services.turn import Fight, Turn

_LIST = "attempts"
_NEWEST = 2**15 - 1
"""More than an attempt's number can be."""


class QuizReadService:
    """Shows quizzes and one's own attempts."""

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def get(self, principal: Principal, task_id: int) -> QuizView:
        """The quiz of an open day. Questions and choices stand in another order at each attempt.

        Raises:
            CourseTaskNotFoundError: no such task.
            NotEnrolledError: the caller does not take the course.
            NotOpenError: its day is not open yet.
            NoQuizError: the task has no quiz.
        """
        now = self._clock.now()
        today = principal.calendar.day_of(now)
        day = await load_open_day(self._uow, principal.user_id, task_id, today)
        rows = await self._uow.quizzes.list_questions(task_id)
        if not rows:
            raise NoQuizError
        facts = await _load_facts(self._uow, principal.user_id, task_id, today)
        hearts = regrow_hearts(Hearts(facts.hearts, facts.hearts_since), now, RULES)
        seed = f"{principal.user_id}|{task_id}"
        return QuizView(
            course_task_id=task_id,
            title=day.row.title,
            revision=day.row.quiz_revision,
            pass_percent=day.row.pass_percent,
            attempt=facts.attempts + 1,
            graded=not facts.passed,
            passed=facts.passed,
            attempts_left=max(0, RULES.attempts_per_day - facts.attempts_today),
            hearts=hearts.count,
            max_hearts=RULES.max_hearts,
            next_heart_at=hearts.next_at,
            questions=await asyncio.to_thread(
                lambda: [
                    show_quiz_question(row, seed, facts.attempts)
                    for row in shuffle(rows, seed, facts.attempts)
                ]
            ),
        )

    async def list_attempts(
        self, principal: Principal, task_id: int, limit: int, cursor: str | None
    ) -> Page[AttemptSummary]:
        """A page of the caller's attempts at a quiz, newest first; none for a quiz never attempted.

        Raises:
            BadCursorError: the cursor is not one of this list.
        """
        before = min(decode_id(_LIST, cursor, _NEWEST), _NEWEST)
        rows = await self._uow.quizzes.list_attempts(principal.user_id, task_id, before, limit + 1)
        return cut_page(
            rows, limit, summarize_attempt, lambda row: encode_cursor(_LIST, [row.number])
        )

    async def get_attempt(self, principal: Principal, task_id: int, number: int) -> AttemptView:
        """One of the caller's attempts, with what was answered and what would have been right.

        Raises:
            AttemptNotFoundError: the caller made no such attempt.
        """
        row = await self._uow.quizzes.get_attempt(principal.user_id, task_id, number)
        if row is None:
            raise AttemptNotFoundError
        return show_attempt(row)


class QuizService:
    """Grades attempts."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)
        self._cards = ReviewCardService(uow)

    async def attempt(
        self,
        principal: Principal,
        task_id: int,
        given: Sequence[tuple[int, GivenAnswer]],
        revision: int | None,
    ) -> AttemptResult:
        """Grade the answers to all questions of a quiz, by question id.

        Until the quiz is passed each wrong answer costs a heart, and the first pass pays; later
        attempts are for practice. What was answered wrong becomes a review card.

        Raises:
            CourseTaskNotFoundError: no such task.
            NotEnrolledError: the caller does not take the course.
            NotOpenError: its day is not open yet.
            NoQuizError: the task has no quiz.
            QuizChangedError: ``revision`` is not the quiz's.
            BadAnswersError: an answer is missing, repeated, of another quiz, or out of range.
            AttemptsUsedUpError: it was attempted as often as it may be today.
            HeartsEmptyError: the attempt would be graded, and no heart is left.
        """
        turn = await self._play.begin(principal, Fight.STRIKE)
        day = await load_open_day(self._uow, turn.user_id, task_id, turn.today)
        rows = await self._uow.quizzes.list_questions(task_id)
        if not rows:
            raise NoQuizError
        if revision is not None and revision != day.row.quiz_revision:
            raise QuizChangedError
        answers = _grade(rows, _match(rows, given), f"{turn.user_id}|{task_id}")
        facts = await _load_facts(self._uow, turn.user_id, task_id, turn.today)
        _check_limits(turn, facts)
        attempt = Attempt(
            questions=len(answers),
            wrong=sum(not answer["correct"] for answer in answers),
            graded=not facts.passed,
            first=facts.attempts == 0,
            pass_percent=day.row.pass_percent,
        )
        played = await self._play.attempt(
            turn, day.quiz_source, attempt, day.row.quiz_revision, day.place
        )
        row = _write_attempt(turn, day.row, facts, attempt, answers)
        row.activity_sequence = played.sequence
        row.hearts_lost = -played.outcome.hearts
        await self._uow.quizzes.add_attempt(row)
        cards = await self._cards.add(turn, day.row.course_id, _list_cards(day.row, row))
        return AttemptResult(
            attempt=show_attempt(row),
            attempts_left=RULES.attempts_per_day - facts.attempts_today - 1,
            hearts=turn.hearts.count,
            next_heart_at=turn.hearts.next_at,
            cards_added=cards,
            outcome=played.outcome,
        )


async def _load_facts(uow: ReadUnitOfWork, user_id: int, task_id: int, today: date) -> AttemptFacts:
    facts = await uow.quizzes.get_attempt_facts(user_id, task_id, today)
    if facts is None:  # the account was deleted meanwhile
        raise UnauthenticatedError
    return facts


def _check_limits(turn: Turn, facts: AttemptFacts) -> None:
    if facts.attempts_today >= RULES.attempts_per_day:
        tomorrow = turn.calendar.end_of(turn.today)
        raise AttemptsUsedUpError(retry_after=_seconds_until(tomorrow, turn.now))
    next_heart_at = turn.hearts.next_at
    if not facts.passed and turn.hearts.count == 0 and next_heart_at is not None:
        raise HeartsEmptyError(
            retry_after=_seconds_until(next_heart_at, turn.now),
            members={"next_heart_at": next_heart_at},
        )


def _seconds_until(instant: datetime, now: datetime) -> int:
    return max(1, ceil((instant - now) / timedelta(seconds=1)))


def _match(
    rows: Sequence[Any], given: Sequence[tuple[int, GivenAnswer]]
) -> Mapping[int, GivenAnswer]:
    """The answers by question; all of the quiz's questions and no other, each once."""
    by_question: dict[int, GivenAnswer] = {}
    asked = {row.id for row in rows}
    for question_id, answer in given:
        if question_id in by_question:
            raise _refuse_answer("A question is answered twice.", question_id)
        if question_id not in asked:
            raise _refuse_answer("A question is not of this quiz.", question_id)
        by_question[question_id] = answer
    for question_id in sorted(asked - by_question.keys()):
        raise _refuse_answer("A question is not answered.", question_id)
    return by_question


def _refuse_answer(detail: str, question_id: int) -> BadAnswersError:
    return BadAnswersError(detail, members={"question_id": question_id})


def _grade(
    rows: Sequence[Any], given: Mapping[int, GivenAnswer], seed: str
) -> list[dict[str, Any]]:
    """Each answer with all that is needed to show it later, whatever becomes of the question."""
    graded = []
    for row in rows:
        question = read_question(row)
        answer = given[row.id]
        graded.append(
            {
                "question_id": row.id,
                "revision": row.revision,
                "kind": row.kind,
                "prompt": row.prompt,
                "choices": [[choice.id, choice.text] for choice in show_choices(question, seed, 0)],
                "given": answer,
                "correct": _check(row.id, question, answer),
                "answer": show_right_answer(question),
                "explanation": row.explanation,
            }
        )
    return graded


def _check(question_id: int, question: Question, answer: GivenAnswer) -> bool:
    try:
        return check_answer(question, answer)
    except BadAnswersError as error:
        raise _refuse_answer(str(error.detail), question_id) from None


def _write_attempt(
    turn: Turn,
    day: DayRow,
    facts: AttemptFacts,
    attempt: Attempt,
    answers: list[dict[str, Any]],
) -> QuizAttempt:
    return QuizAttempt(
        user_id=turn.user_id,
        course_task_id=day.id,
        number=facts.attempts + 1,
        course_id=day.course_id,
        attempted_at=turn.now,
        local_on=turn.today,
        quiz_revision=day.quiz_revision,
        graded=attempt.graded,
        passed=attempt.is_passed,
        questions=attempt.questions,
        right=attempt.right,
        answers=answers,
    )


def _list_cards(day: DayRow, attempt: QuizAttempt) -> Sequence[int]:
    """The questions that are to come back: what was missed, or all of a passed quiz if so chosen."""
    takes_all = attempt.passed and day.review == ReviewScope.ALL
    return [
        answer["question_id"] for answer in attempt.answers if takes_all or not answer["correct"]
    ]
