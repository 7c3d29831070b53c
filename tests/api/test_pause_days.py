"""``/game/pause``: how many days a calendar year has for it."""

from tests.api.pause_steps import PAUSE, complete_one, pause, put, state
from tests.api.review_steps import assert_sound
from tests.api.task_steps import check_refusal, dump_tables, sleep, wake
from tests.support.service import Service


async def test_a_refusal_says_how_long_a_pause_may_be_and_changes_nothing(
    service: Service,
) -> None:
    ada = await service.learner()
    await pause(ada, 28)
    await sleep(service, ada, days=40)
    before = await dump_tables(service)
    assert check_refusal(await put(ada, 3), 409, "pause_used_up")["max_days"] == 2
    assert await dump_tables(service) == before
    await pause(ada, 2)
    await sleep(service, ada, days=2)
    assert check_refusal(await put(ada, 1), 409, "pause_used_up")["max_days"] == 0


async def test_each_year_has_its_days(service: Service) -> None:
    service.clock.set(service.clock.now().replace(month=12, day=22))
    ada = await service.learner()
    assert await pause(ada, 30) == state("2026-12-22", "2027-01-20", 10)
    await sleep(service, ada, days=12)
    assert await ada.get(PAUSE) == state("2026-12-22", "2027-01-20", 20)
    assert await pause(ada, 28) == state("2026-12-22", "2027-01-30", 30)
    check_refusal(await put(ada, 29), 409, "pause_used_up")
    await assert_sound(service)


async def test_the_days_that_a_year_lacks_are_not_taken_from_the_next(service: Service) -> None:
    ada = await service.learner()
    await pause(ada, 26)
    await wake(service, ada, "2026-12-26T12:00:00+00:00")
    assert check_refusal(await put(ada, 5), 409, "pause_used_up")["max_days"] == 4
    await wake(service, ada, "2026-12-28T12:00:00+00:00")
    assert await pause(ada, 30) == state("2026-12-28", "2027-01-26", 30)
    await assert_sound(service)


async def test_days_that_the_year_lacks_are_lost_where_an_undo_brings_a_pause_back(
    service: Service,
) -> None:
    ada = await service.learner()
    await pause(ada, 30)
    await sleep(service, ada, days=1)
    task_id, _ = await complete_one(ada)
    await sleep(service, ada, days=10)
    await pause(ada, 29)
    await ada.post(f"/tasks/{task_id}/undo")
    assert await ada.get(PAUSE) == state("2026-03-02", "2026-03-31", 30)
    await assert_sound(service)
