"""The toggle: completes what is open, undoes what is completed."""

from typing import Any

from tests.api.task_steps import GROWING, check_refusal, count_standing_rewards, dump_tables
from tests.support.service import Learner, Service


async def toggle(learner: Learner, task: dict[str, Any], body: Any = None) -> dict[str, Any]:
    answer = await learner.client.patch(f"/tasks/{task['id']}/complete", json=body)
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def test_it_completes_and_undoes_in_turn(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()

    xp = [(await toggle(ada, task))["outcome"]["xp"] for _ in range(4)]

    assert xp == [10, -10, 10, -10]


async def test_a_hundred_times_leave_at_most_one_reward(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task()
    before = await dump_tables(service, without=GROWING)

    balances = set()
    for _ in range(100):
        await toggle(ada, task)
        balances.add((await ada.get("/game/profile"))["xp"])

    assert balances == {0, 10}
    assert await count_standing_rewards(ada) == 0
    assert await dump_tables(service, without=GROWING) == before


async def test_it_toggles_an_occurrence(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")
    today = {"occurrence_on": task["current_occurrence_on"]}

    completed = await toggle(ada, task, today)
    reopened = await toggle(ada, task, today)

    assert completed["task"]["due_on"] == "2026-03-03"
    assert reopened["task"] == task


async def test_it_refuses_a_recurring_task_without_a_date(service: Service) -> None:
    ada = await service.learner()
    task = await ada.create_task(recurrence="FREQ=DAILY")

    answer = await ada.client.patch(f"/tasks/{task['id']}/complete")

    check_refusal(answer, 422, "occurrence_required")
