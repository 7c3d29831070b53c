"""Accepting and abandoning quests: what is recorded, what is refused, and what a repeat does."""

from datetime import date

import pytest

from app.core.questing import ONCE_ON, ONCE_UNTIL
from app.db.session import Database
from app.game.rules import RULES
from tests.api.quest_steps import (
    POOL,
    QUESTS,
    abandon,
    accept,
    read_quest,
    read_quests,
)
from tests.api.retry_steps import check_replay
from tests.api.review_steps import assert_sound
from tests.api.task_steps import check_refusal, dump_tables, sleep
from tests.support.clock import START
from tests.support.costs import cost_on
from tests.support.quests import (
    add_quests,
    complete_quest,
    list_choices,
    list_progress,
    quest_row,
    retire_quest,
    set_player,
    split_pool,
)
from tests.support.service import Learner, Service

TODAY = START.date()
SUNDAY = date(2026, 3, 8)
COSTS = {
    "story": (7, 6),
    "weekly": (7, 6),
    "daily": (7, 7),
}
"""Statements of accepting, and of abandoning."""


@pytest.fixture
async def ada(service: Service) -> Learner:
    return await service.learner()


@pytest.fixture
async def database(service: Service) -> Database:
    """With two quests of each cadence but daily, and a pool."""
    database = service.parts.database
    await add_quests(
        database,
        *(quest_row(key, "daily") for key in POOL),
        quest_row("weekly", "weekly", revision=4),
        quest_row("story"),
    )
    return database


def todays(learner: Learner) -> tuple[str, str]:
    """A daily quest of the learner's, and one that is not."""
    mine, others = split_pool(learner.id, TODAY, POOL)
    return mine[0], others[0]


@pytest.mark.parametrize(
    ("key", "period"),
    [("weekly", (TODAY, SUNDAY)), ("story", (ONCE_ON, ONCE_UNTIL))],
)
async def test_accepting(
    ada: Learner, database: Database, key: str, period: tuple[date, date]
) -> None:
    before = await read_quest(ada, key)
    answer = await accept(ada, key)
    assert answer.status_code == 200, answer.text
    accepted = {"status": "active", "accepted_at": "2026-03-02T12:00:00Z"}
    assert answer.json() == {**before, **accepted}
    assert await read_quest(ada, key) == answer.json()

    (row,) = await list_progress(database, ada.id)
    assert (row.quest_key, row.period_on, row.last_on) == (key, *period)
    assert (row.status, row.progress, row.accepted_at) == ("active", 0, START)
    assert (row.finished_at, row.finished_sequence) == (None, None)
    (activity,) = await list_choices(database, ada.id)
    assert (activity.kind, activity.source_id, activity.sequence) == (
        "quest_accepted", key, row.accepted_sequence,
    )  # fmt: skip
    assert activity.facts == {"revision": 4 if key == "weekly" else 1}
    assert not activity.paid


async def test_abandoning_and_accepting_again(
    service: Service, ada: Learner, database: Database
) -> None:
    before = await read_quest(ada, "weekly")
    await accept(ada, "weekly")
    await sleep(service, ada, hours=1)
    answer = await abandon(ada, "weekly")
    assert answer.json() == {**before, "status": "abandoned"}
    assert await read_quest(ada, "weekly") == answer.json()
    (row,) = await list_progress(database, ada.id)
    assert (row.status, row.progress, row.accepted_at) == ("abandoned", 0, None)

    await sleep(service, ada, hours=1)
    assert (await accept(ada, "weekly")).json()["accepted_at"] == "2026-03-02T14:00:00Z"
    (row,) = await list_progress(database, ada.id)
    choices = await list_choices(database, ada.id)
    assert [choice.kind for choice in choices] == [
        "quest_accepted", "quest_abandoned", "quest_accepted",
    ]  # fmt: skip
    assert (row.status, row.accepted_sequence) == ("active", choices[-1].sequence)
    await assert_sound(service)


async def test_repeats_change_nothing(service: Service, ada: Learner, database: Database) -> None:
    daily, _other = todays(ada)
    for act, key in (
        (accept, "story"), (abandon, "story"), (accept, daily), (abandon, daily), (accept, daily),
    ):  # fmt: skip
        first = await act(ada, key)
        before = await dump_tables(service)
        await sleep(service, ada, hours=1)
        again = await act(ada, key)
        assert (again.status_code, again.json()) == (200, first.json())
        after = await dump_tables(service, without={"user_sessions"})
        assert after == {name: before[name] for name in after}
    assert len(await list_choices(database, ada.id)) == 4


async def test_daily_quests_are_accepted_by_themselves(ada: Learner, database: Database) -> None:
    daily, _other = todays(ada)
    answer = await accept(ada, daily)
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert answer.json()["accepted_at"] is None
    assert await list_progress(database, ada.id) == []
    assert await list_choices(database, ada.id) == []


async def test_an_abandoned_daily_quest_is_not_replaced(ada: Learner, database: Database) -> None:
    daily, _other = todays(ada)
    before = await read_quests(ada, cadence="daily")
    assert (await abandon(ada, daily)).json()["status"] == "abandoned"
    after = await read_quests(ada, cadence="daily")
    assert list(after) == list(before)
    assert after[daily]["status"] == "abandoned"
    (row,) = await list_progress(database, ada.id)
    assert (row.period_on, row.last_on, row.status) == (TODAY, TODAY, "abandoned")

    assert (await accept(ada, daily)).json()["status"] == "active"
    (row,) = await list_progress(database, ada.id)
    choices = await list_choices(database, ada.id)
    assert (row.status, row.accepted_sequence) == ("active", choices[-1].sequence)
    assert row.accepted_at == START


async def test_yesterdays_choice_does_not_bind_today(
    service: Service, ada: Learner, database: Database
) -> None:
    await add_quests(database, quest_row("weekly-too", "weekly"))
    await accept(ada, "weekly")
    await abandon(ada, "weekly-too")
    mine, _others = split_pool(ada.id, TODAY, POOL)
    for daily in mine:
        await abandon(ada, daily)
    await sleep(service, ada, days=7)
    quests = await read_quests(ada)
    statuses = {key: quest["status"] for key, quest in quests.items() if key not in POOL}
    assert statuses == {"weekly": "available", "weekly-too": "available", "story": "available"}
    assert {quests[key]["status"] for key in quests if key in POOL} == {"active"}
    assert (await accept(ada, "weekly")).status_code == 200
    assert [str(row.period_on) for row in await list_progress(database, ada.id)][-2:] == [
        "2026-03-02", "2026-03-09",
    ]  # fmt: skip


@pytest.mark.parametrize("act", [accept, abandon])
async def test_what_there_is_none_of(ada: Learner, database: Database, act: type) -> None:
    _mine, other = todays(ada)
    await add_quests(
        database,
        quest_row("gone", retired_at=START),
        quest_row("tomorrow", "daily", pool_from=date(2026, 3, 3)),
    )
    check_refusal(await act(ada, "nothing"), 404, "quest_not_found")
    check_refusal(await act(ada, "gone"), 404, "quest_not_found")
    check_refusal(await act(ada, "tomorrow"), 404, "quest_not_found")
    check_refusal(await act(ada, other), 409, "quest_not_today")
    assert await list_choices(database, ada.id) == []


async def test_a_locked_quest_says_why(ada: Learner, database: Database) -> None:
    await add_quests(
        database,
        quest_row("high", min_level=3),
        quest_row("later", requires_quest="story"),
        quest_row("both", "weekly", min_level=2, requires_quest="story"),
    )
    refusals = {}
    for key in ("high", "later", "both"):
        body = check_refusal(await accept(ada, key), 409, "quest_locked")
        refusals[key] = {name: body.get(name) for name in ("min_level", "requires_quest")}
    assert refusals == {
        "high": {"min_level": 3, "requires_quest": None},
        "later": {"min_level": None, "requires_quest": "story"},
        "both": {"min_level": 2, "requires_quest": "story"},
    }
    await set_player(database, ada.id, xp=299)
    check_refusal(await accept(ada, "high"), 409, "quest_locked")
    await set_player(database, ada.id, xp=300)
    await accept(ada, "story")
    check_refusal(await accept(ada, "both"), 409, "quest_locked")
    await complete_quest(database, ada.id, "story")
    for key in ("high", "later", "both"):
        assert (await accept(ada, key)).json()["status"] == "active"


async def test_conditions_are_asked_for_once(ada: Learner, database: Database) -> None:
    """A level that was lost since does not take the quest away, but it can't be accepted again."""
    await add_quests(database, quest_row("high", min_level=3))
    await set_player(database, ada.id, xp=300)
    await accept(ada, "high")
    await set_player(database, ada.id, xp=0)
    quest = await read_quest(ada, "high")
    assert (quest["status"], quest["locked_by"]) == ("active", [])
    assert (await accept(ada, "high")).json()["status"] == "active"
    assert (await abandon(ada, "high")).json()["status"] == "locked"
    assert (await abandon(ada, "high")).json()["status"] == "locked"
    check_refusal(await accept(ada, "high"), 409, "quest_locked")
    assert len(await list_choices(database, ada.id)) == 2


async def test_what_is_completed(ada: Learner, database: Database) -> None:
    daily, _other = todays(ada)
    for key in ("weekly", "story"):
        await accept(ada, key)
        await complete_quest(database, ada.id, key)
        check_refusal(await accept(ada, key), 409, "quest_completed")
        check_refusal(await abandon(ada, key), 409, "quest_completed")
    await abandon(ada, daily)
    await complete_quest(database, ada.id, daily)
    assert (await accept(ada, daily)).json()["status"] == "completed"
    check_refusal(await abandon(ada, daily), 409, "quest_completed")
    assert len(await list_choices(database, ada.id)) == 3


async def test_a_weekly_quest_comes_again_and_the_other_does_not(
    service: Service, ada: Learner, database: Database
) -> None:
    for key in ("weekly", "story"):
        await accept(ada, key)
        await complete_quest(database, ada.id, key)
    await sleep(service, ada, days=7)
    assert (await accept(ada, "weekly")).json()["status"] == "active"
    check_refusal(await accept(ada, "story"), 409, "quest_completed")


async def test_no_revision_can_be_completed_again(ada: Learner, database: Database) -> None:
    await accept(ada, "story")
    await complete_quest(database, ada.id, "story")
    await retire_quest(database, "story")
    await add_quests(database, quest_row("story", target=1, revision=2))
    check_refusal(await accept(ada, "story"), 409, "quest_completed")
    quest = await read_quest(ada, "story")
    assert (quest["status"], quest["target"]) == ("completed", 3)


async def test_an_abandoned_quest_begins_anew_in_its_latest_revision(
    ada: Learner, database: Database
) -> None:
    await accept(ada, "story")
    await retire_quest(database, "story")
    await add_quests(database, quest_row("story", target=1, revision=2))
    assert (await accept(ada, "story")).json()["target"] == 3
    assert (await abandon(ada, "story")).json()["target"] == 3
    assert (await read_quest(ada, "story"))["target"] == 1
    assert (await accept(ada, "story")).json()["target"] == 1
    choices = await list_choices(database, ada.id)
    assert [choice.facts["revision"] for choice in choices] == [1, 1, 2]


async def test_a_retired_quest_goes_on_until_it_is_abandoned(
    ada: Learner, database: Database
) -> None:
    await accept(ada, "weekly")
    await retire_quest(database, "weekly")
    assert (await read_quest(ada, "weekly"))["status"] == "active"
    assert (await accept(ada, "weekly")).json()["status"] == "active"
    assert (await abandon(ada, "weekly")).json()["status"] == "abandoned"
    check_refusal(await accept(ada, "weekly"), 404, "quest_not_found")
    assert "weekly" not in await read_quests(ada)


async def test_so_many_at_a_time(service: Service, ada: Learner, database: Database) -> None:
    keys = [f"once-{number}" for number in range(RULES.max_accepted_quests - 1)]
    await add_quests(database, *(quest_row(key) for key in keys))
    daily, _other = todays(ada)
    await abandon(ada, daily)
    await accept(ada, daily)
    for key in [*keys, "weekly"]:
        assert (await accept(ada, key)).status_code == 200
    check_refusal(await accept(ada, "story"), 409, "too_many_quests")
    assert (await accept(ada, "weekly")).status_code == 200
    await abandon(ada, daily)
    assert (await accept(ada, daily)).status_code == 200

    await abandon(ada, keys[0])
    await complete_quest(database, ada.id, keys[1])
    assert (await accept(ada, "story")).status_code == 200
    assert (await accept(ada, keys[0])).status_code == 200
    await sleep(service, ada, days=7)  # the weekly one is over
    await abandon(ada, keys[2])
    assert (await accept(ada, keys[2])).status_code == 200
    assert (await accept(ada, "weekly")).status_code == 200
    await add_quests(database, quest_row("one-more"))
    check_refusal(await accept(ada, "one-more"), 409, "too_many_quests")


@pytest.mark.parametrize("key", ["weekly", "story"])
async def test_what_was_not_accepted_can_not_be_abandoned(
    ada: Learner, database: Database, key: str
) -> None:
    check_refusal(await abandon(ada, key), 409, "quest_not_accepted")
    await add_quests(database, quest_row("high", min_level=9))
    check_refusal(await abandon(ada, "high"), 409, "quest_not_accepted")


async def test_refusals_change_nothing(service: Service, ada: Learner, database: Database) -> None:
    await add_quests(database, quest_row("high", min_level=9))
    before = await dump_tables(service)
    for key in ("high", "nothing", todays(ada)[1]):
        assert (await accept(ada, key, **{"Idempotency-Key": key})).status_code in {404, 409}
        assert (await abandon(ada, key)).status_code in {404, 409}
    assert await dump_tables(service) == before


async def test_nothing_is_paid_and_no_day_is_counted(
    service: Service, ada: Learner, database: Database
) -> None:
    before = await ada.get("/game/profile")
    for act in (accept, abandon, accept):
        await act(ada, "story")
    assert await ada.get("/game/profile") == before
    assert (await ada.get("/game/ledger"))["items"] == []
    await assert_sound(service)


async def test_others_are_not_concerned(service: Service, ada: Learner, database: Database) -> None:
    bob = await service.learner("bob@example.org")
    await accept(ada, "story")
    assert (await read_quest(bob, "story"))["status"] == "available"
    check_refusal(await abandon(bob, "story"), 409, "quest_not_accepted")
    assert await list_progress(database, bob.id) == []
    nobody = service.client()
    check_refusal(await nobody.post(f"{QUESTS}/story/accept"), 401, "invalid_token")


async def test_a_retry_gets_the_same_answer(
    service: Service, ada: Learner, database: Database
) -> None:
    first = await accept(ada, "story", **{"Idempotency-Key": "k"})
    await abandon(ada, "story")
    check_replay(await accept(ada, "story", **{"Idempotency-Key": "k"}), first)
    assert (await read_quest(ada, "story"))["status"] == "abandoned"
    other = await accept(ada, "weekly", **{"Idempotency-Key": "k"})
    check_refusal(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "key",
    ["Story", "-story", "story-", "a--b", "%00", "st%20ory", "\u017f", "x" * 65, "%F0%9F%8E%B2"],
)
async def test_keys_are_written_in_one_way(ada: Learner, database: Database, key: str) -> None:
    check_refusal(await accept(ada, key), 422, "validation_error")
    check_refusal(await abandon(ada, key), 422, "validation_error")


@pytest.mark.parametrize("key", COSTS)
async def test_a_choice_costs_its_statements(
    service: Service, ada: Learner, database: Database, database_kind: str, key: str
) -> None:
    quest = todays(ada)[0] if key == "daily" else key
    for act in (accept, abandon, accept, abandon):  # the first statements of connections cost more
        await act(ada, quest)
    for act, cost in zip((accept, abandon), COSTS[key], strict=True):
        with service.statements.count() as statements:
            assert (await act(ada, quest)).status_code == 200
        assert len(statements) == cost_on(database_kind, cost), "\n".join(statements)
