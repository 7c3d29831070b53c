"""Several admins at one definition at the same time."""

import asyncio
from typing import Any

from tests.api.definition_steps import PATHS, QUEST, admin, list_revisions, patch
from tests.support.service import Learner, Service


async def admins(service: Service, count: int = 4) -> list[Learner]:
    return [await admin(service, f"admin-{number}@example.org") for number in range(count)]


async def test_changes_at_once_all_land_in_revisions_of_their_own(service: Service) -> None:
    writers = await admins(service)
    for kind, body in PATHS.items():
        await writers[0].post(f"/game/{kind}", body)
        path = f"/game/{kind}/{body['key']}"
        changes: list[dict[str, Any]] = [
            {"title": "A"},
            {"description": "B"},
            {"xp": 77},
            {"gold": 33},
        ]

        await asyncio.gather(
            *(
                patch(writer, path, **change)
                for writer, change in zip(writers, changes, strict=True)
            )
        )

        revisions = await list_revisions(writers[0], kind)
        assert [revision["revision"] for revision in revisions] == [5, 4, 3, 2, 1]
        assert sum(revision["retired_at"] is None for revision in revisions) == 1
        last = revisions[0]
        assert (last["title"], last["description"], last["xp"], last["gold"]) == ("A", "B", 77, 33)


async def test_of_many_who_change_one_revision_one_succeeds(service: Service) -> None:
    writers = await admins(service)
    await writers[0].post("/game/quests", QUEST)
    path = f"/game/quests/{QUEST['key']}"

    answers = await asyncio.gather(
        *(
            writer.client.patch(path, json={"revision": 1, "target": 10 + number})
            for number, writer in enumerate(writers)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await list_revisions(writers[0], "quests")) == 2


async def test_of_many_who_use_one_key_one_succeeds(service: Service) -> None:
    writers = await admins(service)
    for kind, body in PATHS.items():
        answers = await asyncio.gather(
            *(writer.client.post(f"/game/{kind}", json=body) for writer in writers)
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_two_quests_never_come_to_require_each_other(service: Service) -> None:
    writers = await admins(service, 2)
    for key in ("first", "second"):
        await writers[0].post("/game/quests", {**QUEST, "key": key})

    answers = await asyncio.gather(
        writers[0].client.patch("/game/quests/first", json={"requires_quest": "second"}),
        writers[1].client.patch("/game/quests/second", json={"requires_quest": "first"}),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_badge_is_not_retired_while_it_becomes_a_prize(service: Service) -> None:
    writers = await admins(service, 2)
    prize = {"key": "prize", "family": "prizes", "title": "Prize", "description": "A prize."}
    await writers[0].post("/game/badges", prize)

    created, retired = await asyncio.gather(
        writers[0].client.post("/game/quests", json={**QUEST, "badge_key": "prize"}),
        writers[1].client.delete("/game/badges/prize"),
    )

    assert (created.status_code, retired.status_code) in {(201, 409), (422, 204)}
