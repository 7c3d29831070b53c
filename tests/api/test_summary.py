"""The start page: it says what the rooms say, in one reply and few statements."""

from typing import Any

import pytest
from sqlalchemy import update

from app.core.roles import Role
from app.db.models import CourseTask
from app.game.pacing import Pacing
from app.main import app
from app.schemas.summary import SummaryRead
from app.worker.challenge_closing import close_challenges
from app.worker.league_joining import join_leagues
from tests.api.quest_steps import accept, do_tasks
from tests.api.review_steps import add_cards
from tests.api.summary_steps import SUMMARY, check_summary, seed_game
from tests.api.task_steps import check_refusal, sleep, wake
from tests.bosses.boss_steps import fight
from tests.challenges.challenge_steps import announce, join_well, make_admin
from tests.parties.party_steps import found_party
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.learning import Student, enroll
from tests.support.service import Learner, Service

STATEMENTS = 8
"""What issue 4 allows, authentication included."""


async def take(service: Service, learner: Learner, slug: str, **fields: Any) -> Student:
    """Enrol in a new course."""
    database = service.parts.database
    course_id = await add_course(database, small_course(slug=slug, **fields))
    await learner.post(f"/courses/{slug}/enrollment")
    return Student(service, learner, slug, await list_day_ids(database, course_id))


async def live(service: Service) -> Learner:
    """Somebody who does a little of everything."""
    await seed_game(service)
    company, (ada, _) = await found_party(service, "ada", "eve")
    await fight(ada, "procrastigoblin")
    await fight(ada, "troll-under-the-bridge", company.id)
    await accept(ada, "weekly-fifteen-notches")
    await accept(ada, "the-blank-page")
    await accept(ada, "first-lesson")
    admin = await make_admin(service)
    challenges = [await announce(admin, starts_in=0, hours=hours) for hours in (72, 24, 48)]
    for challenge in challenges:
        await join_well(ada, challenge["id"])
    await announce(admin, starts_in=0)
    for pacing in Pacing:
        student = await take(service, ada, pacing.value, pacing=pacing, weeks=2)
        await student.learn(student.days[0])
        course_id = await find_course(service, student.days[0])
        await add_cards(service, ada, course_id, 2)
    for due_on in ("2026-03-01", "2026-03-02", "2026-03-03", None, None, None):
        await ada.create_task(due_on=due_on)
    await ada.create_task(recurrence="FREQ=DAILY", due_on="2026-02-27")
    await do_tasks(ada, 2, difficulty="hard")
    return ada


async def find_course(service: Service, day_id: int) -> int:
    async with service.parts.database.reading() as uow:
        day = await uow._session.get(CourseTask, day_id)
    assert day is not None
    return day.course_id


async def test_a_new_account_has_an_empty_page(service: Service) -> None:
    ada = await service.learner()

    summary = await check_summary(ada)

    assert summary["profile"]["level"] == 1
    assert summary["league"] == {
        "week_on": "2026-03-02", "ends_at": "2026-03-09T00:00:00Z", "tier": 1, "rank": None,
        "members": 0, "score": 0, "zone": None,
    }  # fmt: skip
    assert summary["tasks"] == {"due": 0, "next": []}
    assert (summary["reviews"], summary["notifications"]) == ({"due": 0}, {"unread": 0})
    for name in ("quests", "battles", "challenges", "courses", "badges"):
        assert summary[name] == []


async def test_the_page_says_what_the_rooms_say(service: Service) -> None:
    ada = await live(service)

    summary = await check_summary(ada)

    assert [quest["cadence"] for quest in summary["quests"]] == ["daily"] * 3 + ["weekly"]
    kinds = [battle["kind"] for battle in summary["battles"]]
    assert kinds == ["personal", "party", "week", "week", "week"]
    assert all(battle["hp_left"] < battle["hp"] for battle in summary["battles"])
    ends = [challenge["ends_at"][:10] for challenge in summary["challenges"]]
    assert ends == ["2026-03-03", "2026-03-04", "2026-03-05"]
    assert summary["league"]["rank"] == 1
    assert summary["tasks"]["due"] == 3
    dates = [task["due_on"] for task in summary["tasks"]["next"]]
    assert dates == ["2026-02-27", "2026-03-01", "2026-03-02", "2026-03-03", None]
    days = {course["slug"]: course["next_day"] for course in summary["courses"]}
    assert {slug: (day["day"], day["state"], day["opens_on"]) for slug, day in days.items()} == {
        "daily": (2, "locked", "2026-03-03"),
        "sequential": (2, "open", None),
        "self": (2, "open", None),
    }
    assert summary["reviews"] == {"due": 6}
    assert summary["notifications"]["unread"] > 3
    assert len(summary["badges"]) == 3


async def test_the_page_stays_right_over_the_days(service: Service) -> None:
    ada = await live(service)
    for instant in (
        "2026-03-03T12:00Z",
        "2026-03-04T22:00Z",
        "2026-03-07T23:59Z",
        "2026-03-09T06:00Z",
    ):
        await wake(service, ada, instant)
        await close_challenges(service.parts)
        await check_summary(ada)

    assert (await check_summary(ada))["league"]["rank"] is None
    await do_tasks(ada, 3)
    await ada.client.put("/game/pause", json={"days": 3})
    summary = await check_summary(ada)
    assert summary["profile"]["paused_until"] == "2026-03-11"
    assert summary["league"]["rank"] == 1


async def test_the_first_day_that_is_not_completed_comes_next(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0))
    for day in (student.days[0], student.days[2], student.days[7]):
        await student.complete(day)

    (course,) = (await check_summary(student.learner))["courses"]
    assert (course["next_day"]["id"], course["days_completed"]) == (student.days[1], 3)

    for day in set(student.days):
        await student.complete(day)
    (course,) = (await check_summary(student.learner))["courses"]
    assert (course["next_day"], course["percent"]) == (None, 100)

    await student.undo(student.days[9])
    (course,) = (await check_summary(student.learner))["courses"]
    assert course["next_day"]["id"] == student.days[9]


async def test_an_archived_day_is_passed_over(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0, pacing=Pacing.DAILY))
    async with service.parts.database.writing() as transaction:
        archived = update(CourseTask).where(CourseTask.id == student.days[0])
        await transaction._session.execute(archived.values(status="archived"))
        await transaction.commit()
    await student.sleep(days=1)

    (course,) = (await check_summary(student.learner))["courses"]

    assert (course["days"], course["next_day"]["id"]) == (13, student.days[1])


async def test_courses_with_something_to_do_come_first(service: Service) -> None:
    ada = await service.learner()
    students = [await take(service, ada, f"course-{n}", questions=0) for n in range(7)]
    for student in students[4:]:
        for day in student.days:
            await student.complete(day)

    summary = await check_summary(ada)

    slugs = [course["slug"] for course in summary["courses"]]
    assert slugs == ["course-3", "course-2", "course-1", "course-0", "course-6"]


async def test_the_boss_of_an_open_week_waits(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, pacing=Pacing.SEQUENTIAL))

    (boss,) = (await check_summary(student.learner))["battles"]
    assert (boss["id"], boss["hp_left"], boss["damage"]) == (None, 300, 0)

    await student.learn(student.days[0])
    (boss,) = (await check_summary(student.learner))["battles"]
    assert boss["id"] is not None
    assert boss["damage"] == 300 - boss["hp_left"] > 0

    assert (await student.client.delete("/courses/python/enrollment")).status_code == 204
    assert (await check_summary(student.learner))["battles"] == []


async def test_the_boss_of_a_locked_week_is_not_told(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0, pacing=Pacing.DAILY))
    for number, day in enumerate(student.days[:7]):
        await student.sleep(days=min(number, 1))
        await student.complete(day)

    summary = await check_summary(student.learner)

    assert summary["courses"][0]["next_day"]["state"] == "locked"
    assert all(battle["id"] is not None for battle in summary["battles"])


@pytest.mark.parametrize("much", [False, True])
async def test_the_page_costs_eight_statements(service: Service, much: bool) -> None:
    ada = await live(service) if much else await service.learner()
    await ada.get(SUMMARY)
    await service.settle()

    with service.statements.count() as statements:
        await ada.get(SUMMARY)

    assert len(statements) == STATEMENTS, "\n\n".join(statements)


async def test_the_page_costs_the_same_the_week_after(service: Service) -> None:
    ada = await live(service)
    await sleep(service, ada, days=8)
    await ada.get(SUMMARY)

    with service.statements.count() as statements:
        summary = await ada.get(SUMMARY)

    assert len(statements) == STATEMENTS, "\n\n".join(statements)
    assert summary["league"]["tier"] == (await ada.get("/game/league"))["tier"]


async def test_a_streak_that_a_challenge_looks_at_costs_nothing_more(service: Service) -> None:
    ada = await service.learner()
    challenge = await announce(
        await make_admin(service), starts_in=0, hours=240, metric="streak_days", target=5
    )
    await join_well(ada, challenge["id"])
    await do_tasks(ada)
    await sleep(service, ada, days=1)
    await do_tasks(ada)
    await ada.get(SUMMARY)

    with service.statements.count() as statements:
        summary = await ada.get(SUMMARY)

    assert len(statements) == STATEMENTS, "\n\n".join(statements)
    assert summary["challenges"][0]["membership"]["progress"] == 2
    assert summary["challenges"] == (await check_summary(ada))["challenges"]


async def test_nobody_sees_it_without_a_token(service: Service) -> None:
    with service.statements.count() as statements:
        answer = await service.client().get(SUMMARY)
    check_refusal(answer, 401, "invalid_token")
    assert statements == []


async def test_others_change_nothing_of_it(service: Service) -> None:
    ada = await live(service)
    await join_leagues(service.parts)
    before = await ada.get(SUMMARY)
    await wake(service, ada, service.clock.now())
    eve = await service.learner("mallory@example.org", role=Role.ADMIN)
    await do_tasks(eve, 2)
    await join_leagues(service.parts)

    after = await ada.get(SUMMARY)

    league = {**before["league"], "members": 2}
    assert {**after, "league": {**after["league"], "zone": None}} == {
        **before, "league": {**league, "zone": None},
    }  # fmt: skip


def test_the_documented_example_is_an_answer() -> None:
    operation = app.openapi()["paths"]["/api/v1/game/summary"]["get"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    assert SummaryRead.model_validate(example).model_dump(mode="json") == example
