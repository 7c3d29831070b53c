"""The pause: resting without losing the streak."""

from fastapi import status

from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.pause_deps import PauseReadServiceDep, PauseServiceDep
from app.api.resource import ResourceRouter
from app.schemas.pause import PauseRead, PauseUpdate
from app.services.pause import PauseView
from app.services.pause_errors import PauseUsedUpError

router = ResourceRouter("/game/pause", tag="game")


@router.get(
    "",
    summary="Show your pause",
    status_code=status.HTTP_200_OK,
    response_model=PauseRead,
)
async def get_pause(caller: CurrentUser, pauses: PauseReadServiceDep) -> PauseView:
    """Whether you rest, until when, and how many days of this year are left for it."""
    return await pauses.get(caller)


@router.put(
    "",
    summary="Pause",
    status_code=status.HTTP_200_OK,
    response_model=PauseRead,
    responses=problems(PauseUsedUpError),
)
async def set_pause(body: PauseUpdate, caller: CurrentUser, pauses: PauseServiceDep) -> PauseView:
    """Rest from today on, for 1-30 local days; a running pause ends then instead.

    Paused days neither count for the streak nor break it, and no boss strikes back on them. They are
    never dated back. A calendar year has 30; what an early end leaves over is free again. The first
    rewarded activity ends the pause. To repeat a request changes nothing.
    """
    return await pauses.set(caller, body.days)


@router.delete(
    "",
    summary="End your pause",
    status_code=status.HTTP_200_OK,
    response_model=PauseRead,
)
async def end_pause(caller: CurrentUser, pauses: PauseServiceDep) -> PauseView:
    """Be back today: the pause ended yesterday, and today counts again. Without a pause, nothing changes."""
    return await pauses.end(caller)
