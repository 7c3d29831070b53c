"""``GET /users/me/background-tasks``: the jobs that are about the caller, and nobody else's."""

from app.core.jobs import JobRequest
from app.worker.jobs import JobRunner
from tests.api.task_steps import check_refusal
from tests.support.service import Learner, Service
from tests.worker.job_steps import KIND
from tests.worker.test_jobs import Counter

PATH = "/users/me/background-tasks"


async def want_for(service: Service, who: Learner, number: int) -> int:
    request = JobRequest(KIND, {"number": number}, user_id=who.id)
    async with service.parts.database.writing() as transaction:
        job_id = await transaction.uow.background_tasks.add(request, service.clock.now())
        await transaction.commit()
    assert job_id is not None
    return job_id


async def test_learners_see_their_own(service: Service) -> None:
    ada, eve = [await service.learner(f"{name}@example.org") for name in ("ada", "eve")]
    done, queued = [await want_for(service, ada, number) for number in (1, 2)]
    await want_for(service, eve, 3)
    await JobRunner(service.parts, {KIND: Counter()}).run(done)
    now = service.clock.now().isoformat().replace("+00:00", "Z")
    both = {"kind": KIND, "created_at": now, "due_at": now}
    assert await ada.get(PATH) == {
        "items": [
            {"id": queued, "status": "queued", "attempts": 0, "finished_at": None, "result": None, **both},
            {
                "id": done, "status": "done", "attempts": 1, "finished_at": now,
                "result": {"doubled": 2}, **both,
            },
        ],
        "next_cursor": None,
    }  # fmt: skip


async def test_they_come_in_pages(service: Service) -> None:
    ada = await service.learner()
    ids = [await want_for(service, ada, number) for number in range(5)]
    first = await ada.get(PATH, limit=3)
    second = await ada.get(PATH, limit=3, cursor=first["next_cursor"])
    shown = [job["id"] for job in [*first["items"], *second["items"]]]
    assert (shown, second["next_cursor"]) == (list(reversed(ids)), None)
    check_refusal(await ada.client.get(PATH, params={"cursor": "x"}), 422, "bad_cursor")


async def test_it_costs_two_statements(service: Service) -> None:
    ada = await service.learner()
    await want_for(service, ada, 1)
    with service.statements.count() as statements:
        await ada.get(PATH)
    assert len(statements) == 2


async def test_what_the_service_wants_for_itself_is_nobodys(service: Service) -> None:
    ada = await service.learner()
    async with service.parts.database.writing() as transaction:
        await transaction.uow.background_tasks.add(JobRequest(KIND), service.clock.now())
        await transaction.commit()
    assert (await ada.get(PATH))["items"] == []
