"""Redis is killed, hangs and comes back while learners play: every answer is right, and none is a 5xx."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.api.authoring_steps import author, patch
from tests.api.table_steps import TABLE
from tests.support.courses import add_course
from tests.support.redis import PrivateRedis, provide_redis
from tests.support.service import Learner, Service, run_service

LEARNERS = 6
ROUNDS_IN_EACH_STATE = 20
WAITS_AT_MOST = 60


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    with provide_redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@dataclass
class Play:
    """What goes on, and how far it is."""

    service: Service
    title: int = 0
    """The number in the title of the course's week that is surely committed."""
    rounds: int = 0
    is_over: bool = False
    progressed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def learn(self, learner: Learner) -> None:
        """Complete tasks, and look at table and course after each."""
        score = 0
        while not self.is_over:
            task = await learner.create_task()
            done = await learner.post(f"/tasks/{task['id']}/complete")
            score += done["outcome"]["xp"]
            await self.check_table(learner, score)
            await self.check_course(learner)
            async with self.progressed:
                self.rounds += 1
                self.progressed.notify_all()

    async def check_table(self, learner: Learner, score: int) -> None:
        rows = (await learner.get(TABLE, limit=100))["items"]
        assert [row["score"] for row in rows if row["is_me"]] == [score]
        assert [row["score"] for row in rows] == sorted((r["score"] for r in rows), reverse=True)

    async def check_course(self, learner: Learner) -> None:
        least = self.title
        week = (await learner.get("/courses/python"))["weeks"][0]
        assert int(week["title"]) >= least

    async def write(self, writer: Learner, week_id: int) -> None:
        """Rename the week, again and again."""
        number = 0
        while not self.is_over:
            number += 1
            await patch(writer, f"/weeks/{week_id}", title=str(number))
            self.title = number
            await asyncio.sleep(0.02)

    async def go_on(self) -> None:
        """Wait until some more rounds were played."""
        aim = self.rounds + ROUNDS_IN_EACH_STATE
        async with asyncio.timeout(WAITS_AT_MOST), self.progressed:
            await self.progressed.wait_for(lambda: self.rounds >= aim)


async def wait_until_it_is_back(service: Service) -> None:
    give_up_at = time.monotonic() + WAITS_AT_MOST
    while (await service.client().get("/health/ready")).json()["redis"] != "ok":
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.05)


async def test_answers_stay_right_whatever_becomes_of_redis(
    database_url: str, tmp_path: Path, redis: PrivateRedis
) -> None:
    async with run_service(database_url, tmp_path, redis_url=redis.url) as service:
        learners = [await service.learner(f"n{n}@example.org") for n in range(LEARNERS)]
        writer = await author(service)
        await add_course(service.parts.database)
        week_id = (await writer.get("/courses/python"))["weeks"][0]["id"]
        await patch(writer, f"/weeks/{week_id}", title="0")
        play = Play(service)
        async with asyncio.TaskGroup() as group:
            for learner in learners:
                group.create_task(play.learn(learner))
            group.create_task(play.write(writer, week_id))
            for change in (redis.stop, redis.start, redis.freeze, redis.thaw, redis.stop):
                await play.go_on()
                change()
            await play.go_on()
            redis.start()
            await wait_until_it_is_back(service)
            await play.go_on()
            play.is_over = True
        # What is kept is used again, without a restart.
        await learners[0].get(TABLE)
        with service.statements.count() as statements:
            await learners[0].get(TABLE)
        await service.reset()
    assert len(statements) == 1, statements
