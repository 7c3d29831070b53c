"""The annotated aliases of those who take courses."""

from typing import Annotated

from fastapi import Depends, Path

from app.api.deps import ClockDep, ReadUowDep, UowDep
from app.schemas.common import EntityId
from app.schemas.curriculum import Key
from app.services.course_completions import CourseCompletionService
from app.services.course_progress import CourseProgressService
from app.services.enrollments import EnrollmentService, TakenCourseService
from app.services.lessons import LessonService
from app.services.quizzes import QuizReadService, QuizService

CourseSlug = Annotated[Key, Path(description="The course's slug.")]
CourseTaskId = Annotated[EntityId, Path(description="The course task's id.")]


async def get_enrollments(uow: UowDep, clock: ClockDep) -> EnrollmentService:
    """Enrols and lets go."""
    return EnrollmentService(uow, clock)


async def get_taken_courses(uow: ReadUowDep) -> TakenCourseService:
    """Shows which courses somebody takes."""
    return TakenCourseService(uow)


async def get_lessons(uow: ReadUowDep, clock: ClockDep) -> LessonService:
    """Shows lessons."""
    return LessonService(uow, clock)


async def get_course_progress(uow: ReadUowDep, clock: ClockDep) -> CourseProgressService:
    """Shows progress."""
    return CourseProgressService(uow, clock)


async def get_course_completions(uow: UowDep, clock: ClockDep) -> CourseCompletionService:
    """Completes and undoes days."""
    return CourseCompletionService(uow, clock)


async def get_quiz_reader(uow: ReadUowDep, clock: ClockDep) -> QuizReadService:
    """Shows quizzes."""
    return QuizReadService(uow, clock)


async def get_quizzes(uow: UowDep, clock: ClockDep) -> QuizService:
    """Grades attempts."""
    return QuizService(uow, clock)


EnrollmentServiceDep = Annotated[EnrollmentService, Depends(get_enrollments)]
TakenCourseServiceDep = Annotated[TakenCourseService, Depends(get_taken_courses)]
LessonServiceDep = Annotated[LessonService, Depends(get_lessons)]
CourseProgressServiceDep = Annotated[CourseProgressService, Depends(get_course_progress)]
CourseCompletionServiceDep = Annotated[CourseCompletionService, Depends(get_course_completions)]
QuizReadServiceDep = Annotated[QuizReadService, Depends(get_quiz_reader)]
QuizServiceDep = Annotated[QuizService, Depends(get_quizzes)]
