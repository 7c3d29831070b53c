"""What no task may be made of: refused with a small problem document, and nothing changes."""

import json
from typing import Any

import pytest

from tests.api.task_steps import check_refusal, dump_tables
from tests.support.service import Service

ITEM = {"text": "A", "done": False}

BAD_FIELDS: list[dict[str, Any]] = [
    # Fields that are not the client's to set, or not known.
    {"xp": 1000}, {"gold": 1}, {"user_id": 1}, {"id": 7}, {"completed": True}, {"is_superuser": True},
    {"completed_at": None}, {"starts_on": "2026-03-02"}, {"search_text": "x"}, {"__class__": "x"}, {"": ""},
    {"\ud800": 1}, {"x" * 50_000: 1},
    # Titles.
    {"title": ""}, {"title": "  \t "}, {"title": "x" * 201}, {"title": "x" * 50_000}, {"title": "a\0b"},
    {"title": "\ud800"}, {"title": "ok\udfff"}, {"title": None}, {"title": 7}, {"title": ["a"]},
    {"title": "\u200b\u200d\ufeff"}, {"title": "\u2060 \u00ad"}, {"title": "\u3164"}, {"title": "\u202e"},
    {"title": "two\nlines"}, {"title": "a\x1b[31mred"}, {"title": "a\u2028b"}, {"title": "\u0301\u0301"},
    # Descriptions.
    {"description": "x" * 1001}, {"description": "x" * 50_000}, {"description": "\0"},
    {"description": None},
    {"description": "\udcff"}, {"description": 1},
    # Dates and times.
    *({"due_on": value} for value in [
        "0001-01-01", "1969-12-31", "9999-12-31", "9001-01-01", "2026-02-30", "2026-13-01", "2026-3-2",
        "20260302",
        "2026-W10-1", "2026-03-02T00:00:00Z", "2026-03-02 ", "٢٠٢٦-٠٣-٠٢", "",
        "today", 0, 1772409600, 1.5, True, [], {},
    ]),
    *({"due_on": "2026-03-02", "due_time": value} for value in [
        "25:00", "24:00", "9:00", "09:60", "09:00Z", "09:00+01:00", "09:00:00.5", "0900", "09:00:61",
        "", 9, 32400, True,
        "\u0660٩:\u0660\u0660",
    ]),
    {"due_time": "09:00"},
    # Difficulty.
    *({"difficulty": value} for value in ["EASY", "epic", "", None, 1, ["easy"]]),
    # Tags.
    {"tags": [str(n) for n in range(21)]}, {"tags": ["x" * 31]}, {"tags": [""]}, {"tags": [" "]},
    {"tags": ["a\0"]},
    {"tags": ["\ud800"]}, {"tags": [None]}, {"tags": [1]}, {"tags": "home"}, {"tags": None},
    {"tags": {"a": 1}},
    {"tags": ["\u200b"]}, {"tags": ["a\nb"]},
    # Checklists.
    {"checklist": [ITEM] * 51}, {"checklist": [{"text": "A", "done": "true"}]},
    {"checklist": [{"text": "A", "done": 1}]},
    {"checklist": [{"text": "A", "done": None}]}, {"checklist": [{"done": True}]}, {"checklist": ["A"]},
    {"checklist": [{"text": "A", "xp": 5}]}, {"checklist": [{"text": "x" * 201}]},
    {"checklist": [{"text": "\0"}]},
    {"checklist": [{"text": ""}]}, {"checklist": [{"text": "\ud800"}]}, {"checklist": None},
    {"checklist": {}},
    {"checklist": [[]]},
    # Recurrence.
    {"recurrence": "x" * 201}, {"recurrence": ""}, {"recurrence": "\ud800"}, {"recurrence": True},
]  # fmt: skip


def name(fields: dict[str, Any]) -> str:
    return ascii(fields)[:40]


@pytest.mark.parametrize("fields", BAD_FIELDS, ids=name)
async def test_a_field_that_does_not_fit_is_refused(
    service: Service, fields: dict[str, Any]
) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service)
    # Bytes as they are: httpx would not send lone surrogates.
    content = json.dumps({"title": "Read", **fields}).encode()
    headers = {"Content-Type": "application/json"}

    for method, path in [("POST", "/tasks"), ("PUT", f"/tasks/{task['id']}")]:
        answer = await ada.client.request(method, path, content=content, headers=headers)
        check_refusal(answer, 422, "validation_error")

    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    "fields", [each for each in BAD_FIELDS if each != {"due_time": "09:00"}], ids=name
)
async def test_a_change_that_does_not_fit_is_refused(
    service: Service, fields: dict[str, Any]
) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service)

    answer = await ada.client.patch(
        f"/tasks/{task['id']}",
        content=json.dumps(fields).encode(),
        headers={"Content-Type": "application/json"},
    )

    check_refusal(answer, 422, "validation_error")
    assert await dump_tables(service) == before


GOOD_FIELDS: list[dict[str, Any]] = [
    {"title": "x" * 200}, {"title": "🌱" * 200}, {"title": "👩‍🚀"}, {"title": "."}, {"title": "שלום \u200f!"},
    {"title": "\u202eabc"}, {"title": "<script>alert(1)</script>"}, {"title": "'; DROP TABLE tasks; --"},
    {"title": "\uffff?"}, {"description": "x" * 1000}, {"description": "two\r\nlines\tand a tab"},
    {"due_on": "1970-01-01"}, {"due_on": "9000-12-31"}, {"due_on": "2028-02-29"},
    {"due_on": "9000-12-31", "due_time": "23:59:59"}, {"due_on": "1970-01-01", "due_time": "00:00:00"},
    {"tags": ["x" * 30] + [str(n) for n in range(19)]}, {"checklist": [ITEM] * 50},
    {"recurrence": "FREQ=DAILY", "due_time": "09:00:00", "due_on": "9000-12-31"},
]  # fmt: skip


@pytest.mark.parametrize("fields", GOOD_FIELDS, ids=name)
async def test_what_lies_at_the_limits_is_kept_as_it_is(
    service: Service, fields: dict[str, Any]
) -> None:
    ada = await service.learner(timezone="Pacific/Kiritimati")

    task = await ada.create_task(**fields)

    assert fields.items() <= task.items()
    assert await ada.get(f"/tasks/{task['id']}") == task


UNFIT = [b"", b"null", b"[]", b'"x"', b"7", b"true", b"[{}]", b"{", b'{"title":"a"}}', b"title=a"]
UNREADABLE = [
    b'{"title":"a","title":"b"}', b'{"title":NaN}', b'{"title":1e400}', b"\xff\xfe{}",
    b'{"title":"\xed\xa0\x80"}',
    b"[" * 100_000, b'{"title":' + b"9" * 5000 + b"}", '{"title":"ä"}'.encode("latin-1"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(content, 422, "validation_error") for content in UNFIT]
    + [(content, 400, "bad_request") for content in UNREADABLE],
    ids=lambda value: ascii(value)[:30],
)
async def test_a_body_that_is_no_task_is_refused(
    service: Service, content: bytes, status: int, code: str
) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service)

    for method, path in [("POST", "/tasks"), ("PUT", f"/tasks/{task['id']}")]:
        answer = await ada.client.request(
            method, path, content=content, headers={"Content-Type": "application/json"}
        )
        check_refusal(answer, status, code)

    assert await dump_tables(service) == before


@pytest.mark.parametrize(
    "body",
    [
        [], "x", 7, {"occurrence_on": 5}, {"occurrence_on": ""}, {"occurrence_on": "9999-12-31"},
        {"occurrence_on": "2026-03-02T00:00:00"}, {"occurrence": "2026-03-02"}, {"xp": 5},
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "verb"), [("POST", "complete"), ("POST", "undo"), ("PATCH", "complete")]
)
async def test_a_body_that_names_no_occurrence_is_refused(
    service: Service, body: Any, method: str, verb: str
) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    before = await dump_tables(service)

    answer = await ada.client.request(method, f"/tasks/{task['id']}/{verb}", json=body)

    check_refusal(answer, 422, "validation_error")
    assert await dump_tables(service) == before


BAD_IDS = [
    "0", "-1", "+1", "01", "1_0", "1.0", "1e1", "٣", "²", "x", "%20{id}", "{id}%20", "{id}%00",
    "9223372036854775808",
    "9" * 30, "9" * 5000, "null", "{id};", "%F0%9F%8C%B1",
]  # fmt: skip


@pytest.mark.parametrize("bad_id", BAD_IDS, ids=lambda bad_id: bad_id[:24])
async def test_what_is_no_id_is_refused(service: Service, bad_id: str) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    path = f"/tasks/{bad_id.format(id=task['id'])}"

    for method, suffix in [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/complete"),
        ("GET", "/occurrences"),
    ]:
        answer = await ada.client.request(method, path + suffix)
        check_refusal(answer, 422, "validation_error")


async def test_the_greatest_id_is_only_missing(service: Service) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.get(f"/tasks/{2**63 - 1}"), 404, "task_not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/tasks"), ("POST", "/tasks/1"), ("GET", "/tasks/1/complete")]
)
async def test_a_method_that_a_path_has_not_is_refused(
    service: Service, method: str, path: str
) -> None:
    ada = await service.learner()

    check_refusal(await ada.client.request(method, path), 405, "method_not_allowed")
