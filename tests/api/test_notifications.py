"""``GET /game/notifications`` and ``POST /game/notifications/read``."""

import asyncio

import pytest

from tests.support.service import Learner, Service
from tests.support.streams import tell

LIST = "/game/notifications"
READ = "/game/notifications/read"


@pytest.fixture
async def learner(service: Service) -> Learner:
    """Somebody who was told five things."""
    learner = await service.learner()
    await tell(service.parts.database, learner.id, 5)
    return learner


async def test_somebody_new_was_told_nothing(service: Service) -> None:
    learner = await service.learner()

    assert await learner.get(LIST) == {"items": [], "next_cursor": None, "unread": 0}


async def test_an_item_says_what_happened(learner: Learner) -> None:
    page = await learner.get(LIST, limit=1)

    assert page["items"] == [
        {
            "id": 5,
            "kind": "level_up",
            "data": {"level": 6},
            "created_at": "2026-03-02T12:00:00Z",
            "read_at": None,
        }
    ]
    assert page["unread"] == 5


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
async def test_pages_are_newest_first_and_leave_nothing_out(learner: Learner, limit: int) -> None:
    ids, query = [], {"limit": limit}
    while True:
        page = await learner.get(LIST, **query)
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query = {"limit": limit, "cursor": page["next_cursor"]}

    assert ids == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJsZWRnZXIiLDNd"])
async def test_a_cursor_of_another_list_is_refused(learner: Learner, cursor: str) -> None:
    answer = await learner.client.get(LIST, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_reading_marks_all_up_to_an_id(service: Service, learner: Learner) -> None:
    service.clock.advance(minutes=5)

    assert await learner.post(READ, {"up_to": 3}) == {"unread": 2}

    items = (await learner.get(LIST))["items"]
    assert [item["read_at"] for item in items] == [None] * 2 + ["2026-03-02T12:05:00Z"] * 3


async def test_reading_again_changes_nothing(service: Service, learner: Learner) -> None:
    await learner.post(READ, {"up_to": 3})
    before = await learner.get(LIST)
    service.clock.advance(minutes=5)

    for up_to in (3, 1, 0):
        assert await learner.post(READ, {"up_to": up_to}) == {"unread": 2}

    assert await learner.get(LIST) == before


async def test_what_comes_later_is_not_read_yet(service: Service, learner: Learner) -> None:
    assert await learner.post(READ, {"up_to": 1000}) == {"unread": 0}

    await tell(service.parts.database, learner.id)

    assert (await learner.get(LIST))["unread"] == 1


async def test_calls_at_once_agree(learner: Learner) -> None:
    answers = await asyncio.gather(*(learner.post(READ, {"up_to": 1 + n % 5}) for n in range(20)))

    assert {"unread": 0} in answers
    assert await learner.post(READ, {"up_to": 0}) == {"unread": 0}


async def test_each_sees_and_marks_only_their_own(service: Service, learner: Learner) -> None:
    other = await service.learner("eve@example.org")

    assert (await other.get(LIST))["items"] == []
    await other.post(READ, {"up_to": 5})
    assert (await learner.get(LIST))["unread"] == 5


@pytest.mark.parametrize(
    "body", [{}, {"up_to": -1}, {"up_to": 2**63}, {"up_to": "3"}, {"up_to": 1.0}, {"up_to": None}]
)
async def test_a_mark_that_is_none_is_refused(learner: Learner, body: dict[str, object]) -> None:
    answer = await learner.client.post(READ, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")


async def test_a_page_costs_three_statements(service: Service, learner: Learner) -> None:
    """The caller, the page, and what is unread."""
    with service.statements.count() as statements:
        await learner.get(LIST)

    assert len(statements) == 3, statements
