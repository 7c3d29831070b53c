"""Steps of personal tasks, on both of their paths."""

from typing import Any

from tests.budgets.journey import Journey

LISTS: dict[str, dict[str, Any]] = {
    "": {},
    "open": {"status": "open"},
    "completed": {"status": "completed"},
    "found": {"q": "water"},
    "tagged": {"tag": "home"},
    "hard": {"difficulty": "hard"},
    "due": {"due_from": "2026-03-01", "due_to": "2026-03-09", "sort": "due_on"},
    "open and due": {"status": "open", "due_to": "2026-03-09", "sort": "due_on"},
    "all at once": {
        "status": "open", "q": "water", "tag": "home", "difficulty": "easy",
        "due_from": "2026-03-01", "due_to": "2026-03-09", "sort": "-due_on",
    },
    **{f"by {order}": {"sort": order} for order in ("created_at", "-due_on", "difficulty", "-difficulty")},
}  # fmt: skip

TASK = {"title": "Water the plants", "tags": ["home"], "due_on": "2026-03-03"}
RECURRING = {"title": "Water", "due_on": "2026-03-01", "recurrence": "FREQ=DAILY"}
CHECKLIST = [{"text": "Can", "done": True}, {"text": "Water"}]
OCCURRENCE = {"occurrence_on": "2026-03-01"}
ANOTHER = {"occurrence_on": "2026-03-02"}


async def keep_tasks(journey: Journey) -> None:
    """Everything that may be done with tasks."""
    await _keep_tasks(journey, "", {})
    await _keep_tasks(journey, "_of_user", {"user_id": journey.learner.id})


async def _keep_tasks(journey: Journey, suffix: str, whose: dict[str, Any]) -> None:
    async def ask(name: str, what: str = "", **given: Any) -> Any:
        return await journey.ask(f"{name}{suffix}", None, what, **given, **whose)

    first = (await ask("create_task", send={"json": TASK}))["id"]
    fields = {**RECURRING, "checklist": CHECKLIST}
    recurring = (await ask("create_task", "recurring", send={"json": fields}))["id"]
    for what, query in LISTS.items():
        await ask("list_tasks", what, query=query)
    await ask("get_task", task_id=first)
    await ask("replace_task", send={"json": {**TASK, "title": "Water them"}}, task_id=first)
    await ask("update_task", send={"json": {"difficulty": "hard"}}, task_id=first)
    await ask("complete_task", task_id=first)
    await ask("complete_task", "again", task_id=first)
    await ask("complete_task", "recurring", send={"json": OCCURRENCE}, task_id=recurring)
    keyed = {"json": {}, "headers": {"Idempotency-Key": f"toggle{suffix}"}}
    await ask("toggle_task", "with a key", send=keyed, task_id=first)
    await ask("toggle_task", task_id=first)
    await ask("undo_task", task_id=first)
    path = f"/tasks/{recurring}"
    await journey.learner.post(f"{path}/complete", ANOTHER)
    await ask("list_occurrences", query={"limit": 1}, task_id=recurring)
    await journey.learner.post(f"{path}/undo", ANOTHER)
    await ask("undo_task", "recurring", send={"json": OCCURRENCE}, task_id=recurring)
    await ask("delete_task", task_id=first)
