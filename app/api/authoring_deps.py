"""The annotated aliases of the catalogue and of those who write courses."""

from typing import Annotated

from fastapi import Depends, Path

from app.api.deps import ClockDep, PartsDep, ReadUowDep, UowDep
from app.schemas.common import EntityId
from app.services.authoring_courses import CourseAuthoring
from app.services.authoring_days import DayAuthoring
from app.services.authoring_questions import QuestionAuthoring, QuestionReadService
from app.services.authoring_weeks import WeekAuthoring
from app.services.catalogue import CatalogueService
from app.services.course_trees import CourseTreeService

WeekId = Annotated[EntityId, Path(description="The week's id.")]
QuestionId = Annotated[EntityId, Path(description="The question's id.")]


async def get_catalogue(uow: ReadUowDep) -> CatalogueService:
    """Shows courses."""
    return CatalogueService(uow)


async def get_course_trees(uow: ReadUowDep, parts: PartsDep) -> CourseTreeService:
    """Gives trees of courses."""
    return CourseTreeService(uow, parts.caches.lasting)


async def get_course_authoring(uow: UowDep, clock: ClockDep) -> CourseAuthoring:
    """Writes courses."""
    return CourseAuthoring(uow, clock)


async def get_week_authoring(uow: UowDep, clock: ClockDep) -> WeekAuthoring:
    """Writes weeks."""
    return WeekAuthoring(uow, clock)


async def get_day_authoring(uow: UowDep, clock: ClockDep) -> DayAuthoring:
    """Writes days."""
    return DayAuthoring(uow, clock)


async def get_question_reader(uow: ReadUowDep) -> QuestionReadService:
    """Shows questions to authors."""
    return QuestionReadService(uow)


async def get_question_authoring(uow: UowDep, clock: ClockDep) -> QuestionAuthoring:
    """Writes questions."""
    return QuestionAuthoring(uow, clock)


CatalogueServiceDep = Annotated[CatalogueService, Depends(get_catalogue)]
CourseTreeServiceDep = Annotated[CourseTreeService, Depends(get_course_trees)]
CourseAuthoringDep = Annotated[CourseAuthoring, Depends(get_course_authoring)]
WeekAuthoringDep = Annotated[WeekAuthoring, Depends(get_week_authoring)]
DayAuthoringDep = Annotated[DayAuthoring, Depends(get_day_authoring)]
QuestionReadServiceDep = Annotated[QuestionReadService, Depends(get_question_reader)]
QuestionAuthoringDep = Annotated[QuestionAuthoring, Depends(get_question_authoring)]
