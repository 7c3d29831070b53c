"""What is solved for each request is less than FastAPI would solve, and comes out the same."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Security
from fastapi.routing import APIRoute
from fastapi.security import SecurityScopes
from pydantic import BaseModel, ConfigDict, Field

from app.api.solving import simplify

Endpoint = Callable[..., Any]
Make = Callable[[list[str]], Endpoint]
"""Makes an endpoint with dependencies that write down when they are called."""


class SimplifiedRoute(APIRoute):
    """A route that solves as those of the API do, and has nothing else of theirs."""

    def get_route_handler(self) -> Endpoint:
        self.dependant = simplify(self.dependant)
        return super().get_route_handler()


async def ask(
    endpoint: Endpoint, route: type[APIRoute], path: str, headers: Mapping[str, str]
) -> tuple[int, Any]:
    app = FastAPI()
    app.router.route_class = route
    app.add_api_route("/things/{number}", endpoint)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get(f"/things/{path}", headers=headers)
    return answer.status_code, answer.json()


async def ask_both(make: Make, path: str, **headers: str) -> tuple[int, Any, list[str]]:
    """Status, body and calls, which are FastAPI's own whether simplified or not."""
    plain_calls: list[str] = []
    plain = await ask(make(plain_calls), APIRoute, path, headers)
    calls: list[str] = []
    assert await ask(make(calls), SimplifiedRoute, path, headers) == plain
    assert calls == plain_calls
    return *plain, calls


def make_diamond(calls: list[str]) -> Endpoint:
    """As in the API: the caller is wanted by the endpoint, its service and the service's unit of work."""

    async def identify() -> str:
        calls.append("identify")
        return "ada"

    async def open_work(caller: Annotated[str, Depends(identify)]) -> AsyncIterator[str]:
        calls.append(f"open for {caller}")
        try:
            yield f"work of {caller}"
        finally:
            calls.append("close")

    async def serve(
        work: Annotated[str, Depends(open_work, scope="function")],
        caller: Annotated[str, Depends(identify)],
    ) -> str:
        calls.append("serve")
        return f"{work} by {caller}"

    async def endpoint(
        number: int,
        service: Annotated[str, Depends(serve)],
        work: Annotated[str, Depends(open_work, scope="function")],
        caller: Annotated[str, Depends(identify)],
        again: Annotated[str, Depends(identify, use_cache=False)],
    ) -> list[Any]:
        calls.append("answer")
        return [number, service, work, caller, again]

    return endpoint


async def test_who_is_wanted_in_several_places_is_asked_once() -> None:
    status, body, calls = await ask_both(make_diamond, "7")
    assert (status, body) == (200, [7, "work of ada by ada", "work of ada", "ada", "ada"])
    assert calls == ["identify", "open for ada", "serve", "identify", "answer", "close"]


async def test_a_malformed_path_is_refused_after_the_same_calls() -> None:
    status, body, calls = await ask_both(make_diamond, "seven")
    assert (status, len(body["detail"])) == (422, 1)
    assert calls == ["identify", "open for ada", "serve", "identify", "close"]


def make_with_header(calls: list[str]) -> Endpoint:
    async def read_size(size: Annotated[int, Header()]) -> int:
        calls.append("read")
        return size

    async def double(size: Annotated[int, Depends(read_size)]) -> int:
        calls.append("double")
        return 2 * size

    async def endpoint(
        number: int,
        size: Annotated[int, Depends(read_size)],
        doubled: Annotated[int, Depends(double)],
        again: Annotated[int, Depends(double)],
    ) -> list[int]:
        return [number, size, doubled, again]

    return endpoint


async def test_a_field_of_one_that_is_wanted_twice_is_read() -> None:
    assert await ask_both(make_with_header, "7", size="4") == (
        200,
        [7, 4, 8, 8],
        ["read", "double"],
    )


@pytest.mark.parametrize("headers", [{}, {"size": "large"}])
async def test_one_that_is_wanted_twice_and_invalid_is_refused(headers: dict[str, str]) -> None:
    """It was not asked the first time, so that what it gives is not known the second time."""
    status, body, calls = await ask_both(make_with_header, "seven", **headers)
    assert status == 422
    assert [error["loc"][0] for error in body["detail"]] == ["header"] * 3 + ["path"]
    assert calls == []


def make_with_scopes(calls: list[str]) -> Endpoint:
    async def identify() -> str:
        calls.append("identify")
        return "ada"

    async def allow(scopes: SecurityScopes, caller: Annotated[str, Depends(identify)]) -> list[str]:
        calls.append("allow")
        return [caller, *scopes.scopes]

    async def endpoint(
        number: int,
        reader: Annotated[list[str], Security(allow, scopes=["read"])],
        writer: Annotated[list[str], Security(allow, scopes=["write"])],
        again: Annotated[list[str], Security(allow, scopes=["write"])],
    ) -> list[list[str]]:
        return [reader, writer, again]

    return endpoint


async def test_rights_that_differ_are_asked_for_each() -> None:
    status, body, calls = await ask_both(make_with_scopes, "7")
    assert (status, body) == (200, [["ada", "read"], ["ada", "write"], ["ada", "write"]])
    assert calls == ["identify", "allow", "allow"]


class Flat(BaseModel):
    """As those of the API."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    word: str | None = None
    due: bool = False


class Tolerant(BaseModel):
    limit: int = 20


class Greedy(BaseModel):
    """Not flat: what it does not know may have several values."""

    model_config = ConfigDict(extra="allow")

    limit: int = 20


class Needed(BaseModel):
    limit: int


class Many(BaseModel):
    """Not flat: FastAPI reads it by itself."""

    words: list[str] = []
    either: list[int] | None = None
    other: Annotated[int, Field(alias="else")] = 3


QUERIES = [
    "", "?limit=5", "?limit=", "?limit=0", "?limit=x", "?limit=101", "?limit=1&limit=2", "?limit=x&limit=2",
    "?word=a&word=b", "?word=", "?word", "?due=yes&limit=7", "?due=maybe&limit=-1&word=%00", "?unknown=1",
    "?unknown=1&unknown=2", "?LIMIT=3", "?limit=5&=3", "?words=a&words=b&either=1&either=2&else=5",
    "?either=x", "?other=4", "?words=a",
]  # fmt: skip


def make_for(model: type[BaseModel]) -> Make:
    def make(calls: list[str]) -> Endpoint:
        async def identify() -> str:
            calls.append("identify")
            return "ada"

        async def endpoint(
            number: int, caller: Annotated[str, Depends(identify)], query: Any
        ) -> list[Any]:
            calls.append("answer")
            return [number, query.model_dump(), sorted(query.model_fields_set)]

        endpoint.__annotations__["query"] = Annotated[model, Query()]
        return endpoint

    return make


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("model", [Flat, Tolerant, Greedy, Needed, Many])
async def test_a_query_means_what_fastapi_takes_it_for(model: type[BaseModel], query: str) -> None:
    for number in ("7", "seven"):
        await ask_both(make_for(model), number + query)


async def test_all_that_is_wrong_is_told_at_once() -> None:
    status, body, calls = await ask_both(make_for(Flat), "seven?limit=0&due=maybe&more=1")
    assert status == 422
    assert [error["loc"] for error in body["detail"]] == [
        ["path", "number"],
        ["query", "limit"],
        ["query", "due"],
        ["query", "more"],
    ]
    assert calls == ["identify"]


def refuse_first(calls: list[str]) -> Endpoint:
    async def identify() -> None:
        calls.append("identify")
        raise HTTPException(401)

    async def endpoint(
        number: int, query: Annotated[Flat, Query()], caller: Annotated[None, Depends(identify)]
    ) -> None:
        calls.append("answer")

    return endpoint


async def test_who_is_refused_is_not_told_what_is_wrong() -> None:
    status, _, calls = await ask_both(refuse_first, "seven?limit=0")
    assert (status, calls) == (401, ["identify"])


def count_nodes(dependencies: Sequence[Any]) -> int:
    return sum(1 + count_nodes(each.dependencies) for each in dependencies)


def test_less_is_left_to_be_solved_and_what_is_documented_stays() -> None:
    route = APIRoute("/things/{number}", make_diamond([]))
    before = count_nodes(route.dependant.dependencies)
    simple = simplify(route.dependant)
    assert count_nodes(simple.dependencies) < before
    assert count_nodes(route.dependant.dependencies) == before
