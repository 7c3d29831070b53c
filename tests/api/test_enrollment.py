"""Taking courses and leaving them."""

import pytest

from app.core.curriculum import ContentStatus
from app.game.pacing import Pacing
from tests.support.contract import check_problem
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.learning import enroll
from tests.support.service import Service

ALREADY_KNOWN = {
    "course": "python",
    "pacing": "self",
    "review": "missed",
    "enrolled_at": "2026-03-02T12:00:00Z",
    "enrolled_on": "2026-03-02",
}


async def test_enrolling_says_since_when_and_how(service: Service) -> None:
    await add_course(service.parts.database)
    learner = await service.learner()
    answer = await learner.client.post("/courses/python/enrollment")
    assert (answer.status_code, answer.json()) == (201, ALREADY_KNOWN)


async def test_the_date_is_the_learners_own(service: Service) -> None:
    await add_course(service.parts.database)
    learner = await service.learner(timezone="Pacific/Kiritimati")  # UTC+14
    assert (await learner.post("/courses/python/enrollment"))["enrolled_on"] == "2026-03-03"


async def test_enrolling_again_changes_nothing(service: Service) -> None:
    student = await enroll(service)
    await student.sleep(days=2)
    answer = await student.client.post("/courses/python/enrollment")
    assert (answer.status_code, answer.json()) == (200, ALREADY_KNOWN)


async def test_what_to_review_can_be_chosen_anew(service: Service) -> None:
    student = await enroll(service, review="all")
    assert (await student.progress())["review"] == "all"
    assert (await student.learner.post("/courses/python/enrollment"))["review"] == "all"
    body = {"review": "missed"}
    assert (await student.learner.post("/courses/python/enrollment", body))["review"] == "missed"
    assert (await student.progress())["review"] == "missed"


async def test_leaving_and_coming_back_finds_all_as_it_was(service: Service) -> None:
    student = await enroll(service, small_course(pacing=Pacing.DAILY), review="all")
    await student.learn(student.days[0])
    before = await student.progress()
    answer = await student.client.delete("/courses/python/enrollment")
    assert answer.status_code == 204
    refused = await student.client.get("/courses/python/progress")
    assert check_problem(refused)["code"] == "not_enrolled"
    answer = await student.client.post("/courses/python/enrollment")
    assert (answer.status_code, answer.json()["review"]) == (201, "all")
    assert await student.progress() == before


async def test_leaving_twice_is_leaving_once(service: Service) -> None:
    student = await enroll(service)
    await student.client.delete("/courses/python/enrollment")
    answer = await student.client.delete("/courses/python/enrollment")
    assert check_problem(answer)["code"] == "not_enrolled"


@pytest.mark.parametrize("status", ["draft", None])
async def test_what_is_not_there_can_not_be_taken(service: Service, status: str | None) -> None:
    if status:
        await add_course(service.parts.database, status=ContentStatus.DRAFT)
    learner = await service.learner()
    for answer in (
        await learner.client.post("/courses/python/enrollment"),
        await learner.client.delete("/courses/python/enrollment"),
        await learner.client.get("/courses/python/progress"),
    ):
        assert check_problem(answer)["code"] == "course_not_found"


async def test_an_archived_course_goes_on_for_those_who_take_it(service: Service) -> None:
    student = await enroll(service)
    await archive(service, "python")
    newcomer = await service.learner("eve@example.org")
    refused = await newcomer.client.post("/courses/python/enrollment")
    assert check_problem(refused)["code"] == "course_archived"
    assert (await student.client.post("/courses/python/enrollment")).status_code == 200
    assert (await student.learn(student.days[0]))["task"]["completed"]


async def archive(service: Service, slug: str) -> None:
    author = await service.learner("author@example.org", role="author")
    await author.post(f"/courses/{slug}/archive")


async def test_a_key_makes_the_retry_the_same_answer(service: Service) -> None:
    await add_course(service.parts.database)
    learner = await service.learner()
    answers = [
        await learner.client.post("/courses/python/enrollment", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize(
    "body", [{"review": "some"}, {"review": 1}, {"pacing": "self"}, [], {"reviews": "all"}]
)
async def test_bad_bodies_are_refused(service: Service, body: object) -> None:
    await add_course(service.parts.database)
    learner = await service.learner()
    answer = await learner.client.post("/courses/python/enrollment", json=body)
    assert answer.status_code == 422
    assert (await learner.client.get("/courses/python/progress")).status_code == 404


async def test_the_courses_that_i_take_are_listed_with_my_progress(service: Service) -> None:
    student = await enroll(service)
    await student.learn(student.days[0])
    for slug in ("go", "rust", "java"):
        await add_course(service.parts.database, small_course(slug=slug, questions=0))
    await student.learner.post("/courses/go/enrollment")
    await student.learner.post("/courses/rust/enrollment")
    await student.client.delete("/courses/rust/enrollment")
    page = await student.learner.get("/users/me/courses", limit=1)
    rest = await student.learner.get("/users/me/courses", cursor=page["next_cursor"])
    shown = [
        (item["slug"], item["days"], item["days_completed"], item["percent"])
        for item in (*page["items"], *rest["items"])
    ]
    assert shown == [("go", 7, 0, 0), ("python", 7, 1, 14)]
    assert rest["next_cursor"] is None


async def test_another_ones_courses_are_not_mine(service: Service) -> None:
    await enroll(service)
    other = await service.learner("eve@example.org")
    assert (await other.get("/users/me/courses"))["items"] == []


async def test_who_is_not_enrolled_finds_no_lesson(service: Service) -> None:
    course_id = await add_course(service.parts.database)
    day = (await list_day_ids(service.parts.database, course_id))[0]
    learner = await service.learner()
    for answer in (
        await learner.client.get(f"/course-tasks/{day}"),
        await learner.client.get(f"/course-tasks/{day}/quiz"),
        await learner.client.post(f"/course-tasks/{day}/complete"),
        await learner.client.post(f"/course-tasks/{day}/undo"),
        await learner.client.post(
            f"/course-tasks/{day}/quiz/attempts",
            json={"answers": [{"question_id": 1, "answer": True}]},
        ),
    ):
        assert (answer.status_code, check_problem(answer)["code"]) == (404, "not_enrolled")


async def test_what_was_archived_as_a_draft_was_never_there(service: Service) -> None:
    await add_course(service.parts.database, status=ContentStatus.ARCHIVED, published_at=None)
    learner = await service.learner()
    for answer in (
        await learner.client.get("/courses/python"),
        await learner.client.post("/courses/python/enrollment"),
        await learner.client.get("/courses/python/progress"),
    ):
        assert check_problem(answer)["code"] == "course_not_found"
    author = await service.learner("author@example.org", role="author")
    assert (await author.client.delete("/courses/python")).status_code == 204
    assert (await author.client.get("/courses/python")).status_code == 404
