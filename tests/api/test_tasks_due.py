"""Due dates and times: the owner's wall clock, whatever clocks and owners do."""

import pytest

from tests.api.task_steps import sleep, wake
from tests.support.service import Service

CHANGES_OF_CLOCKS = [
    ("Europe/Berlin", "2026-03-28", ["08:00", "07:00", "07:00"]),
    ("Europe/Berlin", "2026-10-24", ["07:00", "08:00", "08:00"]),
    ("America/New_York", "2026-03-07", ["14:00", "13:00", "13:00"]),
    ("America/New_York", "2026-10-31", ["13:00", "14:00", "14:00"]),
    ("Australia/Lord_Howe", "2026-04-04", ["22:00", "22:30", "22:30"]),
]


@pytest.mark.parametrize(("zone", "first_day", "utc"), CHANGES_OF_CLOCKS)
async def test_a_daily_task_at_nine_stays_at_nine(
    service: Service, zone: str, first_day: str, utc: list[str]
) -> None:
    ada = await service.learner(timezone=zone)
    await wake(service, ada, f"{first_day}T12:00:00+00:00")
    task = await ada.create_task(recurrence="FREQ=DAILY", due_on=first_day, due_time="09:00")

    shown = []
    for _ in range(3):
        assert task["due_time"] == "09:00:00"
        shown.append(task["due_at"][11:16])
        body = {"occurrence_on": task["due_on"]}
        task = (await ada.post(f"/tasks/{task['id']}/complete", body))["task"]
        await sleep(service, ada, days=1)

    assert shown == utc


@pytest.mark.parametrize(
    ("due_on", "due_at"),
    [("2026-03-29", "2026-03-29T01:30:00Z"), ("2026-10-25", "2026-10-25T00:30:00Z")],
    ids=["gap", "twice"],
)
async def test_half_past_two_is_due_once_when_clocks_change(
    service: Service, due_on: str, due_at: str
) -> None:
    ada = await service.learner(timezone="Europe/Berlin")

    task = await ada.create_task(due_on=due_on, due_time="02:30")

    assert (task["due_time"], task["due_at"]) == ("02:30:00", due_at)


async def test_the_wall_clock_goes_along_when_its_owner_moves(service: Service) -> None:
    ada = await service.learner(timezone="Europe/Berlin")
    task = await ada.create_task(due_on="2026-03-05", due_time="09:00")
    await ada.client.patch("/users/me", json={"timezone": "Asia/Tokyo"})

    moved = await ada.get(f"/tasks/{task['id']}")

    assert moved == task | {"due_at": "2026-03-05T00:00:00Z"}


async def test_a_date_alone_is_no_instant(service: Service) -> None:
    ada = await service.learner()

    assert (await ada.create_task(due_on="2026-03-05"))["due_at"] is None


async def test_a_recurring_task_may_have_a_time_alone(service: Service) -> None:
    ada = await service.learner(timezone="Europe/Berlin")

    task = await ada.create_task(recurrence="FREQ=DAILY", due_time="09:00")

    assert (task["due_on"], task["due_at"]) == ("2026-03-02", "2026-03-02T08:00:00Z")


async def test_the_hour_at_which_the_day_starts_moves_no_due_time(service: Service) -> None:
    ada = await service.learner(day_starts_at=4)

    task = await ada.create_task(due_on="2026-03-05", due_time="01:00")

    assert task["due_at"] == "2026-03-05T01:00:00Z"
