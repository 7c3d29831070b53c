"""Health and configuration."""

from fastapi import Response, status

from app.api.conditional import NOT_MODIFIED, FreshnessDep
from app.api.config_deps import ClientConfigDep, RedisStateDep
from app.api.deps import ReadinessDep
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.schemas.system import ConfigRead, HealthRead, ReadinessRead
from app.services.system import LeavingError, NotReadyError

router = ResourceRouter(tag="system", is_open=True)


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
async def get_readiness(readiness: ReadinessDep, redis: RedisStateDep) -> ReadinessRead:
    """The database is there and migrated as this version wants it (or by a later one, during an update), and
    the server is not told to leave. Without Redis it is ready all the same.
    """
    await readiness.check()
    return ReadinessRead(redis=redis)


@router.get(
    "/config",
    summary="What clients may know",
    status_code=status.HTTP_200_OK,
    response_model=ConfigRead,
    responses=NOT_MODIFIED,
)
async def get_config(config: ClientConfigDep, freshness: FreshnessDep) -> Response:
    """Versions, limits, features and the notice. Admins change some of it at any time; a process that another
    one's change has not reached yet gives the old answer for two seconds at most.
    """
    return freshness.check(config.tag) or freshness.send(config.body)
