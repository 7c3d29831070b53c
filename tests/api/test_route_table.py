"""The table of routes: it chooses what FastAPI's own search through all of them would."""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import Scope

from app.api.middleware import CURRENT_PREFIX
from app.api.route_table import RouteTable
from app.main import app
from tests.support.service import Service

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROUTES = [route for route in app.routes if isinstance(route, APIRoute)]
API_ROUTES = [route for route in ROUTES if route.path_format.startswith(f"{CURRENT_PREFIX}/")]

ODD_PATHS = [
    "", "/", "//", "/tasks/", "/tasks//", "/tasks/x", "/tasks/1/2/3/4", "/Tasks", "/me/tasks/5",
    "/users/tasks", "/tasks/tasks", "/auth/tasks", "/a b/tasks/é", "/courses/import",
    "/users/me/sessions/x", "/" + "a/" * 2_000,
]  # fmt: skip


def scope_of(method: str, path: str) -> Scope:
    """A request, as far as routes look at it."""
    return {"type": "http", "method": method, "path": path, "headers": []}


def search(method: str, path: str) -> tuple[Any, Any]:
    """The route and its parameters, found by trying one after the other."""
    partial: Scope = {}
    for route in API_ROUTES:
        match, found = route.matches(scope_of(method, path))
        if match is Match.FULL:
            return found["route"], found["path_params"]
        if match is Match.PARTIAL:
            partial = partial or found
    return partial.get("route"), partial.get("path_params")


def look_up(table: BaseRoute, method: str, path: str) -> tuple[Any, Any]:
    """The same by the table."""
    match, found = table.matches(scope_of(method, path))
    assert match is Match.FULL
    return found.get("route"), found.get("path_params")


@pytest.mark.parametrize("word", ["7", "some-word", "me", "import"])
def test_it_chooses_what_a_search_finds(word: str) -> None:
    table = app.routes[0]
    paths = {re.sub(r"{\w+}", word, route.path_format) for route in API_ROUTES}
    assert len(paths) > 80

    for path in paths:
        for method in METHODS:
            assert look_up(table, method, path) == search(method, path), (method, path)


@pytest.mark.parametrize("end", ODD_PATHS, ids=lambda end: end[:20])
def test_it_is_as_strict_about_odd_paths(end: str) -> None:
    path = f"{CURRENT_PREFIX}/{end.removeprefix('/')}"

    for method in METHODS:
        assert look_up(app.routes[0], method, path) == search(method, path)


def test_no_router_is_included() -> None:
    # FastAPI would analyse its routes anew, and search through it at every request.
    assert [route for route in app.routes if hasattr(route, "original_router")] == []


def test_every_route_of_the_api_is_found() -> None:
    # Slugs are words as ids are: none hides another.
    for route in API_ROUTES:
        path = re.sub(r"{\w+}", "7", route.path_format)
        for method in route.methods or ():
            assert look_up(app.routes[0], method, path)[0] is route


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/metrics", "/api/v1", "/api/v2/tasks"]
)
def test_what_is_no_path_of_the_api_is_left_to_others(path: str) -> None:
    assert app.routes[0].matches(scope_of("GET", path)) == (Match.NONE, {})


def test_what_is_no_request_is_left_to_others() -> None:
    scope = {**scope_of("GET", "/api/v1/tasks"), "type": "websocket"}

    assert app.routes[0].matches(scope) == (Match.NONE, {})


async def answer(_request: Any) -> PlainTextResponse:
    """Any answer."""
    return PlainTextResponse("")


@pytest.mark.parametrize(
    "route",
    [
        Route("/other/x", answer),
        Route("/api", answer),
        Route("/api/{rest:path}", answer),
        Mount("/api/x", routes=[]),
    ],
    ids=["elsewhere", "the prefix itself", "several words", "no plain route"],
)
def test_it_takes_no_route_that_it_could_not_find(route: BaseRoute) -> None:
    with pytest.raises((TypeError, ValueError), match=r"has|is not"):
        RouteTable("/api", [route])


def test_of_several_that_fit_the_first_counts() -> None:
    any_word, given = Route("/api/{word}/y", answer), Route("/api/x/{word}", answer)

    for routes in ([any_word, given], [given, any_word]):
        table = RouteTable("/api", routes)
        _, found = table.matches(scope_of("GET", "/api/x/y"))
        assert (
            found["path_params"] == routes[0].matches(scope_of("GET", "/api/x/y"))[1]["path_params"]
        )


async def test_an_unknown_path_is_not_found_and_a_wrong_method_is_told(service: Service) -> None:
    client = service.client()

    unknown = await client.get("/no/such/path")
    wrong = await client.put("/tasks")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET, POST"
