"""Quizzes and the attempts at them."""

from typing import Annotated

from fastapi import Path, Query, status

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.learning_deps import CourseTaskId, QuizReadServiceDep, QuizServiceDep
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.learning import (
    AttemptCreate,
    AttemptNumber,
    AttemptQuery,
    AttemptRead,
    AttemptResultRead,
    AttemptSummaryRead,
    QuizRead,
)
from app.services.course_errors import (
    AttemptNotFoundError,
    AttemptsUsedUpError,
    BadAnswersError,
    CourseTaskNotFoundError,
    HeartsEmptyError,
    NoQuizError,
    NotEnrolledError,
    NotOpenError,
    QuizChangedError,
)
from app.services.errors import BadCursorError
from app.services.quiz_view import AttemptResult, AttemptSummary, AttemptView, QuizView

router = ResourceRouter("/course-tasks", tag="courses")

_QUIZ = (CourseTaskNotFoundError, NotEnrolledError, NoQuizError, NotOpenError)


@router.get(
    "/{course_task_id}/quiz",
    summary="Show a quiz",
    status_code=status.HTTP_200_OK,
    response_model=QuizRead,
    responses=problems(*_QUIZ),
)
async def get_quiz(
    course_task_id: CourseTaskId, caller: CurrentUser, quizzes: QuizReadServiceDep
) -> QuizView:
    """The questions of an open day's quiz, without answers, in another order at each attempt."""
    return await quizzes.get(caller, course_task_id)


@router.get(
    "/{course_task_id}/quiz/attempts",
    summary="List your attempts at a quiz",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[AttemptSummaryRead],
    responses=problems(BadCursorError),
)
async def list_quiz_attempts(
    course_task_id: CourseTaskId,
    query: Annotated[AttemptQuery, Query()],
    caller: CurrentUser,
    quizzes: QuizReadServiceDep,
) -> Page[AttemptSummary]:
    """How your attempts went, newest first."""
    return await quizzes.list_attempts(caller, course_task_id, query.limit, query.cursor)


@router.get(
    "/{course_task_id}/quiz/attempts/{number}",
    summary="Show an attempt",
    status_code=status.HTTP_200_OK,
    response_model=AttemptRead,
    responses=problems(AttemptNotFoundError),
)
async def get_quiz_attempt(
    course_task_id: CourseTaskId,
    number: Annotated[AttemptNumber, Path(description="The attempt's number, from 1.")],
    caller: CurrentUser,
    quizzes: QuizReadServiceDep,
) -> AttemptView:
    """One of your attempts: what you answered, what would have been right and why, as it was then."""
    return await quizzes.get_attempt(caller, course_task_id, number)


@router.post(
    "/{course_task_id}/quiz/attempts",
    summary="Attempt a quiz",
    status_code=status.HTTP_201_CREATED,
    response_model=AttemptResultRead,
    responses=problems(
        *_QUIZ,
        QuizChangedError,
        HeartsEmptyError,
        BadAnswersError,
        AttemptsUsedUpError,
        *RETRY_REFUSALS,
    ),
    dependencies=[Idempotent],
)
async def attempt_quiz(
    course_task_id: CourseTaskId,
    given: AttemptCreate,
    caller: CurrentUser,
    quizzes: QuizServiceDep,
) -> AttemptResult:
    """Answer all questions of a quiz, and be told what was right and why.

    An answer is the id of a choice, a list of such ids, true or false, a number, or a text, as the
    question's kind wants. Until the quiz is passed each wrong answer costs a heart; the first pass
    pays. Later attempts are for practice. At most 10 attempts at a quiz on one of your days. What you
    missed comes back under `/reviews/due`.
    """
    answers = [(answer.question_id, answer.answer) for answer in given.answers]
    return await quizzes.attempt(caller, course_task_id, answers, given.revision)
