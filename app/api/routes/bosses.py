"""Bosses and the fights with them."""

from fastapi import status

from app.api.boss_deps import BossFightServiceDep, BossReadServiceDep
from app.api.definition_deps import BossKey
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.idempotency import RETRY_REFUSALS, Idempotent
from app.api.resource import ResourceRouter
from app.schemas.bosses import BossesRead, FightCreate, FightRead
from app.services.boss_errors import (
    AlreadyFightingError,
    BossLockedError,
    NoPartyBossError,
    PartyRequiredError,
)
from app.services.boss_fights import FightView
from app.services.bosses import BossesView
from app.services.definition_errors import BossNotFoundError
from app.services.party_errors import PartyNotFoundError

router = ResourceRouter("/game", tag="game")


@router.get(
    "/bosses",
    summary="List your bosses",
    status_code=status.HTTP_200_OK,
    response_model=BossesRead,
)
async def list_bosses(caller: CurrentUser, bosses: BossReadServiceDep) -> BossesView:
    """Whom you fight, alone and with your parties; whom you have beaten; and whom you may fight.

    Every paid activity hurts the bosses that you chose and those of your parties; the boss of a week,
    which appears when the week opens, is hurt by that week's tasks and quizzes.
    """
    return await bosses.list_all(caller)


@router.post(
    "/bosses/{key}/fight",
    summary="Fight a boss",
    status_code=status.HTTP_201_CREATED,
    response_model=FightRead,
    responses=problems(
        BossNotFoundError,
        PartyNotFoundError,
        BossLockedError,
        AlreadyFightingError,
        PartyRequiredError,
        NoPartyBossError,
        *RETRY_REFUSALS,
    ),
    dependencies=[Idempotent],
)
async def fight_boss(
    key: BossKey,
    caller: CurrentUser,
    fights: BossFightServiceDep,
    given: FightCreate | None = None,
) -> FightView:
    """Begin a battle with a boss of your choice: your own or, for a party's boss, that of a party of yours.

    One at a time, yours and each party's. Any member may begin a party's; all are told. A battle can't
    be broken off.
    """
    wanted = given or FightCreate()
    return await fights.fight(caller, key, wanted.party_id)
