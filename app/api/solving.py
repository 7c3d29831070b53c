"""What FastAPI has to solve for each request, made less without changing what comes out.

FastAPI walks through a dependency's own dependencies each time it meets it, also where it then takes what it
knows already; and it looks at each field of a query's model by itself. Both depend on the route alone, so
they are settled once. The OpenAPI document is made of what the route says, not of this.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, request_params_to_args
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_ReadQuery = Callable[[Request], Awaitable[BaseModel]]


def simplify(dependant: Dependant) -> Dependant:
    """What a route depends on, with each dependency once, and a query's model read at once."""
    return _read_query_at_once(_ask_once(dependant, set()))


def _ask_once(dependant: Dependant, asked: set[tuple[Any, ...]]) -> Dependant:
    dependencies = []
    for each in dependant.dependencies:
        scopes = (each.own_oauth_scopes, each.parent_oauth_scopes)
        key = (each.call, each.scope, *(tuple(named or ()) for named in scopes))
        if each.use_cache and key in asked and not _has_fields(each):
            dependencies.append(replace(each, dependencies=[]))
        else:
            dependencies.append(_ask_once(each, asked))
            asked.add(key)
    return replace(dependant, dependencies=dependencies)


def _has_fields(dependant: Dependant) -> bool:
    """Whether a request may be invalid here: what is invalid is not known afterwards, but refused again."""
    own = (
        dependant.path_params,
        dependant.query_params,
        dependant.header_params,
        dependant.cookie_params,
    )
    return any(own) or _has_body(dependant) or any(map(_has_fields, dependant.dependencies))


def _has_body(dependant: Dependant) -> bool:
    return bool(dependant.body_params) or any(map(_has_body, dependant.dependencies))


def _read_query_at_once(dependant: Dependant) -> Dependant:
    if len(dependant.query_params) != 1 or dependant.path is None or _has_body(dependant):
        return dependant
    field = dependant.query_params[0]
    model: Any = field.field_info.annotation
    if not _is_flat(model):
        return dependant
    last = get_dependant(path=dependant.path, call=_make_reader(model, dependant), name=field.name)
    return replace(dependant, query_params=[], dependencies=[*dependant.dependencies, last])


def _is_flat(model: Any) -> bool:
    """Whether it is a model whose fields have one value each, under their own names."""
    return (
        isinstance(model, type)
        and issubclass(model, BaseModel)
        and model.model_config.get("extra") != "allow"
        and not any(map(_is_many_or_renamed, model.model_fields.values()))
    )


def _is_many_or_renamed(field: FieldInfo) -> bool:
    return field.alias is not None or get_origin(field.annotation) in (list, set, tuple)


def _make_reader(model: type[BaseModel], route: Dependant) -> _ReadQuery:
    (field,) = route.query_params

    async def read_query(request: Request) -> BaseModel:
        try:
            return model.model_validate(dict(request.query_params))
        except ValidationError:
            values, errors = request_params_to_args([field], request.query_params)
        if errors:
            raise RequestValidationError(_find_errors(route, request))
        read: BaseModel = values[field.name]
        return read

    return read_query


def _find_errors(dependant: Dependant, request: Request) -> list[Any]:
    """All that is wrong with a request that has no body, in the order in which FastAPI tells it."""
    errors = [error for each in dependant.dependencies for error in _find_errors(each, request)]
    for fields, given in (
        (dependant.path_params, request.path_params),
        (dependant.query_params, request.query_params),
        (dependant.header_params, request.headers),
        (dependant.cookie_params, request.cookies),
    ):
        errors += request_params_to_args(fields, given)[1]
    return errors
