"""Closing challenges: each has a job that is due at its end."""

from datetime import datetime

from app.core.jobs import JobKind
from app.worker.challenge_closing import close_challenges
from tests.challenges.challenge_steps import CHALLENGES, announce, load, make_admin
from tests.support.logs import listen
from tests.support.service import Service
from tests.worker.job_steps import list_jobs


async def test_a_challenge_is_closed_at_its_end(service: Service) -> None:
    challenge = await announce(await make_admin(service), starts_in=0, hours=1)
    ends_at = datetime.fromisoformat(challenge["ends_at"])
    (job,) = await list_jobs(service)
    assert (job.kind, job.due_at) == (JobKind.CLOSE_CHALLENGES, ends_at)
    service.clock.set(ends_at)
    with listen() as log:
        await service.settle()
    assert (await load(service, challenge["id"])).closed_at == ends_at
    told = [line["challenge_id"] for line in log.lines if line["event"] == "challenge_closed"]
    assert told == [challenge["id"]]


async def test_whose_end_is_changed_is_closed_at_the_new_one(service: Service) -> None:
    root = await make_admin(service)
    challenge = await announce(root, starts_in=2, hours=1)
    path = f"{CHALLENGES}/{challenge['id']}"
    later = challenge["ends_at"].replace("T15", "T16")
    for changes in ({"ends_at": later}, {"title": "Another"}, {"ends_at": challenge["ends_at"]}):
        assert (await root.client.patch(path, json=changes)).status_code == 200
    due = [job.due_at.isoformat().replace("+00:00", "Z") for job in await list_jobs(service)]
    assert due == [challenge["ends_at"], later]


async def test_what_was_closed_before_is_left_alone(service: Service) -> None:
    challenge = await announce(await make_admin(service), starts_in=0, hours=1)
    service.clock.advance(hours=1)
    await close_challenges(service.parts)
    closed = await load(service, challenge["id"])
    service.clock.advance(hours=1)
    await service.settle()
    assert (await load(service, challenge["id"])).closed_at == closed.closed_at
