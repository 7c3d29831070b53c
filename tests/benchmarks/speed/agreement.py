"""Whether both services answer the same: else the comparison would be of different works."""

import re
from collections.abc import Mapping
from typing import Any

import httpx

from tests.benchmarks.speed.data import Filled
from tests.benchmarks.speed.servers import Served
from tests.benchmarks.speed.works import WORKS, Work

_OWN = {"id", "source_id", "activity_id", "created_at", "updated_at", "completed_at"}
"""Numbers and instants that differ from one task to the next."""
_OWN_HEADERS = {"date", "x-request-id", "location", "content-length"}
_NUMBER = re.compile(r";(r|t)=\d+")


class DisagreementError(Exception):
    """The services answer differently."""


def require_agreement(ours: Served, yardstick: Served, filled: Filled) -> None:
    """Ask both for each work.

    Raises:
        DisagreementError: they differ.
    """
    for work in WORKS:
        # Each completes a task of another learner: they are all alike.
        answers = [
            ask(served, work, filled, user_id)
            for user_id, served in enumerate((ours, yardstick), 1)
        ]
        first, second = (describe(answer, work) for answer in answers)
        if first != second:
            raise DisagreementError(f"{work.title}:\n{first}\n{second}")
        if first["status"] != work.status:
            raise DisagreementError(f"{work.title}: {first}")


def ask(served: Served, work: Work, filled: Filled, user_id: int) -> httpx.Response:
    """The answer to a work of a learner's; reads are all of the same one's."""
    shape = filled.shape
    asking = user_id if work.writes else 1
    task_id = shape.number_of_task(shape.tasks, asking)
    if work.hot:
        asking, task_id = shape.hot_user, shape.first_hot_task + user_id
    headers = {"Authorization": f"Bearer {filled.tokens[asking - 1]}"}
    if work.tag is not None:
        headers["If-None-Match"] = work.tag
    if work.body is not None:
        headers["Content-Type"] = "application/json"
    url = served.url + work.path.replace("{task}", str(task_id))
    return httpx.request(work.method, url, headers=headers, content=work.body)


def describe(answer: httpx.Response, work: Work) -> Mapping[str, Any]:
    """All that has to be the same."""
    body = answer.json() if answer.content else None
    headers = {
        name: _NUMBER.sub("", value)
        for name, value in answer.headers.items()
        if name not in _OWN_HEADERS
    }
    return {
        "status": answer.status_code,
        "headers": headers,
        "body": blur(body) if work.writes else body,
    }


def blur(value: Any) -> Any:
    """The value with the kinds of what differs from one task to the next in place of it."""
    if isinstance(value, dict):
        return {
            name: type(inner).__name__ if name in _OWN else blur(inner)
            for name, inner in value.items()
        }
    return [blur(inner) for inner in value] if isinstance(value, list) else value
