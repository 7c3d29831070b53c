"""The annotated aliases of those who define quests, bosses and badges, and of who looks at them."""

from typing import Annotated

from fastapi import Depends, Path, Request

from app.api.deps import ClockDep, CurrentUser, PartsDep, ReadUowDep, UowDep
from app.api.middleware import template_of
from app.schemas.definitions import DefinitionKey
from app.services.badge_definitions import BadgeDefinitions
from app.services.badges import BadgeService
from app.services.boss_definitions import BossDefinitions
from app.services.definition_errors import AdminRequiredError
from app.services.definition_lists import DefinitionListService
from app.services.definition_trials import TrialService
from app.services.principal import Principal
from app.services.quest_definitions import QuestDefinitions

QuestKey = Annotated[DefinitionKey, Path(description="The quest's key.")]
BossKey = Annotated[DefinitionKey, Path(description="The boss's key.")]
BadgeKey = Annotated[DefinitionKey, Path(description="The badge's key.")]


async def get_admin(request: Request, caller: CurrentUser, parts: PartsDep) -> Principal:
    """The caller, who has to be an admin or a superuser; who is refused is written down."""
    if not caller.may_administer:
        parts.trail.note_refusal(
            caller.user_id, AdminRequiredError.code, template_of(request.scope)
        )
        raise AdminRequiredError
    return caller


async def get_definition_lists(uow: ReadUowDep) -> DefinitionListService:
    """Shows all revisions."""
    return DefinitionListService(uow)


async def get_trials(uow: ReadUowDep, clock: ClockDep) -> TrialService:
    """Tries definitions out on the past."""
    return TrialService(uow, clock)


async def get_quest_definitions(uow: UowDep, clock: ClockDep) -> QuestDefinitions:
    """Defines quests."""
    return QuestDefinitions(uow, clock)


async def get_boss_definitions(uow: UowDep, clock: ClockDep) -> BossDefinitions:
    """Defines bosses."""
    return BossDefinitions(uow, clock)


async def get_badge_definitions(uow: UowDep, clock: ClockDep) -> BadgeDefinitions:
    """Defines badges."""
    return BadgeDefinitions(uow, clock)


async def get_badges(uow: ReadUowDep) -> BadgeService:
    """Shows badges to learners."""
    return BadgeService(uow)


DefinitionListServiceDep = Annotated[DefinitionListService, Depends(get_definition_lists)]
TrialServiceDep = Annotated[TrialService, Depends(get_trials)]
QuestDefinitionsDep = Annotated[QuestDefinitions, Depends(get_quest_definitions)]
BossDefinitionsDep = Annotated[BossDefinitions, Depends(get_boss_definitions)]
BadgeDefinitionsDep = Annotated[BadgeDefinitions, Depends(get_badge_definitions)]
BadgeServiceDep = Annotated[BadgeService, Depends(get_badges)]
