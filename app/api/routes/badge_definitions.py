"""Defining badges."""

from typing import Annotated

from fastapi import Depends, Query, Response, status

from app.api.definition_deps import (
    BadgeDefinitionsDep,
    BadgeKey,
    DefinitionListServiceDep,
    TrialServiceDep,
    get_admin,
)
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.definition_trials import BadgeTrialRead
from app.schemas.definitions import BadgeCreate, BadgeRevisionRead, BadgeUpdate, RevisionQuery
from app.services.definition_errors import (
    AdminRequiredError,
    BadDefinitionError,
    BadgeNotFoundError,
    DefinitionChangedError,
    DefinitionExistsError,
    DefinitionInUseError,
    UnknownCourseError,
)
from app.services.definition_lists import BadgeRevision, RevisionFilter
from app.services.definition_trials import BadgeTrial
from app.services.errors import BadCursorError

router = ResourceRouter(
    "/game",
    tag="definitions",
    dependencies=[Depends(get_admin)],
    responses=problems(AdminRequiredError),
)


@router.get(
    "/admin/badges",
    summary="List revisions of badges",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[BadgeRevisionRead],
    responses=problems(BadCursorError),
)
async def list_badge_revisions(
    query: Annotated[RevisionQuery, Query()], definitions: DefinitionListServiceDep
) -> Page[BadgeRevision]:
    """Every revision of every badge, newest first, the retired ones among them."""
    wanted = RevisionFilter(query.key, query.in_force)
    return await definitions.list_badges(wanted, query.limit, query.cursor)


@router.post(
    "/badges",
    summary="Define a badge",
    status_code=status.HTTP_201_CREATED,
    response_model=BadgeRevisionRead,
    responses=problems(
        DefinitionExistsError, BadDefinitionError, UnknownCourseError, *RETRY_REFUSALS
    ),
    dependencies=[Idempotent],
)
async def create_badge(
    given: BadgeCreate, badges: BadgeDefinitionsDep, response: Response
) -> BadgeRevision:
    """Put a badge in force. Who has reached its target wins it with the next activity.

    A retired badge's key can be used again: that is its next revision.
    """
    badge = await badges.create(given.key, given.to_changes())
    response.headers["Location"] = f"/api/v1/game/admin/badges?key={badge.key}"
    return badge


@router.patch(
    "/badges/{key}",
    summary="Change a badge",
    status_code=status.HTTP_200_OK,
    response_model=BadgeRevisionRead,
    responses=problems(
        BadgeNotFoundError,
        DefinitionChangedError,
        DefinitionInUseError,
        BadDefinitionError,
        UnknownCourseError,
    ),
)
async def update_badge(
    key: BadgeKey, given: BadgeUpdate, badges: BadgeDefinitionsDep
) -> BadgeRevision:
    """Put the next revision in force, with what is sent changed. Without a difference nothing happens.

    Who has the badge keeps it, and is not awarded it again.
    """
    return await badges.update(key, given.revision, given.to_changes())


@router.delete(
    "/badges/{key}",
    summary="Retire a badge",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(BadgeNotFoundError, DefinitionInUseError),
)
async def retire_badge(key: BadgeKey, badges: BadgeDefinitionsDep) -> None:
    """Take a badge out of force: nobody else wins it. Who has it keeps it."""
    await badges.retire(key)


@router.post(
    "/badges/dry-run",
    summary="Try a badge out",
    status_code=status.HTTP_200_OK,
    response_model=BadgeTrialRead,
    responses=problems(BadDefinitionError, UnknownCourseError),
)
async def try_badge(given: BadgeCreate, trials: TrialServiceDep) -> BadgeTrial:
    """Whom a badge would have been awarded to by what everybody did up to now. Nothing is changed."""
    return await trials.try_badge(given.to_changes())
