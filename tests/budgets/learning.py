"""Steps of courses: a learner's, and an author's."""

from typing import Any

from app.services.curriculum.archive import write_archive
from app.services.curriculum.writer import write_course
from tests.budgets.journey import Journey
from tests.support.courses import small_course
from tests.support.learning import Student

ZIP = {"Content-Type": "application/zip"}
QUESTION = {"kind": "true_false", "prompt": "Is it?", "answer": True, "explanation": "It is."}
WEEK = {"title": "First steps", "milestone": "You can count"}

CATALOGUES: dict[str, dict[str, Any]] = {
    "": {},
    "in a language": {"language": "en"},
    "tagged": {"tag": "beginner"},
    "found": {"q": "python"},
    "all at once": {"language": "en", "tag": "beginner", "q": "python"},
}


async def bring_course(journey: Journey) -> tuple[str, list[int]]:
    """Import a course and publish it. Gives its slug and the ids of its days."""
    author, slug = journey.author, f"journey-{journey.learner.id}"
    course = small_course(weeks=2, questions=5, slug=slug)
    send = {"content": write_archive(write_course(course), slug), "headers": ZIP}
    tried = {"dry_run": True}
    await journey.ask("import_course", author, "dry run", send=send, query=tried)
    await journey.ask("import_course", author, send=send)
    tree = await journey.ask("publish_course", author, slug=slug)
    await journey.ask("export_course", author, slug=slug, query={"quiz_format": "gift"})
    return slug, [day["id"] for week in tree["weeks"] for day in week["days"]]


async def learn(journey: Journey) -> None:
    """Take a course, and review what was missed."""
    slug, days = await bring_course(journey)
    student = Student(journey.service, journey.learner, slug, days)
    for what, query in CATALOGUES.items():
        await journey.ask("list_courses", None, what, query=query)
    await journey.ask("list_courses", journey.author, "drafts", query={"status": "draft"})
    await journey.ask("get_course", slug=slug)
    await journey.ask("enroll", slug=slug)
    await journey.ask("list_my_courses", query={"limit": 2})
    day = days[0]
    await journey.ask("get_lesson", course_task_id=day)
    await journey.ask("get_quiz", course_task_id=day)
    for what, wrong in (("failed", 2), ("passed", 0)):
        send = {"json": {"answers": await student.answers(day, wrong)}}
        await journey.ask("attempt_quiz", None, what, send=send, course_task_id=day)
    await journey.ask("list_quiz_attempts", query={"limit": 1}, course_task_id=day)
    await journey.ask("get_quiz_attempt", course_task_id=day, number=1)
    await journey.ask("complete_course_task", course_task_id=day)
    await journey.ask("undo_course_task", course_task_id=day)
    await journey.ask("get_progress", slug=slug)
    await _review(journey)
    await journey.ask("leave_course", slug=slug)


async def _review(journey: Journey) -> None:
    due = (await journey.ask("list_due_cards"))["items"]
    await journey.ask("get_review_stats")
    rating = {"json": {"rating": "good"}}
    await journey.ask("review_card", send=rating, card_id=due[0]["card_id"])


async def write(journey: Journey) -> None:
    """Write a course day by day, and take it back."""
    author, slug = journey.author, f"draft-{journey.learner.id}"

    async def ask(name: str, body: dict[str, Any] | None = None, **names: Any) -> Any:
        send = {} if body is None else {"json": body}
        return await journey.ask(name, author, send=send, **names)

    await ask("create_course", {"slug": slug, "title": "Python"})
    await ask("update_course", {"title": "More Python"}, slug=slug)
    week = (await ask("add_week", WEEK, slug=slug))["id"]
    await ask("update_week", {"boss": "The Sphinx"}, week_id=week)
    fields = {"day": 1, "title": "Day", "minutes": 20}
    day = (await ask("add_course_task", fields, week_id=week))["id"]
    await ask("update_course_task", {"body": "Read."}, course_task_id=day)
    question = (await ask("add_question", QUESTION, course_task_id=day))["id"]
    await ask("list_questions", course_task_id=day)
    await ask("update_question", {"position": 1}, question_id=question)
    await ask("delete_question", question_id=question)
    await ask("delete_course_task", course_task_id=day)
    await ask("delete_week", week_id=week)
    await ask("delete_course", slug=slug)
    await ask("archive_course", slug=f"journey-{journey.learner.id}")
