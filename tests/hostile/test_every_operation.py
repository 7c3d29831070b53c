"""Every operation under hostile requests.

Never a 5xx, only answers that the document knows, and a refusal changes nothing.
"""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import event

from app.core.roles import Role
from app.db.session import Database
from app.main import app
from tests.api.definition_steps import PATHS
from tests.api.review_steps import add_cards, enroll
from tests.hostile.attacks import Attack, Attacker
from tests.support.contract import Operation, check_documented, check_problem, list_operations
from tests.support.courses import add_course, list_day_ids, list_questions
from tests.support.logs import listen
from tests.support.service import Learner, Service
from tests.support.state import read_state

DOCUMENT = app.openapi()
OPERATIONS = list(list_operations(DOCUMENT))

CALLERS = ("nobody", "learner", "superuser", "author")

RENAMES = {"update_course"}
"""After these a thing may have another name in paths."""

DEFINITION = "first"
"""The key of each definition."""


@dataclass
class World:
    """Some people and things to attack, and with."""

    tokens: dict[str, str | None]
    names: dict[str, dict[str, str]]


async def make_world(service: Service) -> World:
    """Make everything anew; the things have the same kinds of ids each time."""
    await service.reset()
    learner = await service.add_user("ada@example.org")
    admin = await service.add_user("root@example.org", is_superuser=True)
    author = await service.add_user("grace@example.org", role=Role.AUTHOR)
    victim = await service.add_user("eve@example.org")
    course = await make_course(service)
    await define_game(service, admin)
    people = {"learner": learner, "superuser": admin, "author": author}
    tokens: dict[str, str | None] = {"nobody": None}
    names: dict[str, dict[str, str]] = {"nobody": {}}
    for caller, user_id in people.items():
        tokens[caller] = await service.open_session(user_id)
        names[caller] = {"session_id": str(UUID(int=user_id)), "user_id": str(victim)}
        client = service.client(tokens[caller])
        fields = {"title": "Water the plants", "recurrence": "FREQ=DAILY", "due_on": "2026-03-01"}
        task = (await client.post("/tasks", json=fields)).json()
        names[caller]["task_id"] = str(task["id"])
        names[caller]["own_id"] = str(user_id)
        names[caller]["item"] = "heart"
        names[caller] |= {**course.names, "number": "1", "key": DEFINITION}
        names[caller]["card_id"] = await take_course(service, user_id, course.id)
        names[caller] |= await add_party(service, client, victim)
        names[caller]["challenge_id"] = await add_challenge(client, names[caller]["party_id"])
    return World(tokens, names)


async def define_game(service: Service, admin_id: int) -> None:
    """A quest, a boss and a badge, all of one key."""
    client = service.client(await service.open_session(admin_id))
    for path, body in PATHS.items():
        answer = await client.post(f"/game/{path}", json={**body, "key": DEFINITION})
        assert answer.status_code == 201, answer.text


@dataclass
class Content:
    """A course, and how paths name it and its parts."""

    id: int
    names: dict[str, str]


async def make_course(service: Service) -> Content:
    """A published course with quizzes."""
    database = service.parts.database
    course_id = await add_course(database)
    day_id = (await list_day_ids(database, course_id))[0]
    question_id = (await list_questions(database, day_id))[0].id
    async with database.reading() as uow:
        week_id = (await uow.courses.list_weeks(course_id, ["published"]))[0].id
    names = {"week_id": week_id, "course_task_id": day_id, "question_id": question_id}
    return Content(course_id, {"slug": "python"} | {name: str(names[name]) for name in names})


async def add_challenge(client: httpx.AsyncClient, party_id: str) -> str:
    """A challenge in the caller's party that starts tomorrow. Gives its id."""
    body = {
        "party_id": int(party_id), "title": "Sprint", "description": "Do it.",
        "metric": "tasks_completed", "target": 3,
        "starts_at": "2026-03-03T12:00:00Z", "ends_at": "2026-03-04T12:00:00Z",
    }  # fmt: skip
    return str((await client.post("/game/challenges", json=body)).json()["id"])


async def add_party(service: Service, client: httpx.AsyncClient, member_id: int) -> dict[str, str]:
    """A party of the client's with one more member, and the token of an invitation into it."""
    party_id = (await client.post("/game/parties", json={"name": "Owls"})).json()["id"]
    path = f"/game/parties/{party_id}/invitations"
    made = [(await client.post(path, json={})).json() for _ in range(2)]
    member = service.client(await service.open_session(member_id))
    await member.post(f"/game/party-invitations/{made[0]['token']}/accept")
    invitation = made[1]
    return {
        "party_id": str(party_id),
        "invitation_id": str(invitation["id"]),
        "token": invitation["token"],
    }


async def take_course(service: Service, user_id: int, course_id: int) -> str:
    """Enrol somebody, and give them a card to review. Gives its id."""
    person = Learner(user_id, "", service.client())
    await enroll(service, person, course_id)
    (card_id,) = await add_cards(service, person, course_id, 1)
    return str(card_id)


def is_let_in(operation: Operation, caller: str) -> bool:
    """Whether the caller gets as far as the operation's own code, others not getting farther."""
    if "security" not in operation.spec:
        return caller == "nobody"
    forbidden = str(operation.spec["responses"].get("403"))
    for_superusers = "superuser_required" in forbidden or "admin_required" in forbidden
    for_authors = "author_required" in forbidden
    return caller == ("superuser" if for_superusers else "author" if for_authors else "learner")


def list_attacks(operation: Operation, caller: str, names: dict[str, str]) -> Iterator[Attack]:
    """What a caller tries on an operation. Most where it gets farthest."""
    is_own_path = operation.path.startswith("/api/v1/{user_id}/")
    if is_own_path:
        names = {**names, "user_id": names.get("own_id", "1")}
    attacker = Attacker(DOCUMENT, operation, names)
    yield attacker.in_order()
    yield from attacker.by_path()
    if caller == "nobody" or is_let_in(operation, caller):
        yield from attacker.by_body()
    if is_let_in(operation, caller):
        yield from attacker.by_query()
        yield from attacker.by_header()
        if not is_own_path:  # the same functions as without the id
            yield from attacker.by_field()


async def send(client: httpx.AsyncClient, attack: Attack, token: str | None) -> httpx.Response:
    """Send an attack as it stands."""
    headers = {b"authorization": f"Bearer {token}".encode()} if token else {}
    return await client.request(
        attack.method,
        f"http://testserver{attack.path}",
        headers={**headers, **attack.headers},
        content=attack.body,
    )


def check(operation: Operation, attack: Attack, answer: httpx.Response) -> None:
    """An answer to a hostile request is one that the document knows, or a 404 or 405 of the router's."""
    assert answer.status_code < 500, attack
    if answer.status_code >= 400:
        code = check_problem(answer)["code"]
        if code in {"not_found", "method_not_allowed"}:  # the path was no longer the operation's
            return
    check_documented(operation, answer)


@pytest.fixture
async def world(service: Service) -> World:
    # Connections that another test cut off may only now be collected, and complain in the log.
    gc.collect()
    return await make_world(service)


@dataclass
class Commits:
    """Counts what is committed: without a commit nothing is changed, and need not be looked at."""

    database: Database
    count: int = 0

    def __enter__(self) -> "Commits":
        event.listen(self.database.engines.writing.sync_engine, "commit", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.database.engines.writing.sync_engine, "commit", self._hear)

    def _hear(self, _connection: object) -> None:
        self.count += 1


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_an_operation_under_attack(
    service: Service, world: World, operation: Operation, sent: dict[str, int]
) -> None:
    database = service.parts.database
    state = await read_state(database)
    for caller in CALLERS:
        with listen(level="error") as log, Commits(database) as commits:
            for attack in list_attacks(operation, caller, world.names[caller]):
                before = commits.count
                answer = await send(service.client(), attack, world.tokens[caller])

                sent[str(answer.status_code)] = sent.get(str(answer.status_code), 0) + 1
                assert not log.getvalue(), attack
                check(operation, attack, answer)
                if answer.status_code == 204 or (answer.is_success and operation.name in RENAMES):
                    # something is gone: a session, a task, the caller
                    world = await make_world(service)
                await service.parts.background.drain(5)  # what an earlier answer left to be done
                if commits.count != before:
                    found = await read_state(database)
                    assert answer.is_success or found == state, f"a refusal changed: {attack}"
                    state = found
    assert await read_state(database) == state  # whatever was not looked at changed nothing


def test_every_operation_of_the_app_is_attacked() -> None:
    attacked: set[Any] = {(operation.method, operation.path) for operation in OPERATIONS}

    assert len(attacked) == len(OPERATIONS) >= 40
