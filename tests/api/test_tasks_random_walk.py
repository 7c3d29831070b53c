"""Long sequences of whatever a client may do to one task: nothing is paid twice, nothing breaks."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.api.task_steps import GROWING, dump_tables, list_all, sleep
from tests.support.clock import START
from tests.support.service import Learner, Service

RULES = [None, "FREQ=DAILY", "FREQ=DAILY;COUNT=2", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO"]
ZONES = ["UTC", "Pacific/Auckland", "America/Los_Angeles"]
MOVES = [("POST", "complete"), ("POST", "undo"), ("PATCH", "complete")]
EXPECTED = {200, 409, 422}
STEPS = 60


def pick_day(random: Random) -> str | None:
    day = random.choice([None, *range(-2, 6)])
    return None if day is None else (START + timedelta(days=day)).date().isoformat()


def pick_plan(random: Random) -> dict[str, Any]:
    ticks = [{"text": text, "done": random.random() < 0.5} for text in "AB"]
    plan = {"recurrence": random.choice(RULES), "due_on": pick_day(random), "checklist": ticks}
    return {name: value for name, value in plan.items() if random.random() < 0.5}


async def step(random: Random, service: Service, ada: Learner, path: str) -> None:
    """One thing that a client may do; none may fail."""
    choice = random.random()
    if choice < 0.1:
        await sleep(service, ada, hours=random.choice([1, 24]))
    elif choice < 0.15:
        await ada.client.patch("/users/me", json={"timezone": random.choice(ZONES)})
    elif choice < 0.35:
        answer = await ada.client.patch(path, json=pick_plan(random))
        assert answer.status_code in EXPECTED, answer.text
    else:
        method, verb = random.choice(MOVES)
        body = {"occurrence_on": pick_day(random)}
        answer = await ada.client.request(method, f"{path}/{verb}", json=body)
        assert answer.status_code in EXPECTED, answer.text


async def check_task(ada: Learner, path: str) -> dict[str, Any]:
    task = await ada.get(path)
    assert task["completed"] == (task["completed_at"] is not None)
    if task["recurrence"] is None:
        assert task["current_occurrence_on"] is None
    else:
        assert (task["due_on"] is None) == (task["current_occurrence_on"] is None)
        assert (task["due_on"] is None) == task["completed"]
    return task


async def check_ledger(ada: Learner) -> None:
    """Each source stands at most once, and the balances are the sums."""
    entries = await list_all(ada, "/game/ledger", limit=100)
    standing: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        source = (entry["source_type"], entry["source_id"])
        standing[source] += 1 if entry["reverses_id"] is None else -1
    assert set(standing.values()) <= {0, 1}
    profile = await ada.get("/game/profile")
    assert profile["xp"] == sum(entry["xp"] for entry in entries)
    assert profile["gold"] == sum(entry["gold"] for entry in entries)


async def check_identity(service: Service, ada: Learner, path: str, task: dict[str, Any]) -> None:
    """Completing what is current and undoing it leaves no trace, whatever went before."""
    body = {"occurrence_on": task["current_occurrence_on"]}
    before = await dump_tables(service, without=GROWING)
    completed = await ada.client.post(f"{path}/complete", json=body)
    if completed.is_success and completed.json()["outcome"]["entries"]:
        await ada.post(f"{path}/undo", body)
        assert await dump_tables(service, without=GROWING) == before


@pytest.mark.parametrize("seed", range(8))
async def test_a_walk(service: Service, seed: int) -> None:
    random = Random(seed)
    ada = await service.learner()
    path = f"/tasks/{(await ada.create_task())['id']}"

    for n in range(STEPS):
        await step(random, service, ada, path)
        task = await check_task(ada, path)
        if n % 10 == 9:
            await check_identity(service, ada, path, task)
            await check_ledger(ada)
            await list_all(ada, f"{path}/occurrences", limit=3)
