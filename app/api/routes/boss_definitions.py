"""Defining bosses."""

from typing import Annotated

from fastapi import Depends, Query, Response, status

from app.api.definition_deps import (
    BossDefinitionsDep,
    BossKey,
    DefinitionListServiceDep,
    get_admin,
)
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.common import PageRead
from app.schemas.definitions import BossCreate, BossRevisionRead, BossUpdate, RevisionQuery
from app.services.definition_errors import (
    AdminRequiredError,
    BossNotFoundError,
    DefinitionChangedError,
    DefinitionExistsError,
)
from app.services.definition_lists import BossRevision, RevisionFilter
from app.services.errors import BadCursorError

router = ResourceRouter(
    "/game",
    tag="definitions",
    dependencies=[Depends(get_admin)],
    responses=problems(AdminRequiredError),
)


@router.get(
    "/admin/bosses",
    summary="List revisions of bosses",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[BossRevisionRead],
    responses=problems(BadCursorError),
)
async def list_boss_revisions(
    query: Annotated[RevisionQuery, Query()], definitions: DefinitionListServiceDep
) -> Page[BossRevision]:
    """Every revision of every boss, newest first, the retired ones among them."""
    wanted = RevisionFilter(query.key, query.in_force)
    return await definitions.list_bosses(wanted, query.limit, query.cursor)


@router.post(
    "/bosses",
    summary="Define a boss",
    status_code=status.HTTP_201_CREATED,
    response_model=BossRevisionRead,
    responses=problems(DefinitionExistsError, *RETRY_REFUSALS),
    dependencies=[Idempotent],
)
async def create_boss(
    given: BossCreate, bosses: BossDefinitionsDep, response: Response
) -> BossRevision:
    """Put a boss in force. A retired boss's key can be used again: that is its next revision."""
    boss = await bosses.create(given.key, given.to_changes())
    response.headers["Location"] = f"/api/v1/game/admin/bosses?key={boss.key}"
    return boss


@router.patch(
    "/bosses/{key}",
    summary="Change a boss",
    status_code=status.HTTP_200_OK,
    response_model=BossRevisionRead,
    responses=problems(BossNotFoundError, DefinitionChangedError),
)
async def update_boss(key: BossKey, given: BossUpdate, bosses: BossDefinitionsDep) -> BossRevision:
    """Put the next revision in force, with what is sent changed. Without a difference nothing happens.

    Battles that have begun keep the numbers that they began with.
    """
    return await bosses.update(key, given.revision, given.to_changes())


@router.delete(
    "/bosses/{key}",
    summary="Retire a boss",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(BossNotFoundError),
)
async def retire_boss(key: BossKey, bosses: BossDefinitionsDep) -> None:
    """Take a boss out of force: nobody else can begin to fight it. Battles under way go on."""
    await bosses.retire(key)
