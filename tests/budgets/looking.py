"""A population, small and then large, and what a walk costs in each."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.budgets.jobs import work
from tests.budgets.journey import Journey
from tests.budgets.plan_cost import Cost, Key, collect_costs
from tests.budgets.plan_log import PlanLog
from tests.budgets.population import add_content, add_learners, be_quick, measure_tables
from tests.budgets.walk import walk
from tests.support.service import PASSWORD, Learner, cheap_passwords, run_service

SMALL, LARGE = 250, 2000
"""How many learners there are."""


@dataclass(frozen=True)
class Looked:
    """The costs among few learners and among many, and how many rows the tables have in the end."""

    small: Mapping[Key, Cost]
    large: Mapping[Key, Cost]
    table_sizes: Mapping[str, int]
    went_on: frozenset[str]
    """The operations that were asked for a next page among many."""


async def look(url: str, folder: Path) -> Looked:
    """Fill a migrated database of PostgreSQL, and walk through the service over it at both sizes."""
    password = await cheap_passwords().hash(PASSWORD)
    engine = create_async_engine(url)
    await be_quick(engine)
    await add_content(engine)
    await add_learners(engine, 1, SMALL, password)
    await measure_tables(engine)
    small, _ = await _look_once(url, folder, SMALL // 2)
    await add_learners(engine, SMALL + 1, LARGE, password)
    await measure_tables(engine)
    large, journey = await _look_once(url, folder, LARGE // 2)
    sizes = await _read_sizes(engine)
    await engine.dispose()
    went_on = frozenset(name for name, parameter in journey.used if parameter == "cursor")
    return Looked(small, large, sizes, went_on)


async def _look_once(url: str, folder: Path, learner_id: int) -> tuple[Mapping[Key, Cost], Journey]:
    log = PlanLog()
    async with run_service(url, folder) as service:

        @asynccontextmanager
        async def observe(step: str) -> AsyncIterator[None]:
            with log.during(step):
                yield
                await service.settle()  # what the step left to be done belongs to it

        token = await service.open_session(learner_id)
        learner = Learner(learner_id, f"user-{learner_id}@example.org", service.client(token))
        await service.settle()
        with log.listen():
            journey = await walk(service, learner, observe)
            await work(service, observe)
    assert not log.refused
    return collect_costs(log.seen), journey


async def _read_sizes(engine: AsyncEngine) -> Mapping[str, int]:
    statement = text("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'")
    async with engine.connect() as connection:
        return {row.relname: row.reltuples for row in await connection.execute(statement)}
