"""Steps that the tests of the audit log share."""

from typing import Any

from tests.support.service import Learner, Service

Entries = list[dict[str, Any]]


async def read_audit(service: Service, **query: Any) -> Entries:
    """The whole log as an admin sees it, oldest first; without what concerns the admin."""
    await service.settle()
    admin = await find_admin(service)
    page = await admin.get("/audit", limit=100, **query)
    assert page["next_cursor"] is None
    entries: Entries = page["items"][::-1]
    return [entry for entry in entries if admin.id not in (entry["subject_id"], entry["actor_id"])]


async def find_admin(service: Service) -> Learner:
    """The superuser who looks at the log."""
    email = "auditor@example.org"
    user = await service.parts.manager.user_db.get_by_email(email)
    if user is None:
        return await service.learner(email, is_superuser=True)
    return Learner(user.id, email, service.client(await service.open_session(user.id)))


async def list_events(service: Service, **query: Any) -> list[str]:
    """What happened, in order."""
    return [entry["event"] for entry in await read_audit(service, **query)]


async def find_entry(service: Service, event: str, **query: Any) -> dict[str, Any]:
    """The one entry of this kind."""
    (entry,) = await read_audit(service, event=event, **query)
    return entry
