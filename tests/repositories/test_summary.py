"""That indexes serve every statement of the start page."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.sql.elements import ClauseElement

from app.core.challenges import ChallengeState
from app.db.base import Base
from app.db.repositories import challenge_queries, leagues, quests, summary, summary_courses
from app.db.session import Transaction
from tests.support.clock import START
from tests.support.plans import explain

GIVEN: dict[str, Any] = {
    "of_user": 1, "owner": 1, "today": START.date(), "at_most": 10, "badges": 3, "count": 5,
    "now": START, "review_before": START, "on_date": START.date(), "week_on": START.date(),
    "until": START.date(), "before_end": datetime(9000, 1, 1, tzinfo=UTC), "before_id": 2**62,
}  # fmt: skip
STATEMENTS: dict[str, ClauseElement] = {
    "player": summary._PLAYER,
    "battles": summary._BATTLES,
    "courses": summary_courses.COURSES,
    "quests": quests._UNDER_WAY,
    "challenges": challenge_queries.PAGES[ChallengeState.OPEN, True],
    "league": leagues._COMPANIONS,
}
TABLES = {table.name: table for table in Base.metadata.sorted_tables}


def name_table(name: str) -> str | None:
    """The table that a step calls so, itself or by an alias; None for what is no table."""
    name = re.sub(r"(_\d+)+$", "", name)
    return name if name in TABLES else None


def is_of_users(name: str) -> bool:
    return "user_id" in TABLES[name].columns


def check_sqlite(plan: Sequence[str]) -> None:
    """Every table is searched by an index; what users have by the user, or by their league's group."""
    steps = [re.match(r"(SEARCH|SCAN) (\w+)(.*)", step) for step in plan]
    for way, alias, by in [step.groups() for step in steps if step is not None]:
        name = name_table(alias)
        if name is None:
            continue
        assert way == "SEARCH", plan
        if is_of_users(name):
            owner = r"\(rowid=\?" if name == "players" else r"\((user_id|group_id)=\?"
            assert re.search(owner, by), plan


def check_postgresql(plan: Sequence[str]) -> None:
    assert not any("Seq Scan" in step for step in plan), plan
    scanned = False
    for step, condition in zip(plan, [*plan[1:], ""], strict=True):
        scan = re.search(r"Index (?:Only )?Scan.*? on (\w+)", step)
        if scan is None:
            continue
        scanned = True
        name = name_table(scan[1])
        assert name is not None, plan
        assert condition.startswith("Index Cond") or not is_of_users(name), plan
    assert scanned


@pytest.mark.parametrize("name", STATEMENTS)
async def test_an_index_leads_to_every_row(transaction: Transaction, name: str) -> None:
    """No table is read whole, whatever others did."""
    session = transaction._session
    plan = await explain(session, STATEMENTS[name], GIVEN)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    (check_sqlite if is_sqlite else check_postgresql)(plan)
