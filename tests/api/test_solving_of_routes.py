"""Each list of the API refuses and takes queries as FastAPI itself would."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, request_response
from pydantic import BaseModel

from app.api.deps import get_read_uow, get_uow
from app.api.idempotency import claim_key
from app.api.middleware import CURRENT_PREFIX
from app.main import app
from tests.support.service import Learner, Service

ROUTES = [route for route in app.routes if isinstance(route, APIRoute)]


def model_of(route: APIRoute) -> type[BaseModel] | None:
    """The model of the route's query."""
    for field in route.dependant.query_params:
        annotation: Any = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
    return None


LISTS = [route for route in ROUTES if model_of(route)]


@pytest.fixture
async def admin(service: Service) -> Learner:
    return await service.learner(is_superuser=True)


def list_queries(model: type[BaseModel]) -> Iterator[str]:
    """Each field malformed, doubled, empty, and well; two that are wrong; one that nobody knows."""
    yield ""
    names = list(model.model_fields)
    for name in names:
        for value in ("", "x", "0", "7", "-1", "true", "2026-02-30", "2026-02-28", "%00"):
            yield f"{name}={value}"
        yield f"{name}=x&{name}=1"
        yield f"{name}=1&{name}=x"
    yield "&".join(f"{name}=\u00fc" for name in names)
    yield "unknown=1"
    yield "unknown=1&unknown=2&limit=0"
    yield "&".join(name.upper() for name in names)


def read(answer: httpx.Response) -> tuple[int, Mapping[str, Any]]:
    body = dict(answer.json())
    body.pop("request_id", None)
    return answer.status_code, body


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.path_format)
async def test_it_answers_as_if_fastapi_had_solved_all(
    admin: Learner, route: APIRoute, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(route)
    assert model is not None
    with monkeypatch.context() as patch:
        patch.setattr("app.api.route.simplify", lambda dependant: dependant)
        plain = request_response(route.get_route_handler())
    path = route.path_format.removeprefix(CURRENT_PREFIX).replace("{user_id}", str(admin.id))
    statuses = set()
    for value in ("1", "x"):
        for query in list_queries(model):
            target = f"{re.sub(r'{.+?}', value, path)}?{query}"
            answered = read(await admin.client.get(target))
            with monkeypatch.context() as patch:
                patch.setattr(route, "app", plain)
                expected = read(await admin.client.get(target))
            assert answered == expected, target
            statuses.add(answered[0])
    assert 422 in statuses
    assert statuses & {200, 404}


def list_calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from list_calls(each)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.name}-{route.path_format}")
def test_no_route_reads_in_one_unit_of_work_and_writes_in_another(route: APIRoute) -> None:
    """It would hold two connections at once, and a crowd of such requests all of them, each waiting."""
    calls = set(list_calls(route.dependant))
    assert not (get_read_uow in calls and calls & {get_uow, claim_key})
