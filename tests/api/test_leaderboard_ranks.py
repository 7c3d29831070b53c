"""Ranks around the thousandth: exact to it, about beyond, and never against the order of the table."""

from typing import Any

import pytest

from app.worker.standings import refresh_histograms
from tests.api.table_steps import TABLE, add_learner, list_rows
from tests.support.service import Service
from tests.support.standings import add_scored


async def add_thousands(service: Service) -> None:
    """2,000 learners with a score each: 2,000 down to 1."""
    for first in (2000, 1000):
        scores = range(first, first - 1000, -1)
        await add_scored(service.parts.database, scores, f"crowd{first}-")


@pytest.mark.parametrize("period", ["week", "all"])
async def test_ranks_around_the_thousandth(service: Service, period: str) -> None:
    """Ada ties with the one on rank 1,000."""
    await add_thousands(service)
    ada = await add_learner(service, "Ada", 1001)
    query: dict[str, Any] = {"period": period, "around": "me", "limit": 6}
    before = [(rank, score) for rank, _, score in await list_rows(ada, **query)]
    await refresh_histograms(service.parts)
    after = [(rank, score) for rank, _, score in await list_rows(ada, **query)]
    exact = [(998, 1003), (999, 1002), (1000, 1001), (1000, 1001)]
    assert before == [*exact, ("~1001", 1000), ("~1001", 999)]
    assert after == [*exact, ("~1002", 1000), ("~1003", 999)]


async def test_a_page_far_below_needs_the_histogram(service: Service) -> None:
    await add_thousands(service)
    ada = await add_learner(service, "Ada", 1)
    await refresh_histograms(service.parts)
    with service.statements.count() as statements:
        page = await ada.get(TABLE, around="me", limit=4)
    assert len(statements) == 6, "\n".join(statements)
    assert [row["rank"] for row in page["items"]] == [1998, 1999, 2000, 2000]
    assert all(row["about"] for row in page["items"])
