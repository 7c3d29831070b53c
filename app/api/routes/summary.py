"""The start page, in one reply."""

from fastapi import status

from app.api.deps import CurrentUser
from app.api.resource import ResourceRouter
from app.api.summary_deps import SummaryServiceDep
from app.schemas.summary import SummaryRead
from app.services.summary_view import SummaryView

router = ResourceRouter("/game", tag="game")


@router.get(
    "/summary",
    summary="Show what is under way",
    status_code=status.HTTP_200_OK,
    response_model=SummaryRead,
)
async def get_summary(caller: CurrentUser, summary: SummaryServiceDep) -> SummaryView:
    """All that a start page needs, in one reply: your player, and what there is to do in every room.

    Everything has the form, and says the same, as in the room that it is from; the lists are cut.
    """
    return await summary.get(caller)
