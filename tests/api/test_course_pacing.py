"""What is open to whom, and when."""

from app.game.pacing import Pacing
from tests.support.contract import check_problem
from tests.support.courses import small_course
from tests.support.learning import Student, enroll
from tests.support.service import Service


async def read_states(student: Student) -> list[str]:
    """The days' states as letters, weeks apart."""
    progress = await student.progress()
    return ["".join(day["state"][0] for day in week["days"]) for week in progress["weeks"]]


async def test_with_pacing_self_all_is_open(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2))
    assert await read_states(student) == ["ooooooo", "ooooooo"]
    await student.learn(student.days[-1])
    assert await read_states(student) == ["ooooooo", "ooooooc"]


async def test_a_week_opens_when_the_one_before_is_done(service: Service) -> None:
    student = await enroll(service, small_course(weeks=3, pacing=Pacing.SEQUENTIAL, questions=0))
    assert await read_states(student) == ["ooooooo", "lllllll", "lllllll"]
    for day in student.days[1:7]:
        await student.learn(day)
    for path in ("", "/quiz"):
        answer = await student.client.get(f"/course-tasks/{student.days[7]}{path}")
        problem = check_problem(answer)
        assert (answer.status_code, problem["code"]) == (409, "not_open")
        assert "opens_on" not in problem
    await student.learn(student.days[0])
    assert await read_states(student) == ["ccccccc", "ooooooo", "lllllll"]


async def test_what_was_opened_stays_open_after_an_undo(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, pacing=Pacing.SEQUENTIAL, questions=0))
    for day in student.days[:7]:
        await student.learn(day)
    await student.undo(student.days[3])
    assert await read_states(student) == ["cccoccc", "ooooooo"]
    assert (await student.learn(student.days[7]))["outcome"]["xp"] > 0


async def test_with_daily_pacing_one_day_opens_each_local_day(service: Service) -> None:
    student = await enroll(
        service,
        small_course(weeks=2, pacing=Pacing.DAILY, questions=0),
        timezone="America/New_York",
        day_starts_at=4,
    )
    assert await read_states(student) == ["ollllll", "lllllll"]
    progress = await student.progress()
    assert [day["opens_on"] for day in progress["weeks"][0]["days"][:2]] == [
        "2026-03-02",
        "2026-03-03",
    ]
    answer = await student.client.post(f"/course-tasks/{student.days[7]}/complete")
    problem = check_problem(answer)
    assert (problem["code"], problem["opens_on"]) == ("not_open", "2026-03-09")
    await student.sleep(hours=20)  # 03:00 in New York: the learner's day has not begun yet
    assert await read_states(student) == ["ollllll", "lllllll"]
    await student.sleep(hours=1)
    assert await read_states(student) == ["oolllll", "lllllll"]
    await student.sleep(days=7)
    assert await read_states(student) == ["ooooooo", "oolllll"]


async def test_a_refusal_changes_nothing(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, pacing=Pacing.SEQUENTIAL))
    before = await student.learner.get("/game/profile")
    answer = await student.attempt(student.days[7], wrong=2)
    assert answer.status_code == 409
    assert await student.learner.get("/game/profile") == before
    assert (await student.learner.get("/game/ledger"))["items"] == []


async def test_what_was_entered_stays_open_when_an_author_puts_a_week_before_it(
    service: Service,
) -> None:
    student = await enroll(service, small_course(weeks=2, pacing=Pacing.SEQUENTIAL, questions=0))
    for day in student.days[:8]:
        await student.learn(day)
    author = await service.learner("author@example.org", role="author")
    week = await author.post("/courses/python/weeks", {"title": "New", "milestone": "More"})
    for number in range(1, 8):
        body = {"day": number, "title": f"New {number}", "minutes": 5}
        await author.post(f"/weeks/{week['id']}/tasks", body)
    await author.client.patch(f"/weeks/{week['id']}", json={"position": 2})
    await author.post("/courses/python/publish")
    assert await read_states(student) == ["ccccccc", "ooooooo", "coooooo"]
    await student.undo(student.days[7])
    assert await read_states(student) == ["ccccccc", "ooooooo", "ooooooo"]
    assert (await student.learn(student.days[7]))["outcome"]["xp"] > 0


async def test_the_first_day_stays_open_for_who_travels_west(service: Service) -> None:
    student = await enroll(
        service, small_course(pacing=Pacing.DAILY, questions=0), timezone="Pacific/Auckland"
    )
    await student.client.patch("/users/me", json={"timezone": "Pacific/Honolulu"})
    assert await read_states(student) == ["ollllll"]
