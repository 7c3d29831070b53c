"""Making, changing, moving and deleting the questions of a quiz."""

from typing import Any

import pytest

from app.core.curriculum import MAX_QUESTIONS, ContentStatus
from app.schemas.curriculum import default_question_key
from tests.api.authoring_steps import TRUE_FALSE, author, delete, list_days, patch, revision_of
from tests.api.task_steps import check_refusal
from tests.support.courses import add_course, small_course
from tests.support.service import Learner, Service

KINDS: list[dict[str, Any]] = [
    {"kind": "single_choice", "prompt": "One?", "right": "a", "wrong": ["b", "c"]},
    {"kind": "multiple_choice", "prompt": "Some?", "right": ["a", "b"], "wrong": []},
    {"kind": "true_false", "prompt": "True?", "answer": False},
    {"kind": "number", "prompt": "How many?", "answer": 2.5, "tolerance": 0.25},
    {"kind": "short_text", "prompt": "What?", "accept": ["x", "y"], "case_sensitive": True},
]


async def start(
    service: Service, questions: int = 3, status: str = "published"
) -> tuple[Learner, str]:
    """An author, and the path of the questions of a course's first day."""
    grace = await author(service)
    await add_course(service.parts.database, small_course(questions=questions), status=status)
    day = list_days(await grace.get("/courses/python"))[0]["id"]
    return grace, f"/course-tasks/{day}/questions"


async def read_quiz(reader: Learner, path: str) -> list[dict[str, Any]]:
    answer = await reader.client.get(path)
    assert answer.status_code == 200, answer.text
    questions: list[dict[str, Any]] = answer.json()
    assert [row["position"] for row in questions] == list(range(1, len(questions) + 1))
    return questions


async def list_keys(reader: Learner, path: str) -> list[str]:
    return [row["question"]["key"] for row in await read_quiz(reader, path)]


async def quiz_revision(writer: Learner, path: str) -> int:
    task = await patch(writer, path.removesuffix("/questions"))
    revision: int = task["quiz_revision"]
    return revision


@pytest.mark.parametrize("given", KINDS, ids=lambda given: str(given["kind"]))
async def test_a_new_question_is_a_draft_at_the_end(
    service: Service, given: dict[str, Any]
) -> None:
    grace, path = await start(service)

    row = await grace.post(path, {**given, "key": "new", "explanation": "So it is."})

    assert row == {
        "id": row["id"],
        "course_task_id": int(path.split("/")[2]),
        "position": 4,
        "status": "draft",
        "revision": 1,
        "question": {**given, "key": "new", "explanation": "So it is."},
    }
    assert (await read_quiz(grace, path))[-1] == row
    assert await revision_of(grace) == 2
    assert await quiz_revision(grace, path) == 1


async def test_a_quiz_is_listed_in_order_with_its_answers(service: Service) -> None:
    grace, path = await start(service, questions=5)

    rows = await read_quiz(grace, path)

    assert [row["question"]["key"] for row in rows] == ["q-1", "q-2", "q-3", "q-4", "q-5"]
    assert [row["question"]["kind"] for row in rows] == [given["kind"] for given in KINDS]
    assert rows[0]["question"]["right"] == "right"
    assert rows[2]["question"]["answer"] is True
    assert rows[4]["question"]["explanation"] == "Because of 5."


async def test_a_task_without_a_quiz_lists_nothing(service: Service) -> None:
    grace, path = await start(service, questions=0)

    assert await read_quiz(grace, path) == []


async def test_a_key_that_is_not_given_is_made_from_the_question(service: Service) -> None:
    grace, path = await start(service)

    row = await grace.post(path, TRUE_FALSE)

    assert row["question"]["key"] == default_question_key("true_false", "Is it?")
    answer = await grace.client.post(path, json=TRUE_FALSE)
    check_refusal(answer, 409, "key_taken")


async def test_a_key_is_given_once_archived_questions_included(service: Service) -> None:
    grace, path = await start(service)
    rows = await read_quiz(grace, path)
    await delete(grace, f"/questions/{rows[0]['id']}")
    revision = await revision_of(grace)

    for key in ("q-1", "q-2"):
        answer = await grace.client.post(path, json={**TRUE_FALSE, "key": key})
        check_refusal(answer, 409, "key_taken")
        changed = {"question": {**TRUE_FALSE, "key": key}}
        answer = await grace.client.patch(f"/questions/{rows[2]['id']}", json=changed)
        check_refusal(answer, 409, "key_taken")

    assert await list_keys(grace, path) == ["q-2", "q-3"]
    assert await revision_of(grace) == revision


async def test_a_quiz_holds_a_bounded_number_of_questions(service: Service) -> None:
    grace, path = await start(service, questions=MAX_QUESTIONS)

    answer = await grace.client.post(path, json=TRUE_FALSE)

    check_refusal(answer, 409, "too_many_parts")
    rows = await read_quiz(grace, path)
    await delete(grace, f"/questions/{rows[7]['id']}")
    assert (await grace.post(path, TRUE_FALSE))["position"] == MAX_QUESTIONS


@pytest.mark.parametrize(
    "given",
    [
        {}, {"kind": "essay", "prompt": "?"}, {"kind": "true_false", "prompt": "?"},
        {**KINDS[0], "wrong": []}, {**KINDS[0], "wrong": ["a"]}, {**KINDS[0], "wrong": ["b"] * 10},
        {**KINDS[1], "right": ["a"]}, {**KINDS[2], "answer": 1}, {**KINDS[2], "answer": "true"},
        {**KINDS[3], "answer": "2"}, {**KINDS[3], "tolerance": -1}, {**KINDS[3], "answer": 1e16},
        {**KINDS[4], "accept": []}, {**KINDS[2], "prompt": " "}, {**KINDS[2], "prompt": "x" * 2001},
        {**KINDS[2], "explanation": None}, {**KINDS[2], "key": "A b"}, {**KINDS[2], "position": 1},
        {**KINDS[2], "right": "a"}, {**KINDS[2], "status": "published"},
    ],
    ids=lambda given: str(given)[:60],
)  # fmt: skip
async def test_what_no_question_is_is_refused(service: Service, given: dict[str, Any]) -> None:
    grace, path = await start(service)
    rows = await read_quiz(grace, path)

    created = await grace.client.post(path, json=given)
    changed = await grace.client.patch(f"/questions/{rows[0]['id']}", json={"question": given})

    check_refusal(created, 422, "validation_error")
    check_refusal(changed, 422, "validation_error")
    assert await read_quiz(grace, path) == rows


@pytest.mark.parametrize(
    "body",
    [
        {"position": 0},
        {"position": 51},
        {"position": "1"},
        {"position": None},
        {"question": None},
        {"status": 1},
    ],
    ids=str,
)
async def test_what_no_change_is_is_refused(service: Service, body: dict[str, Any]) -> None:
    grace, path = await start(service)
    rows = await read_quiz(grace, path)

    answer = await grace.client.patch(f"/questions/{rows[0]['id']}", json=body)

    check_refusal(answer, 422, "validation_error")


@pytest.mark.parametrize("given", KINDS, ids=lambda given: str(given["kind"]))
async def test_another_definition_takes_the_place_at_once(
    service: Service, given: dict[str, Any]
) -> None:
    grace, path = await start(service)
    before = (await read_quiz(grace, path))[1]

    after = await patch(grace, f"/questions/{before['id']}", question=given)

    assert after == {
        **before,
        "revision": 2,
        "question": {**given, "key": "q-2", "explanation": ""},
    }
    assert (await read_quiz(grace, path))[1] == after
    assert await quiz_revision(grace, path) == 2
    assert await revision_of(grace) == 2


async def test_a_key_can_be_changed(service: Service) -> None:
    grace, path = await start(service)
    before = (await read_quiz(grace, path))[0]

    definition = {**before["question"], "key": "first"}
    after = await patch(grace, f"/questions/{before['id']}", question=definition)

    assert after["question"] == definition
    assert await list_keys(grace, path) == ["first", "q-2", "q-3"]


async def test_sending_back_what_was_read_changes_nothing(service: Service) -> None:
    grace, path = await start(service, questions=5)
    rows = await read_quiz(grace, path)

    for row in rows:
        await patch(grace, f"/questions/{row['id']}")
        changed = {"question": row["question"], "position": row["position"]}
        assert await patch(grace, f"/questions/{row['id']}", **changed) == row

    assert await read_quiz(grace, path) == rows
    assert await quiz_revision(grace, path) == 1
    assert await revision_of(grace) == 1


@pytest.mark.parametrize(
    ("question", "place", "expected"),
    [(1, 3, [2, 3, 1]), (1, 50, [2, 3, 1]), (3, 1, [3, 1, 2]), (2, 1, [2, 1, 3])],
)
async def test_a_question_moves_and_the_others_shift(
    service: Service, question: int, place: int, expected: list[int]
) -> None:
    grace, path = await start(service)
    row = (await read_quiz(grace, path))[question - 1]

    moved = await patch(grace, f"/questions/{row['id']}", position=place)

    assert moved == {**row, "position": min(place, 3)}
    assert await list_keys(grace, path) == [f"q-{number}" for number in expected]
    assert await quiz_revision(grace, path) == 2
    assert await revision_of(grace) == 2


async def test_a_new_question_comes_last_whatever_was_deleted_before(service: Service) -> None:
    grace, path = await start(service, questions=4)
    for row in (await read_quiz(grace, path))[:2]:
        await delete(grace, f"/questions/{row['id']}")

    await grace.post(path, {**TRUE_FALSE, "key": "new"})

    assert await list_keys(grace, path) == ["q-3", "q-4", "new"]


async def test_deleting_a_published_question_archives_it(service: Service) -> None:
    ada = await service.learner()
    grace, path = await start(service)
    row = (await read_quiz(grace, path))[0]

    await delete(grace, f"/questions/{row['id']}")

    assert await list_keys(grace, path) == ["q-2", "q-3"]
    assert list_days(await ada.get("/courses/python"))[0]["questions"] == 2
    assert await quiz_revision(grace, path) == 2
    assert await revision_of(grace) == 2
    for answer in (
        await grace.client.delete(f"/questions/{row['id']}"),
        await grace.client.patch(f"/questions/{row['id']}", json={"position": 1}),
    ):
        check_refusal(answer, 404, "question_not_found")


async def test_what_is_done_to_a_draft_leaves_the_quiz_of_learners(service: Service) -> None:
    ada = await service.learner()
    grace, path = await start(service)
    row = await grace.post(path, TRUE_FALSE)

    changed = {"question": {**TRUE_FALSE, "answer": False}, "position": 1}
    changed = await patch(grace, f"/questions/{row['id']}", **changed)

    assert (changed["revision"], changed["position"]) == (2, 1)
    assert list_days(await ada.get("/courses/python"))[0]["questions"] == 3
    await delete(grace, f"/questions/{row['id']}")
    assert await list_keys(grace, path) == ["q-1", "q-2", "q-3"]
    assert await quiz_revision(grace, path) == 1
    assert await revision_of(grace) == 4


async def test_publishing_adds_the_drafts_to_the_quiz(service: Service) -> None:
    ada = await service.learner()
    grace, path = await start(service)
    await grace.post(path, TRUE_FALSE)

    await grace.post("/courses/python/publish")

    assert {row["status"] for row in await read_quiz(grace, path)} == {"published"}
    days = list_days(await ada.get("/courses/python"))
    assert [day["questions"] for day in days] == [4, 3, 3, 3, 3, 3, 3]
    assert await quiz_revision(grace, path) == 2
    other = f"/course-tasks/{days[1]['id']}/questions"
    assert await quiz_revision(grace, other) == 1
    assert await revision_of(grace) == 3


async def test_an_erased_draft_frees_its_key(service: Service) -> None:
    grace, path = await start(service, status=ContentStatus.DRAFT)
    row = (await read_quiz(grace, path))[0]
    await delete(grace, f"/questions/{row['id']}")

    again = await grace.post(path, {**TRUE_FALSE, "key": "q-1"})

    assert again["id"] > row["id"]


async def test_what_is_not_there_is_not_found(service: Service) -> None:
    grace = await author(service)

    answer = await grace.client.post("/course-tasks/1/questions", json=TRUE_FALSE)
    check_refusal(answer, 404, "course_task_not_found")
    for answer in (
        await grace.client.patch("/questions/1", json={"position": 1}),
        await grace.client.delete("/questions/1"),
    ):
        check_refusal(answer, 404, "question_not_found")
