"""Reading lessons."""

from app.core.curriculum import ContentStatus
from tests.support.contract import check_problem
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.learning import enroll
from tests.support.service import Service


async def test_a_lesson_is_markdown_and_html(service: Service) -> None:
    student = await enroll(service)
    lesson = await student.learner.get(f"/course-tasks/{student.days[0]}")
    assert lesson["body"] == "# Day 1\n\nRead this."
    assert lesson["body_html"] == "<h1>Day 1</h1>\n<p>Read this.</p>\n"
    shown = {name: lesson[name] for name in ("course", "day", "questions", "status", "completed")}
    assert shown == {
        "course": "python", "day": 1, "questions": 2, "status": "published", "completed": False,
    }  # fmt: skip


async def test_html_in_a_lesson_is_inert(service: Service) -> None:
    definition = small_course()
    day = definition.weeks[0].days[0]
    body = "<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    week = definition.weeks[0]
    days = (day.model_copy(update={"body": body}), *week.days[1:])
    definition = definition.model_copy(update={"weeks": (week.model_copy(update={"days": days}),)})
    student = await enroll(service, definition)
    html = (await student.learner.get(f"/course-tasks/{student.days[0]}"))["body_html"]
    assert not any(part in html.lower() for part in ("<script", "<img", 'href="javascript'))


async def test_a_lesson_that_is_not_there(service: Service) -> None:
    learner = await service.learner()
    answer = await learner.client.get("/course-tasks/123456789")
    assert check_problem(answer)["code"] == "course_task_not_found"


async def test_drafts_are_for_authors(service: Service) -> None:
    course_id = await add_course(service.parts.database, status=ContentStatus.DRAFT)
    day = (await list_day_ids(service.parts.database, course_id))[0]
    learner = await service.learner()
    for path in ("", "/quiz"):
        answer = await learner.client.get(f"/course-tasks/{day}{path}")
        assert check_problem(answer)["code"] == "course_task_not_found"
    for role in ("author", "admin"):
        author = await service.learner(f"{role}@example.org", role=role)
        lesson = await author.get(f"/course-tasks/{day}")
        assert (lesson["status"], lesson["body"]) == ("draft", "# Day 1\n\nRead this.")
