"""No statement costs a learner more because there are others: on PostgreSQL, with 250 and with 2,000.

A walk through the whole API is made at both sizes, and every statement is explained as it is sent, so that
a new one is looked at without being named. Who walks has as many rows of each kind both times.
"""

from collections.abc import Iterator, Mapping

import pytest

from tests.budgets.journey import OPERATIONS, list_parameters, name_operation
from tests.budgets.looking import LARGE, SMALL, Looked, look
from tests.budgets.plan_cost import Cost, Key
from tests.budgets.plan_log import Way
from tests.support.databases import migrate_url, provide_server

pytestmark = pytest.mark.postgresql

MANY_ROWS = 5000
"""A table with more of them is not read whole."""
CONTENT = {"courses", "weeks", "course_tasks", "quiz_questions"}
"""Written by authors: they are as large as they are, however many learn."""
SMALL_INDEXES = {
    "ix_courses_status_id",
    "ix_weekly_scores_awaiting",  # who waits for a place in a league, for some seconds
}
TIMES, SLACK = 1.5, 150
"""By so much two plans for the same may differ: by one more level of an index for each row that is found."""

ROWS = 300
"""As many rows of tables and indexes does a statement look at. The learner has 150 of several kinds."""
PAGE, BESIDE = 21, 20
"""The rows of a page, of each table that is looked up for it, and some beside it."""

ABOUT_ALL = {
    "try_badge", "try_quest", "try_challenge",  # definitions tried on all that was ever done, for admins
    "job: measure_tables",  # counts all learners once an hour
}  # fmt: skip
BATCHES = {"job: clear_away"}
"""A thousand rows are erased at a time; of a few ten thousand they are found by reading all."""

# Where more rows are looked at than anywhere else, how many, and why.
MORE_ROWS: Mapping[str, int] = {
    "get_leaderboard: around me": 1000,  # so far a rank is counted, and not read from the histogram
    "get_leaderboard: of all time around me": 1000,
    "get_leaderboard: of a challenge around me": 2100,  # and of each whether tables may show it
    "get_challenge_leaderboard: around me": 2100,
    "job: clear_away": 2000,  # a batch, found and erased
    "undo_": 1200,  # goals are measured anew by the learner's own activities
    "toggle_task": 1200,
    "list_courses": 800,  # of each course on the page its days are counted
    "list_my_courses": 250,
    "list_bosses": 2500,  # of each course that is taken its days are counted, or of all at once
    "list_badges": 250,  # all badges are ranked
    "list_badge_revisions": 200,
    "list_quest_revisions": 200,
    "export_course": 1300,  # the whole course
    "list_tasks: found": 160,  # one's own tasks are searched
    "list_tasks: tagged": 160,
    "list_tasks: open and due": 160,
}


@pytest.fixture(scope="module")
async def looked(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Looked:
    with provide_server() as server:
        server.create_database("plans")
        migrate_url(server.url("plans"))
        return await look(server.url("plans"), tmp_path_factory.mktemp("plans"))


def is_named(step: str, names: set[str]) -> bool:
    """Whether a step is one of these, or one that begins so."""
    return step.startswith(tuple(names))


def is_list(step: str) -> bool:
    """Whether a step asks for a page of a list."""
    operation = OPERATIONS.get(name_operation(step))
    return operation is not None and "cursor" in list_parameters(operation)


def allow_rows(step: str, cost: Cost) -> int:
    """How many rows a statement of a step may look at."""
    plain = step.replace("_of_user", "", 1)
    named = [rows for name, rows in MORE_ROWS.items() if plain.startswith(name)]
    of_page = PAGE * cost.tables + BESIDE
    return max(named, default=of_page if is_list(step) else ROWS)


def list_costs(costs: Mapping[Key, Cost], *ways: Way) -> Iterator[tuple[Key, Cost]]:
    """Those of statements that are not about all learners."""
    for (step, way, sql), cost in costs.items():
        if way in ways and not is_named(step, ABOUT_ALL):
            yield (step, way, sql), cost


def write(found: Mapping[Key, str]) -> str:
    """What is wrong, to be read."""
    return "\n".join(
        f"{step}, {way}: {what}\n    {sql}" for (step, way, sql), what in found.items()
    )


async def test_no_large_table_is_read_whole(looked: Looked) -> None:
    large = {name for name, rows in looked.table_sizes.items() if rows > MANY_ROWS} - CONTENT
    assert {"tasks", "activities", "reward_entries", "notifications", "user_sessions"} <= large

    wrong = {
        key: str(cost)
        for key, cost in list_costs(looked.large, Way.PLAIN)
        if cost.whole & large and not is_named(key[0], BATCHES)
    }
    assert not wrong, write(wrong)


async def test_no_index_is_read_whole(looked: Looked) -> None:
    """Which happens where its first column is not said: quickly, as long as it is small."""
    wrong = {
        key: str(cost)
        for key, cost in list_costs(looked.large, Way.LARGE, Way.BLIND)
        if cost.astray - SMALL_INDEXES
    }
    assert not wrong, write(wrong)


async def test_nothing_costs_more_among_more_learners(looked: Looked) -> None:
    capped = {name for name in MORE_ROWS if name.endswith("around me")} | BATCHES
    small = dict(list_costs(looked.small, Way.LARGE, Way.BLIND))
    large = dict(list_costs(looked.large, Way.LARGE, Way.BLIND))
    assert not [key for key in small.keys() ^ large.keys() if not is_named(key[0], capped)]

    wrong = {
        key: f"{small[key]} among {SMALL}, {cost} among {LARGE}"
        for key, cost in large.items()
        if not is_named(key[0], capped) and cost.work > TIMES * small[key].work + SLACK
    }
    assert not wrong, write(wrong)


async def test_a_statement_looks_at_few_rows(looked: Looked) -> None:
    wrong = {
        key: f"{cost}, but {allow_rows(key[0], cost)} are allowed"
        for key, cost in list_costs(looked.large, Way.LARGE, Way.BLIND)
        if max(cost.rows, cost.sorted) > allow_rows(key[0], cost)
    }
    assert not wrong, write(wrong)


async def test_every_list_went_on_to_a_next_page(looked: Looked) -> None:
    """Else what is beyond a cursor was not looked at."""
    assert looked.went_on == {name for name in OPERATIONS if is_list(name)}
