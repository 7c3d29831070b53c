"""Health and configuration."""

from fastapi import APIRouter, status

from app.api.deps import SystemServiceDep
from app.api.docs import problems
from app.api.route import ApiRoute
from app.schemas.system import ConfigRead, HealthRead, ReadinessRead
from app.services.system import ConfigView, LeavingError, NotReadyError

router = APIRouter(tags=["system"], route_class=ApiRoute)


@router.get(
    "/health", summary="Is it alive?", status_code=status.HTTP_200_OK, response_model=HealthRead
)
async def get_health() -> HealthRead:
    """The process answers. Nothing else is looked at: a restart would not mend a lost database."""
    return HealthRead()


@router.get(
    "/health/ready",
    summary="Is it ready?",
    status_code=status.HTTP_200_OK,
    response_model=ReadinessRead,
    responses=problems(NotReadyError, LeavingError),
)
async def get_readiness(system: SystemServiceDep) -> ReadinessRead:
    """The database is there and migrated as this version wants it, and the server is not told to leave."""
    await system.check_ready()
    return ReadinessRead()


@router.get(
    "/config",
    summary="What clients may know",
    status_code=status.HTTP_200_OK,
    response_model=ConfigRead,
)
async def get_config(system: SystemServiceDep) -> ConfigView:
    """Versions, limits and features."""
    return system.get_config()
