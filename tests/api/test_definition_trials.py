"""Dry runs: what definitions would have given on real history."""

from typing import Any

import pytest

from app.core.roles import Role
from app.db.models import PlayerCounter
from app.db.repositories.history_records import ActivityRecord, EntryRecord
from tests.api.definition_steps import BADGE, PRIZE, QUEST, admin
from tests.api.task_steps import check_refusal, dump_tables, wake
from tests.support.courses import add_course
from tests.support.game import activity_row, entry_row
from tests.support.learning import study
from tests.support.service import Learner, Service

GOAL_REASONS = ["quest_completed", "challenge_completed", "badge_awarded"]


@pytest.fixture
async def root(service: Service) -> Learner:
    return await admin(service)


async def do_tasks(learner: Learner, count: int) -> list[int]:
    """Complete so many new tasks. Gives their ids."""
    ids = [(await learner.create_task())["id"] for _ in range(count)]
    for task_id in ids:
        await learner.post(f"/tasks/{task_id}/complete")
    return ids


async def write(service: Service, *rows: Any) -> None:
    """Write rows by hand, each after the one that it may refer to."""
    async with service.parts.database.writing() as transaction:
        for row in rows:
            if isinstance(row, ActivityRecord):
                await transaction.uow.activities.add(row)
            elif isinstance(row, EntryRecord):
                await transaction.uow.ledger.add([row])
            else:
                transaction._session.add(row)
                await transaction._session.flush()
        await transaction.commit()


async def try_quest(
    root: Learner, periods: int = 4, **fields: Any
) -> list[tuple[str | None, str | None, int, int]]:
    body = {"quest": {**QUEST, **fields}, "periods": periods}
    trial = await root.post("/game/quests/dry-run", body)
    return [
        (period["first_on"], period["last_on"], period["begun"], period["completed"])
        for period in trial["periods"]
    ]


async def test_a_badge_is_tried_on_what_stands(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org", display_name="Ada")
    alan = await service.learner("alan@example.org", display_name="Alan")
    await service.learner("idle@example.org")
    first, *_ = await do_tasks(ada, 4)
    await ada.post(f"/tasks/{first}/undo")
    await do_tasks(alan, 2)
    before = await dump_tables(service)

    trials = [
        await root.post("/game/badges/dry-run", {**BADGE, "target": target}) for target in (2, 3, 4)
    ]

    standing = [
        {"user_id": ada.id, "display_name": "Ada", "value": 3},
        {"user_id": alan.id, "display_name": "Alan", "value": 2},
    ]
    assert trials == [
        {"players": 4, "awarded": 2, "percent": 50.0, "sample": standing},
        {"players": 4, "awarded": 1, "percent": 25.0, "sample": standing[:1]},
        {"players": 4, "awarded": 0, "percent": 0.0, "sample": []},
    ]
    assert await dump_tables(service) == before


async def test_a_badge_is_tried_on_the_longest_streak(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org")
    for day in (3, 4, 5, 20):
        await wake(service, ada, f"2026-03-{day:02}T12:00:00+00:00")
        await do_tasks(ada, 1)
    await wake(service, root, service.clock.now())

    body = {**BADGE, "metric": "streak_days", "target": 3}
    trial = await root.post("/game/badges/dry-run", body)

    assert [(one["user_id"], one["value"]) for one in trial["sample"]] == [(ada.id, 3)]


async def test_a_badge_is_tried_on_one_course(service: Service, root: Learner) -> None:
    course_id = await add_course(service.parts.database)
    ada = await service.learner("ada@example.org")
    counters = {
        "quizzes_passed": 9,
        f"quizzes_passed@{course_id}": 4,
        f"quizzes_passed@{course_id}0": 9,
    }
    await write(
        service,
        *(PlayerCounter(user_id=ada.id, metric=name, value=n) for name, n in counters.items()),
    )

    body = {**BADGE, "metric": "quizzes_passed", "course_slug": "python"}
    trials = [
        await root.post("/game/badges/dry-run", {**body, "target": target}) for target in (4, 5)
    ]

    assert [trial["awarded"] for trial in trials] == [1, 0]
    assert trials[0]["sample"][0]["value"] == 4


async def test_the_sample_of_a_badge_is_bounded(service: Service, root: Learner) -> None:
    for number in range(23):
        user_id = await service.add_user(f"user-{number}@example.org")
        await write(
            service, PlayerCounter(user_id=user_id, metric="tasks_completed", value=10 + number)
        )

    with service.statements.count() as statements:
        trial = await root.post("/game/badges/dry-run", BADGE)

    assert trial["awarded"] == 23
    assert [one["value"] for one in trial["sample"]] == list(range(32, 12, -1))
    assert len(statements) == 4  # who asks, all players, how many, and who


async def test_a_daily_quest_is_tried_on_local_days(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org")
    kiri = await service.learner("kiri@example.org", timezone="Pacific/Kiritimati")
    await do_tasks(ada, 3)
    first, *_ = await do_tasks(kiri, 4)  # the third of March there
    await kiri.post(f"/tasks/{first}/undo")
    await wake(service, ada, "2026-03-04T12:00:00+00:00")
    await do_tasks(ada, 2)
    await wake(service, root, service.clock.now())

    with service.statements.count() as statements:
        periods = await try_quest(root, cadence="daily")

    assert periods == [
        ("2026-03-04", "2026-03-04", 1, 0),
        ("2026-03-03", "2026-03-03", 1, 1),
        ("2026-03-02", "2026-03-02", 1, 1),
        ("2026-03-01", "2026-03-01", 0, 0),
    ]
    assert len(statements) == 3


async def test_a_weekly_quest_is_tried_from_monday_to_sunday(
    service: Service, root: Learner
) -> None:
    ada = await service.learner("ada@example.org")
    for day in ("2026-03-08", "2026-03-09", "2026-03-10"):
        await wake(service, ada, f"{day}T12:00:00+00:00")
        await do_tasks(ada, 2)
    await wake(service, root, "2026-03-15T12:00:00+00:00")

    assert await try_quest(root, periods=2, cadence="weekly") == [
        ("2026-03-09", "2026-03-15", 1, 1),
        ("2026-03-02", "2026-03-08", 1, 0),
    ]


async def test_a_once_quest_is_tried_on_all_of_the_past(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org")
    await do_tasks(ada, 2)
    await wake(service, ada, "2026-05-01T12:00:00+00:00")
    await do_tasks(ada, 1)
    await wake(service, root, service.clock.now())

    assert await try_quest(root, target=3) == [(None, None, 1, 1)]
    assert await try_quest(root, metric="streak_days", target=1) == [(None, None, 1, 1)]
    assert await try_quest(root, metric="streak_days", target=2) == [(None, None, 1, 0)]


@pytest.mark.parametrize("cadence", ["daily", "weekly"])
async def test_a_streak_in_a_period_can_not_be_tried(
    service: Service, root: Learner, cadence: str
) -> None:
    quest = {**QUEST, "cadence": cadence, "metric": "streak_days"}

    answer = await root.client.post("/game/quests/dry-run", json={"quest": quest})

    check_refusal(answer, 422, "not_measurable")


async def test_what_was_learned_is_tried(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org")
    await study(service, ada)  # an attempt that failed, a review, one that passed, a day
    xp = (await ada.get("/game/profile"))["xp"]

    for metric, value in [
        ("course_tasks_completed", 1),
        ("quizzes_passed", 1),
        ("reviews_done", 1),
        ("xp_earned", xp),
    ]:
        assert await try_quest(root, metric=metric, target=value) == [(None, None, 1, 1)]
        assert await try_quest(root, metric=metric, target=value + 1) == [(None, None, 1, 0)]


async def test_what_goals_paid_and_what_was_reversed_is_no_xp(
    service: Service, root: Learner
) -> None:
    ada = await service.learner("ada@example.org")
    goals = [
        entry_row(ada.id, 1, reason=reason, source_type="goal", source_id=reason, xp=100)
        for reason in GOAL_REASONS
    ]
    await write(service, activity_row(ada.id, 1), entry_row(ada.id, 1), *goals)
    paid = entry_row(ada.id, 2, source_id="2", xp=70)
    await write(service, activity_row(ada.id, 2), paid)
    undone = activity_row(ada.id, 3, kind="undone", source_id="2", undoes=2, paid=False, facts={})
    reversal = entry_row(ada.id, 3, reason="undo", source_id="2", xp=-70, reverses_id=paid.id)
    await write(service, undone, reversal)

    assert await try_quest(root, metric="xp_earned", target=10) == [(None, None, 1, 1)]
    assert await try_quest(root, metric="xp_earned", target=11) == [(None, None, 1, 0)]
    assert await try_quest(root, metric="tasks_completed", target=2) == [(None, None, 1, 0)]


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("bosses_defeated", "boss_defeated"),
        ("quests_completed", "quest_completed"),
        ("courses_completed", "course_completed"),
    ],
)
async def test_victories_are_counted_by_what_was_paid(
    service: Service, root: Learner, metric: str, reason: str
) -> None:
    ada = await service.learner("ada@example.org")
    for sequence, (on, xp) in enumerate(
        [("2026-03-02", 40), ("2026-03-02", 0), ("2026-03-01", 9)], 1
    ):
        row = activity_row(ada.id, sequence)
        row.local_on = row.local_on.fromisoformat(on)
        await write(service, row, entry_row(ada.id, sequence, reason=reason, xp=xp))

    periods = await try_quest(root, periods=2, cadence="daily", metric=metric, target=2)

    assert [(begun, completed) for _, _, begun, completed in periods] == [(1, 1), (1, 0)]


async def test_only_the_course_counts(service: Service, root: Learner) -> None:
    course_id = await add_course(service.parts.database)
    ada = await service.learner("ada@example.org")
    for sequence, course in enumerate([course_id, course_id + 1, None], 1):
        row = activity_row(ada.id, sequence, kind="course_task_completed", course_id=course)
        entry = entry_row(ada.id, sequence, reason="course_task_completed")
        await write(service, row, entry)

    for metric, value in (("course_tasks_completed", 1), ("xp_earned", 10)):
        for target, completed in ((value, 1), (value + 1, 0)):
            scoped = await try_quest(root, metric=metric, target=target, course_slug="python")
            assert scoped == [(None, None, 1, completed)]


async def test_a_challenge_is_tried_by_instants(service: Service, root: Learner) -> None:
    ada = await service.learner("ada@example.org")
    for time in ("12:00:00", "13:00:00", "14:00:00"):
        await wake(service, ada, f"2026-03-02T{time}+00:00")
        await do_tasks(ada, 1)
    await wake(service, root, service.clock.now())
    body = {
        "metric": "tasks_completed",
        "starts_at": "2026-03-02T12:00:00Z",
        "ends_at": "2026-03-02T15:00:00+01:00",
    }

    trials = [
        await root.post("/game/challenges/dry-run", {**body, "target": target}) for target in (2, 3)
    ]

    assert trials == [
        {"players": 2, "begun": 1, "completed": 1},
        {"players": 2, "begun": 1, "completed": 0},
    ]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("badges", PRIZE, "bad_definition"),
        ("badges", {**BADGE, "target": None}, "bad_definition"),
        ("badges", {**BADGE, "course_slug": "nothing"}, "unknown_course"),
        ("quests", {"quest": {**QUEST, "course_slug": "nothing"}}, "unknown_course"),
        ("quests", {"quest": {**QUEST, "cadence": "daily", "min_level": 2}}, "bad_definition"),
        ("quests", {"quest": QUEST, "periods": 9}, "validation_error"),
        ("quests", {"quest": QUEST, "periods": 0}, "validation_error"),
        ("challenges", {"ends_at": "2026-03-01T00:00:00Z"}, "bad_definition"),
        ("challenges", {"metric": "streak_days"}, "not_measurable"),
        ("challenges", {"course_slug": "nothing"}, "unknown_course"),
        ("challenges", {"starts_at": "2026-03-01T00:00:00"}, "validation_error"),
        ("challenges", {"ends_at": "9999-12-31T23:59:59Z"}, "validation_error"),
    ],
)
async def test_what_can_not_be_tried_is_refused(
    service: Service, root: Learner, path: str, body: dict[str, Any], code: str
) -> None:
    challenge = {
        "metric": "xp_earned",
        "target": 1,
        "starts_at": "2026-03-01T00:00:00Z",
        "ends_at": "2026-03-02T00:00:00Z",
    }
    sent = {**challenge, **body} if path == "challenges" else body

    check_refusal(await root.client.post(f"/game/{path}/dry-run", json=sent), 422, code)


async def test_where_nobody_plays_nobody_wins(service: Service) -> None:
    grace = await service.learner("grace@example.org", role=Role.ADMIN)

    trial = await grace.post("/game/badges/dry-run", BADGE)

    assert (trial["awarded"], trial["percent"]) == (0, 0.0)
