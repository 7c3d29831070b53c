"""Writing the questions of a quiz. All of it is for authors, as in ``authoring``."""

from collections.abc import Sequence

from fastapi import Depends, status

from app.api.authoring_deps import QuestionAuthoringDep, QuestionId, QuestionReadServiceDep
from app.api.course_deps import get_author
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.learning_deps import CourseTaskId
from app.api.resource import ResourceRouter
from app.schemas.courses import QuestionRead, QuestionUpdate
from app.schemas.curriculum import QuestionDefinition
from app.services.authoring_questions import QuestionView
from app.services.course_errors import (
    AuthorRequiredError,
    CourseTaskNotFoundError,
    KeyTakenError,
    QuestionNotFoundError,
    TooManyPartsError,
)

router = ResourceRouter(
    tag="courses", dependencies=[Depends(get_author)], responses=problems(AuthorRequiredError)
)


@router.get(
    "/course-tasks/{course_task_id}/questions",
    summary="List a quiz's questions",
    status_code=status.HTTP_200_OK,
    response_model=list[QuestionRead],
    responses=problems(CourseTaskNotFoundError),
)
async def list_questions(
    course_task_id: CourseTaskId, questions: QuestionReadServiceDep
) -> Sequence[QuestionView]:
    """The questions of a quiz in order, with the right answers: at most 50, archived ones left out."""
    return await questions.list_questions(course_task_id)


@router.post(
    "/course-tasks/{course_task_id}/questions",
    summary="Add a question",
    status_code=status.HTTP_201_CREATED,
    response_model=QuestionRead,
    responses=problems(CourseTaskNotFoundError, KeyTakenError, TooManyPartsError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def add_question(
    course_task_id: CourseTaskId, given: QuestionDefinition, questions: QuestionAuthoringDep
) -> QuestionView:
    """Add a question at the end of a quiz. It is a draft until the course is published (again)."""
    return await questions.add(course_task_id, given)


@router.patch(
    "/questions/{question_id}",
    summary="Change a question",
    status_code=status.HTTP_200_OK,
    response_model=QuestionRead,
    responses=problems(QuestionNotFoundError, KeyTakenError),
)
async def update_question(
    question_id: QuestionId, given: QuestionUpdate, questions: QuestionAuthoringDep
) -> QuestionView:
    """Put another definition in a question's place, move it, or both. Learners see it at once."""
    return await questions.update(question_id, given.question, given.position)


@router.delete(
    "/questions/{question_id}",
    summary="Delete a question",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(QuestionNotFoundError),
)
async def delete_question(question_id: QuestionId, questions: QuestionAuthoringDep) -> None:
    """Erase a draft; archive a published question: learners' answers and cards refer to it."""
    await questions.delete(question_id)
