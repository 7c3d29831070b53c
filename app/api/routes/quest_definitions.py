"""Defining quests, and trying goals out."""

from typing import Annotated

from fastapi import Depends, Query, Response, status

from app.api.definition_deps import (
    DefinitionListServiceDep,
    QuestDefinitionsDep,
    QuestKey,
    TrialServiceDep,
    get_admin,
)
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.definition_trials import (
    ChallengeTrialCreate,
    ChallengeTrialRead,
    QuestTrialCreate,
    QuestTrialRead,
)
from app.schemas.definitions import QuestCreate, QuestRevisionRead, QuestUpdate, RevisionQuery
from app.services.definition_errors import (
    AdminRequiredError,
    BadDefinitionError,
    DefinitionChangedError,
    DefinitionExistsError,
    DefinitionInUseError,
    NotMeasurableError,
    QuestCycleError,
    QuestNotFoundError,
    UnknownCourseError,
    UnknownPrizeError,
    UnknownQuestError,
)
from app.services.definition_lists import QuestRevision, RevisionFilter
from app.services.definition_trials import ChallengeTrial, QuestTrial
from app.services.errors import BadCursorError

# The admin is asked for before anything else: who is none gets no transaction.
router = ResourceRouter(
    "/game",
    tag="definitions",
    dependencies=[Depends(get_admin)],
    responses=problems(AdminRequiredError),
)
_UNSOUND = (
    BadDefinitionError,
    UnknownCourseError,
    UnknownPrizeError,
    UnknownQuestError,
    QuestCycleError,
)


@router.get(
    "/admin/quests",
    summary="List revisions of quests",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[QuestRevisionRead],
    responses=problems(BadCursorError),
)
async def list_quest_revisions(
    query: Annotated[RevisionQuery, Query()], definitions: DefinitionListServiceDep
) -> Page[QuestRevision]:
    """Every revision of every quest, newest first, the retired ones among them."""
    wanted = RevisionFilter(query.key, query.in_force)
    return await definitions.list_quests(wanted, query.limit, query.cursor)


@router.post(
    "/quests",
    summary="Define a quest",
    status_code=status.HTTP_201_CREATED,
    response_model=QuestRevisionRead,
    responses=problems(DefinitionExistsError, *_UNSOUND, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_quest(
    given: QuestCreate, quests: QuestDefinitionsDep, response: Response
) -> QuestRevision:
    """Put a quest in force. A daily one is in the pool from the first date that has begun nowhere yet.

    A retired quest's key can be used again: that is its next revision.
    """
    quest = await quests.create(given.key, given.to_changes())
    response.headers["Location"] = f"/api/v1/game/admin/quests?key={quest.key}"
    return quest


@router.patch(
    "/quests/{key}",
    summary="Change a quest",
    status_code=status.HTTP_200_OK,
    response_model=QuestRevisionRead,
    responses=problems(QuestNotFoundError, DefinitionChangedError, DefinitionInUseError, *_UNSOUND),
)
async def update_quest(
    key: QuestKey, given: QuestUpdate, quests: QuestDefinitionsDep
) -> QuestRevision:
    """Put the next revision in force, with what is sent changed. Without a difference nothing happens.

    A change of a daily quest shows from the first date on that has begun nowhere yet. Whoever completed
    an earlier revision is not paid again.
    """
    return await quests.update(key, given.revision, given.to_changes())


@router.delete(
    "/quests/{key}",
    summary="Retire a quest",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(QuestNotFoundError, DefinitionInUseError),
)
async def retire_quest(key: QuestKey, quests: QuestDefinitionsDep) -> None:
    """Take a quest out of force. A daily one stays in the pool of the dates that have begun anywhere."""
    await quests.retire(key)


@router.post(
    "/quests/dry-run",
    summary="Try a quest out",
    status_code=status.HTTP_200_OK,
    response_model=QuestTrialRead,
    responses=problems(BadDefinitionError, UnknownCourseError, NotMeasurableError),
)
async def try_quest(given: QuestTrialCreate, trials: TrialServiceDep) -> QuestTrial:
    """How many learners would have completed a quest in each of the last periods. Nothing is changed.

    The present period is the first of them. What was done counts on the learner's own local date.
    Conditions are left out, as is who would have accepted it. A streak can be tried for once-quests only.
    """
    return await trials.try_quest(given.quest.to_changes(), given.periods)


@router.post(
    "/challenges/dry-run",
    summary="Try a challenge out",
    status_code=status.HTTP_200_OK,
    response_model=ChallengeTrialRead,
    responses=problems(BadDefinitionError, UnknownCourseError, NotMeasurableError),
)
async def try_challenge(given: ChallengeTrialCreate, trials: TrialServiceDep) -> ChallengeTrial:
    """How many learners would have completed a challenge in a time. Nothing is changed.

    All are counted, whether or not they would have joined. Streaks can't be tried.
    """
    return await trials.try_challenge(given.to_changes(), given.starts_at, given.ends_at)
