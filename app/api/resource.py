"""The routers that the API's resources are written with."""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, params
from fastapi.routing import APIRoute

from app.api.docs import Responses, problems
from app.api.middleware import CURRENT_PREFIX
from app.api.own_paths import OWN_PATH
from app.api.route import ApiRoute
from app.auth.errors import InvalidTokenError, KeysUnavailableError

_KNOWN = problems(InvalidTokenError, KeysUnavailableError)


def _name_operation(route: APIRoute) -> str:
    """The operation's id: the function's name, marked where a path begins with the user's id."""
    return f"{route.name}_of_user" if "/{user_id}/tasks" in route.path_format else route.name


class ResourceRouter(APIRouter):
    """The routes of a resource, each under its whole path and with all that it may answer.

    They are put into the application as they stand (``app.api.router``), not included: FastAPI would
    analyse each again at every level of inclusion, and would look through the levels at every request.
    """

    def __init__(
        self,
        prefix: str = "",
        *,
        tag: str,
        is_open: bool = False,
        dependencies: Sequence[params.Depends] = (),
        responses: Responses | None = None,
    ) -> None:
        """``is_open``: no token is needed, so that none is refused."""
        super().__init__(
            prefix=CURRENT_PREFIX + prefix,
            tags=[tag],
            route_class=ApiRoute,
            dependencies=dependencies,
            responses={**({} if is_open else _KNOWN), **(responses or {})},
            generate_unique_id_function=_name_operation,
        )


class TwiceRoutedRouter(ResourceRouter):
    """A resource that stands under the user's id as well: ``of_user`` has the same routes there."""

    def __init__(
        self, prefix: str, *, tag: str, require_own: params.Depends, responses: Responses
    ) -> None:
        """``require_own`` holds the path to the caller's own id, and ``responses`` is how it refuses."""
        super().__init__(prefix, tag=tag)
        self.of_user = ResourceRouter(
            OWN_PATH + prefix, tag=tag, dependencies=[require_own], responses=responses
        )

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route in both places."""
        super().add_api_route(path, endpoint, **options)
        self.of_user.add_api_route(path, endpoint, **options)
