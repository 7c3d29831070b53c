"""Several authors at one course at the same time."""

import asyncio
from typing import Any

from tests.api.authoring_steps import (
    TRUE_FALSE,
    WEEK,
    author,
    list_days,
    patch,
    revision_of,
    write_draft,
)
from tests.support.courses import add_course, small_course
from tests.support.databases import POSTGRESQL
from tests.support.service import Learner, Service


async def authors(service: Service) -> list[Learner]:
    return [await author(service, f"author-{number}@example.org") for number in range(4)]


async def test_edits_of_different_parts_all_land_and_are_all_counted(service: Service) -> None:
    writers = await authors(service)
    await add_course(service.parts.database, small_course(weeks=2))
    tree = await writers[0].get("/courses/python")
    week, day = tree["weeks"][0], list_days(tree)[0]
    questions = (await writers[0].client.get(f"/course-tasks/{day['id']}/questions")).json()
    changes: list[tuple[str, dict[str, Any]]] = [
        ("/courses/python", {"title": "New course"}),
        (f"/weeks/{week['id']}", {"title": "New week"}),
        (f"/course-tasks/{day['id']}", {"title": "New day"}),
        (f"/questions/{questions[0]['id']}", {"question": TRUE_FALSE}),
    ]

    await asyncio.gather(
        *(
            patch(writer, path, **change)
            for writer, (path, change) in zip(writers, changes, strict=True)
        )
    )

    after = await writers[0].get("/courses/python")
    assert after["title"] == "New course"
    assert after["weeks"][0]["title"] == "New week"
    assert list_days(after)[0]["title"] == "New day"
    assert after["revision"] == 1 + len(changes)


async def test_edits_of_one_part_all_land(service: Service) -> None:
    writers = await authors(service)
    await add_course(service.parts.database)
    week = (await writers[0].get("/courses/python"))["weeks"][0]
    changes = [{"title": "A"}, {"milestone": "B"}, {"boss": "C"}, {"boss": "C"}]

    await asyncio.gather(
        *(
            patch(writer, f"/weeks/{week['id']}", **change)
            for writer, change in zip(writers, changes, strict=True)
        )
    )

    after = await writers[0].get("/courses/python")
    found = after["weeks"][0]
    assert (found["title"], found["milestone"], found["boss"]) == ("A", "B", "C")
    assert after["revision"] == 4


async def test_weeks_added_at_once_get_places_and_keys_of_their_own(service: Service) -> None:
    writers = await authors(service)
    await write_draft(writers[0], weeks=0)

    added = await asyncio.gather(
        *(writer.post("/courses/python/weeks", WEEK) for writer in writers)
    )

    assert sorted(week["position"] for week in added) == [1, 2, 3, 4]
    assert len({week["key"] for week in added}) == 4
    assert await revision_of(writers[0]) == 5


async def test_moves_at_once_leave_every_week_in_a_place(service: Service) -> None:
    writers = await authors(service)
    await add_course(service.parts.database, small_course(weeks=4, questions=0))
    ids = [week["id"] for week in (await writers[0].get("/courses/python"))["weeks"]]

    await asyncio.gather(
        *(
            patch(writer, f"/weeks/{week_id}", position=1)
            for writer, week_id in zip(writers, ids, strict=True)
        )
    )

    weeks = (await writers[0].get("/courses/python"))["weeks"]
    assert sorted(week["id"] for week in weeks) == ids
    assert [week["position"] for week in weeks] == [1, 2, 3, 4]


async def test_of_two_who_give_one_day_one_is_refused(service: Service) -> None:
    writers = (await authors(service))[:2]
    tree = await write_draft(writers[0], days=0)
    path = f"/weeks/{tree['weeks'][0]['id']}/tasks"
    body = {"day": 1, "title": "A day", "minutes": 5}

    answers = await asyncio.gather(*(writer.client.post(path, json=body) for writer in writers))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(list_days(await writers[0].get("/courses/python"))) == 1


async def test_deleting_meets_changing(service: Service) -> None:
    writers = (await authors(service))[:2]
    tree = await write_draft(writers[0], weeks=2, days=1)
    path = f"/weeks/{tree['weeks'][0]['id']}"

    deleted, changed = await asyncio.gather(
        writers[0].client.delete(path), writers[1].client.patch(path, json={"title": "New"})
    )

    assert deleted.status_code == 204
    assert changed.status_code in {200, 404}
    assert len((await writers[0].get("/courses/python"))["weeks"]) == 1


async def test_learners_enrol_while_an_author_is_at_work(
    service: Service, database_kind: str
) -> None:
    ada = await service.learner()
    await add_course(service.parts.database)

    async with service.parts.database.writing() as transaction:
        assert await transaction.uow.courses.lock("python") is not None
        enrolling = asyncio.create_task(ada.client.post("/courses/python/enrollment"))
        if database_kind == POSTGRESQL:  # SQLite has one writer: there they wait for the author
            await asyncio.wait_for(asyncio.shield(enrolling), 5)

    assert (await enrolling).status_code == 201
