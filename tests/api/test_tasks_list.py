"""Listing tasks: what each filter and each sort lets through, alone and together."""

from typing import Any

import pytest

from tests.api.task_steps import check_refusal
from tests.support.service import Learner, Service


async def titles(learner: Learner, **query: Any) -> list[str]:
    page = await learner.get("/tasks", limit=100, **query)
    return [task["title"] for task in page["items"]]


async def make(learner: Learner, *wanted: str, **fields: Any) -> None:
    for title in wanted:
        await learner.create_task(title=title, **fields)


async def test_an_empty_list_has_no_next_page(service: Service) -> None:
    ada = await service.learner()

    assert await ada.get("/tasks") == {"items": [], "next_cursor": None}


async def test_an_item_is_what_the_task_itself_shows(service: Service) -> None:
    ada = await service.learner(timezone="Asia/Kolkata")
    task = await ada.create_task(
        recurrence="FREQ=DAILY", due_time="09:00", checklist=[{"text": "A", "done": True}]
    )

    assert (await ada.get("/tasks"))["items"] == [task]


async def test_the_tasks_of_others_are_not_listed(service: Service) -> None:
    ada, eve = await service.learner(), await service.learner("eve@example.org")
    await make(ada, "Mine", tags=["home"], due_on="2026-03-02")

    for query in ({}, {"q": "mine"}, {"tag": "home"}, {"sort": "due_on"}, {"status": "open"}):
        assert await titles(eve, **query) == []


async def test_a_page_has_twenty_unless_told_otherwise(service: Service) -> None:
    ada = await service.learner()
    await make(ada, *(f"Task {n}" for n in range(21)))

    assert len((await ada.get("/tasks"))["items"]) == 20
    assert len((await ada.get("/tasks", limit=100))["items"]) == 21


async def test_status_tells_open_from_completed(service: Service) -> None:
    ada = await service.learner()
    await make(ada, "Open")
    done = await ada.create_task(title="Done")
    await ada.post(f"/tasks/{done['id']}/complete")

    assert await titles(ada, status="open") == ["Open"]
    assert await titles(ada, status="completed") == ["Done"]
    assert await titles(ada) == ["Done", "Open"]


async def test_difficulty(service: Service) -> None:
    ada = await service.learner()
    await make(ada, "Hill", difficulty="medium")
    await make(ada, "Mountain", difficulty="hard")

    assert await titles(ada, difficulty="hard") == ["Mountain"]
    assert await titles(ada, difficulty="trivial") == []


TAGS = [
    "home", "Home", "ho", 'a"b', "a\\b", "it's", "%", "_", "[]", "grün", "gru\u0308n", "🌱", "👩‍🚀", "null",
    "1", '"]', "家",
]  # fmt: skip


async def test_a_tag_is_matched_exactly(service: Service) -> None:
    ada = await service.learner()
    for tag in TAGS:
        await make(ada, tag, tags=["other", tag])

    for tag in TAGS:
        assert await titles(ada, tag=tag) == [tag]
    assert await titles(ada, tag="HOME") == []
    assert len(await titles(ada, tag="other")) == len(TAGS)


async def test_the_due_range_is_inclusive_and_leaves_undated_ones_out(service: Service) -> None:
    ada = await service.learner()
    for day in ("2026-03-01", "2026-03-02", "2026-03-03", "9000-12-31"):
        await make(ada, day, due_on=day)
    await make(ada, "some day")

    assert await titles(ada, due_from="2026-03-02", due_to="2026-03-02") == ["2026-03-02"]
    assert await titles(ada, due_from="2026-03-03") == ["9000-12-31", "2026-03-03"]
    assert await titles(ada, due_to="2026-03-01") == ["2026-03-01"]
    assert len(await titles(ada, due_to="9000-12-31")) == 4
    assert await titles(ada, due_from="2026-03-03", due_to="2026-03-01") == []


async def test_a_recurring_task_is_found_by_the_date_since_when_it_is_due(service: Service) -> None:
    ada = await service.learner()
    await make(ada, "Stretch", recurrence="FREQ=DAILY", due_on="2026-02-20")

    assert await titles(ada, due_to="2026-02-20") == ["Stretch"]
    assert await titles(ada, due_from="2026-02-21") == []


async def test_all_filters_hold_at_once(service: Service) -> None:
    ada = await service.learner()
    right = {"difficulty": "hard", "due_on": "2026-03-02", "tags": ["home"]}
    await make(ada, "Clean the oven", **right)
    await make(ada, "Clean the car", **right | {"difficulty": "easy"})
    await make(ada, "Clean the sink", **right | {"tags": ["work"]})
    await make(ada, "Clean the bath", **right | {"due_on": "2026-03-03"})
    await make(ada, "Paint the wall", **right)
    done = await ada.create_task(title="Clean the door", **right)
    await ada.post(f"/tasks/{done['id']}/complete")

    assert await titles(
        ada, status="open", q="CLEAN", tag="home", difficulty="hard", due_from="2026-03-02",
        due_to="2026-03-02", sort="due_on",
    ) == ["Clean the oven"]  # fmt: skip


SEARCHES = [
    ("École d'été", "éCOLE"), ("ÉTÉ", "été"), ("Straße", "STRASSE"), ("STRASSE", "straße"),
    ("\uff26\uff55\uff4c\uff4c width", "full"), ("full", "\uff26\uff35\uff2c\uff2c"), ("ΟΔΟΣ", "οδος"),
    ("ofﬁce", "OFFICE"), ("e\u0301tude", "ÉTUDE"),
    ("İzmir", "i̇zmir"), ("\u0390", "\u03aa\u0301"), ("Купить ХЛЕБ", "купить"), ("水をやる", "水"),
    ("50% off", "%"),
    ("a_b", "_"), ("a\\b", "\\"), ("a/b", "/"), ("it's", "'"), ('say "hi"', '"'), ("[x]", "[x]"), ("a*b",
    "*"),
    ("🌱 water", "🌱"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "q"), SEARCHES)
async def test_search_minds_neither_case_nor_form_nor_wildcards(
    service: Service, title: str, q: str
) -> None:
    ada = await service.learner()
    await make(ada, "Decoy", title, "aXb")

    assert await titles(ada, q=q) == [title]


async def test_search_looks_at_title_and_description_alone(service: Service) -> None:
    ada = await service.learner()
    await make(ada, "Say it", description="Line one\nNEEDLE here")
    await make(ada, "Other", tags=["needle"], checklist=[{"text": "needle"}])

    assert await titles(ada, q="needle") == ["Say it"]


async def test_search_follows_an_edit(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(title="Before")
    await ada.client.patch(f"/tasks/{task['id']}", json={"title": "After"})

    assert await titles(ada, q="before") == []
    assert await titles(ada, q="after") == ["After"]


ORDERS = {
    "created_at": ["a", "b", "c", "d", "e"],
    "-created_at": ["e", "d", "c", "b", "a"],
    "due_on": ["c", "b", "d", "a", "e"],
    "-due_on": ["e", "a", "d", "b", "c"],
    "difficulty": ["b", "c", "d", "e", "a"],
    "-difficulty": ["a", "e", "d", "c", "b"],
}


@pytest.mark.parametrize("sort", ORDERS)
async def test_each_sort_settles_ties_by_age_and_puts_undated_ones_last(
    service: Service, sort: str
) -> None:
    ada = await service.learner()
    for title, difficulty, due_on in [
        ("a", "hard", None),
        ("b", "trivial", "2026-03-05"),
        ("c", "easy", "2026-03-01"),
        ("d", "easy", "2026-03-05"),
        ("e", "medium", None),
    ]:
        await make(ada, title, difficulty=difficulty, due_on=due_on)

    assert await titles(ada, sort=sort) == ORDERS[sort]


BAD_QUERIES = [
    *({"limit": limit} for limit in ["0", "-1", "101", "1_0", "1e1", "٣", "", " 5", "+5", "1.0", "9" * 30]),
    {"status": "done"}, {"sort": "title"}, {"sort": ""}, {"difficulty": "HARD"}, {"tag": ""}, {"q": ""},
    {"q": "x" * 101}, {"q": "\0"}, {"q": "it\nline"}, {"tag": "a\0"}, {"due_from": "yesterday"},
    {"due_to": "2026-02-30"},
    {"due_from": "20260302"}, {"due_to": "2026-03-02T00:00:00Z"}, {"due_from": "0"},
    {"due_to": "10000-01-01"},
    {"unknown": "1"}, {"user_id": "1"}, {"cursor": "x" * 201}, {"cursor": "\0"},
]  # fmt: skip


@pytest.mark.parametrize("query", BAD_QUERIES, ids=repr)
async def test_a_query_that_does_not_fit_is_refused(
    service: Service, query: dict[str, str]
) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.get("/tasks", params=query), 422, "validation_error")


@pytest.mark.parametrize("raw", ["q=%ED%A0%80", "q=%FF", "tag=%C3%28"])
async def test_bytes_that_are_no_text_find_nothing(service: Service, raw: str) -> None:
    ada = await service.learner()
    await make(ada, "A task")

    answer = await ada.client.get(f"/tasks?{raw}")

    assert answer.json() == {"items": [], "next_cursor": None}
