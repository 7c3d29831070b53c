"""Quests as learners take them up."""

from typing import Annotated

from fastapi import Query, status

from app.api.definition_deps import QuestKey
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.quest_deps import QuestReadServiceDep, QuestServiceDep
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.quests import QuestQuery, QuestRead
from app.services.definition_errors import QuestNotFoundError
from app.services.errors import BadCursorError
from app.services.quest_errors import (
    QuestCompletedError,
    QuestLockedError,
    QuestNotAcceptedError,
    QuestNotTodayError,
    TooManyQuestsError,
)
from app.services.quest_view import QuestView

router = ResourceRouter("/game/quests", tag="game")


@router.get(
    "",
    summary="List your quests",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[QuestRead],
    responses=problems(BadCursorError),
)
async def list_quests(
    query: Annotated[QuestQuery, Query()], caller: CurrentUser, quests: QuestReadServiceDep
) -> Page[QuestView]:
    """Your three quests of today, then the weekly ones, then those that are completed once; each by key.

    What you accepted stays on the list until its period ends, even if it was changed or retired since.
    """
    return await quests.list_page(caller, query.cadence, query.limit, query.cursor)


@router.post(
    "/{key}/accept",
    summary="Accept a quest",
    status_code=status.HTTP_200_OK,
    response_model=QuestRead,
    responses=problems(
        QuestNotFoundError,
        QuestNotTodayError,
        QuestLockedError,
        QuestCompletedError,
        TooManyQuestsError,
        *RETRY_REFUSALS,
    ),
    dependencies=[Idempotent],
)
async def accept_quest(key: QuestKey, caller: CurrentUser, quests: QuestServiceDep) -> QuestView:
    """Begin a weekly quest for this week of yours, or one that is completed once.

    What you do from now on counts; the reward comes by itself. Daily quests are accepted by themselves;
    one that you abandoned begins anew. At most 20 weekly and once-quests at a time. To accept what is
    accepted changes nothing.
    """
    return await quests.accept(caller, key)


@router.post(
    "/{key}/abandon",
    summary="Abandon a quest",
    status_code=status.HTTP_200_OK,
    response_model=QuestRead,
    responses=problems(
        QuestNotFoundError,
        QuestNotTodayError,
        QuestNotAcceptedError,
        QuestCompletedError,
        *RETRY_REFUSALS,
    ),
    dependencies=[Idempotent],
)
async def abandon_quest(key: QuestKey, caller: CurrentUser, quests: QuestServiceDep) -> QuestView:
    """Give up a quest that is not completed. Accepted again it starts at 0.

    An abandoned daily quest is not replaced by another. To abandon what is abandoned changes nothing.
    """
    return await quests.abandon(caller, key)
