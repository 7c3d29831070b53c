"""Writing the questions of a quiz."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.clock import Clock
from app.core.curriculum import MAX_QUESTIONS, ContentStatus
from app.db.models import Course, CourseTask, QuizQuestion
from app.db.repositories.course_rows import QuestionLine
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.schemas.curriculum import Question, key_of
from app.services.authoring import apply_changes, find_place, move_to, touch
from app.services.course_errors import (
    CourseTaskNotFoundError,
    KeyTakenError,
    QuestionNotFoundError,
    TooManyPartsError,
)
from app.services.curriculum.questions import read_question, write_body


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with its answer; ``position`` is its place, from 1, among those not archived."""

    id: int
    course_task_id: int
    position: int
    status: str
    revision: int
    question: Question


class QuestionReadService:
    """Shows quizzes to their authors."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def list_questions(self, task_id: int) -> Sequence[QuestionView]:
        """All questions of a task that are not archived, in order.

        Raises:
            CourseTaskNotFoundError: no such task.
        """
        if not await self._uow.courses.has_task(task_id):
            raise CourseTaskNotFoundError
        rows = await self._uow.courses.list_questions(task_id)
        return [_show(row, place) for place, row in enumerate(rows, 1)]


class QuestionAuthoring:
    """Writes questions, for any author.

    Learners see a quiz change, and its revision goes up, only by what is done to published questions.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def add(self, task_id: int, question: Question) -> QuestionView:
        """Add a question at the end of a quiz, as a draft.

        Raises:
            CourseTaskNotFoundError: no such task.
            KeyTakenError: another question of the quiz has the key, or asks the same; maybe an archived one.
            TooManyPartsError: the quiz has all the questions that it can have.
        """
        course = await self._uow.courses.lock_by_task(task_id)
        if course is None or await self._uow.courses.load_task(task_id) is None:
            raise CourseTaskNotFoundError
        questions = await self._uow.courses.load_questions(task_id)
        if len(questions) >= MAX_QUESTIONS:
            raise TooManyPartsError(f"A quiz has at most {MAX_QUESTIONS} questions.")
        _number(questions)
        place = len(questions) + 1
        row = QuizQuestion(
            course_task_id=task_id,
            position=place,
            status=ContentStatus.DRAFT.value,
            revision=1,
            **_write(question, key_of(question)),
        )
        await self._save(course, row)
        return _show(row, place)

    async def update(
        self, question_id: int, question: Question | None, place: int | None
    ) -> QuestionView:
        """Put another definition in a question's place (its key stays unless it has one), or move it.

        Raises:
            QuestionNotFoundError: no such question.
            KeyTakenError: another question of the quiz has the new key; maybe an archived one.
        """
        course, task, row = await self._lock(question_id)
        questions = await self._uow.courses.load_questions(task.id)
        moved = move_to(questions, row, place)
        is_moved = moved != questions
        if is_moved:
            _number(moved)
        is_reworded = question is not None and apply_changes(
            row, _write(question, question.key or row.key)
        )
        if is_reworded:
            row.revision += 1
        if is_moved or is_reworded:
            _note_change(task, row)
            await self._save(course)
        return _show(row, find_place(moved, row))

    async def delete(self, question_id: int) -> None:
        """Erase a draft; archive what learners may have seen.

        Raises:
            QuestionNotFoundError: no such question.
        """
        course, task, row = await self._lock(question_id)
        _note_change(task, row)
        if row.status == ContentStatus.DRAFT:
            await self._uow.courses.erase(row)
        else:
            row.status = ContentStatus.ARCHIVED.value
        await self._save(course)

    async def _lock(self, question_id: int) -> tuple[Course, CourseTask, QuizQuestion]:
        course = await self._uow.courses.lock_by_question(question_id)
        row = await self._uow.courses.load_question(question_id)
        task = None if row is None else await self._uow.courses.load_task(row.course_task_id)
        if course is None or row is None or task is None:
            raise QuestionNotFoundError
        return course, task, row

    async def _save(self, course: Course, new: QuizQuestion | None = None) -> None:
        touch(course, self._clock.now())
        await self._uow.courses.save(course, new, taken=KeyTakenError)


def _note_change(task: CourseTask, row: QuizQuestion) -> None:
    if row.status == ContentStatus.PUBLISHED:
        task.quiz_revision += 1


def _number(questions: Sequence[QuizQuestion]) -> None:
    for place, question in enumerate(questions, 1):
        question.position = place


def _write(question: Question, key: str) -> dict[str, Any]:
    """The columns that hold a definition."""
    return {
        "key": key,
        "kind": question.kind,
        "prompt": question.prompt,
        "body": write_body(question),
        "explanation": question.explanation,
    }


def _show(row: QuizQuestion | QuestionLine, place: int) -> QuestionView:
    return QuestionView(
        id=row.id,
        course_task_id=row.course_task_id,
        position=place,
        status=row.status,
        revision=row.revision,
        question=read_question(row),
    )
