"""Every annotated alias that routes are written with."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import OAuth2PasswordBearer
from starlette.requests import HTTPConnection

from app.api.middleware import template_of
from app.api.rate_limits import count_user, count_visit
from app.api.work import work_of
from app.auth.accounts import AccountService
from app.auth.administration import UserAdministration
from app.auth.errors import InvalidTokenError, KeysUnavailableError, SuperuserRequiredError
from app.auth.sessions import Device, SessionService
from app.core.clock import Clock
from app.core.errors import ForbiddenError
from app.core.request_id import name_caller
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.rules import ShopItem
from app.parts import Parts
from app.services.completions import CompletionService, OccurrenceService
from app.services.game import GameService
from app.services.principal import Principal
from app.services.readiness import Readiness
from app.services.shop import ShopReadService, ShopService
from app.services.tasks import TaskReadService, TaskService

_MAX_USER_AGENT = 200
_MAX_ADDRESS = 45


class _Bearer(OAuth2PasswordBearer):
    """The token that the caller sends, and how the OpenAPI document says so."""

    async def __call__(self, request: HTTPConnection) -> str:
        token = await super().__call__(request)
        if token is None:
            raise InvalidTokenError
        return token


_bearer = _Bearer(
    tokenUrl="/api/v1/auth/login", scheme_name=OAuth2PasswordBearer.__name__, auto_error=False
)
BearerToken = Annotated[str, Depends(_bearer)]


def parts_of(request: Request) -> Parts:
    """The parts of the running service."""
    parts: Parts = request.app.state.parts
    return parts


# All dependencies are async: FastAPI would send sync ones through its thread pool. They take what they need
# of the parts from the request, since FastAPI walks through what a dependency depends on each time anew.
async def get_parts(request: Request) -> Parts:
    """The parts of the running service."""
    return parts_of(request)


async def get_clock(request: Request) -> Clock:
    """The service's clock."""
    return parts_of(request).clock


async def get_accounts(request: Request) -> AccountService:
    """What people do with their accounts."""
    return parts_of(request).accounts


async def get_administration(request: Request) -> UserAdministration:
    """What superusers do with accounts."""
    return parts_of(request).administration


async def get_sessions(request: Request) -> SessionService:
    """Sessions."""
    return parts_of(request).sessions


async def get_readiness(request: Request) -> Readiness:
    """Whether the service can serve."""
    return parts_of(request).readiness


PartsDep = Annotated[Parts, Depends(get_parts)]
ClockDep = Annotated[Clock, Depends(get_clock)]
AccountsDep = Annotated[AccountService, Depends(get_accounts)]
AdministrationDep = Annotated[UserAdministration, Depends(get_administration)]
ReadinessDep = Annotated[Readiness, Depends(get_readiness)]
SessionsDep = Annotated[SessionService, Depends(get_sessions)]


async def get_caller(request: Request, token: BearerToken) -> Principal:
    """The caller, looked up and let go of the connection before the route's own begins."""
    parts = parts_of(request)
    try:
        caller = await parts.callers.identify(token)
    except (InvalidTokenError, KeysUnavailableError):
        await count_visit(parts.limiter, request.scope)
        raise
    name_caller(caller.user_id)
    return caller


UncountedUser = Annotated[Principal, Depends(get_caller)]
"""The caller of what goes on for long, and has a limit of its own."""


async def get_current_user(request: Request, token: BearerToken) -> Principal:
    """The caller, who may ask only so often."""
    caller = await get_caller(request, token)
    await count_user(parts_of(request).limiter, caller.user_id, request.scope)
    return caller


CurrentUser = Annotated[Principal, Depends(get_current_user)]


async def get_superuser(request: Request, caller: CurrentUser) -> Principal:
    """The caller, who has to be a superuser; who is refused is written down."""
    if not caller.is_superuser:
        parts_of(request).trail.note_refusal(
            caller.user_id, SuperuserRequiredError.code, template_of(request.scope)
        )
        raise SuperuserRequiredError
    return caller


Superuser = Annotated[Principal, Depends(get_superuser)]


async def require_own_path(user_id: str, caller: CurrentUser) -> None:
    """Hold ``/{user_id}/...`` to the caller's own id, or its name at the issuer of its token.

    Others are 403, whether they exist or not.
    """
    if user_id not in caller.names:
        raise ForbiddenError("This path belongs to another user.")


async def get_device(request: Request) -> Device:
    """Where the request comes from, as far as it says."""
    user_agent = "".join(
        character for character in request.headers.get("user-agent", "") if character.isprintable()
    )
    return Device(user_agent[:_MAX_USER_AGENT], _address_of(request))


async def get_address(request: Request) -> str:
    """The network address of the client (uvicorn resolves it behind trusted proxies)."""
    return _address_of(request)


def _address_of(request: Request) -> str:
    return request.client.host[:_MAX_ADDRESS] if request.client else "unknown"


DeviceDep = Annotated[Device, Depends(get_device)]
AddressDep = Annotated[str, Depends(get_address)]


# Both depend on the caller: who is not known gets no transaction, and the look-up has given its
# connection back before another is taken (two at once for one request could starve each other).
async def get_read_uow(request: Request, _caller: CurrentUser) -> ReadUnitOfWork:
    """A unit of work that can't write."""
    return await work_of(request).read()


async def get_uow(request: Request, _caller: CurrentUser) -> UnitOfWork:
    """The request's one transaction: committed before the answer is sent, taken back on any refusal."""
    return await work_of(request).write()


ReadUowDep = Annotated[ReadUnitOfWork, Depends(get_read_uow)]
UowDep = Annotated[UnitOfWork, Depends(get_uow)]


async def get_task_reader(uow: ReadUowDep, clock: ClockDep) -> TaskReadService:
    """Shows tasks."""
    return TaskReadService(uow, clock)


async def get_tasks(uow: UowDep, clock: ClockDep) -> TaskService:
    """Makes and changes tasks."""
    return TaskService(uow, clock)


async def get_completions(uow: UowDep, clock: ClockDep) -> CompletionService:
    """Completes and undoes tasks."""
    return CompletionService(uow, clock)


async def get_occurrences(uow: ReadUowDep, clock: ClockDep) -> OccurrenceService:
    """Shows occurrences."""
    return OccurrenceService(uow, clock)


async def get_game(uow: ReadUowDep, clock: ClockDep) -> GameService:
    """Shows the player."""
    return GameService(uow, clock)


async def get_shop_reader(uow: ReadUowDep, clock: ClockDep) -> ShopReadService:
    """Shows the shop."""
    return ShopReadService(uow, clock)


async def get_shop(uow: UowDep, clock: ClockDep) -> ShopService:
    """Sells."""
    return ShopService(uow, clock)


ShopItemName = Annotated[ShopItem, Path(description="What to buy.")]
TaskReadServiceDep = Annotated[TaskReadService, Depends(get_task_reader)]
TaskServiceDep = Annotated[TaskService, Depends(get_tasks)]
CompletionServiceDep = Annotated[CompletionService, Depends(get_completions)]
OccurrenceServiceDep = Annotated[OccurrenceService, Depends(get_occurrences)]
GameServiceDep = Annotated[GameService, Depends(get_game)]
ShopReadServiceDep = Annotated[ShopReadService, Depends(get_shop_reader)]
ShopServiceDep = Annotated[ShopService, Depends(get_shop)]
