"""Steps of accounts, sessions, and what operators look at."""

from datetime import timedelta
from typing import Any

from tests.api.account_steps import NEW_PASSWORD, token_in
from tests.budgets.journey import Journey
from tests.support.clock import START
from tests.support.service import PASSWORD

EMAIL = "visitor-{}@example.org"


async def visit(journey: Journey) -> None:
    """Come as a stranger, register, and go."""
    service, stranger = journey.service, journey.service.client()
    # A test before may have asked whether it is ready: for a second that is known.
    service.parts.readiness._was_well_at = None
    for name in ("get_health", "get_readiness", "get_config"):
        await journey.ask(name, stranger)
    email = EMAIL.format(journey.learner.id)
    account = {"email": email, "password": PASSWORD}
    await journey.ask("register", stranger, send={"json": account})
    await journey.ask("request_verify_token", stranger, send={"json": {"email": email}})
    token = await _read_token(journey)
    await journey.ask("verify", stranger, send={"json": {"token": token}})
    await journey.ask("forgot_password", stranger, send={"json": {"email": email}})
    chosen = {"token": await _read_token(journey), "password": NEW_PASSWORD}
    await journey.ask("reset_password", stranger, send={"json": chosen})
    form = {"username": email, "password": NEW_PASSWORD}
    tokens = await journey.ask("log_in", stranger, send={"data": form})
    body = {"refresh_token": tokens["refresh_token"]}
    tokens = await journey.ask("refresh", stranger, send={"json": body})
    await journey.ask("log_out", service.client(tokens["access_token"]))


async def _read_token(journey: Journey) -> str:
    await journey.service.settle()
    return token_in(journey.service.mailbox.mails[-1])


async def keep_account(journey: Journey) -> None:
    """One's own account and sessions."""
    me = await journey.ask("get_me")
    fields = ("email", "display_name", "timezone", "day_starts_at")
    await journey.ask("replace_me", send={"json": {name: me[name] for name in fields}})
    await journey.ask("update_me", send={"json": {"display_name": "Somebody else"}})
    await journey.service.open_session(journey.learner.id)
    sessions = (await journey.ask("list_sessions"))["items"]
    await journey.ask("list_sessions", None, "one", query={"limit": 1})
    other = next(session["id"] for session in sessions if not session["current"])
    await journey.ask("end_session", session_id=other)
    await journey.ask("end_other_sessions")
    await journey.ask("export_me")
    await journey.ask("list_background_tasks", query={"limit": 2})
    await journey.ask("get_mail_preferences")
    wishes = {"reminder_hour": 18, "weekly_report": True}
    await journey.ask("update_mail_preferences", send={"json": wishes})


async def administer(journey: Journey) -> None:
    """Other people's accounts, the audit log, and settings."""
    admin = journey.admin
    await journey.ask("list_users", admin)
    account = {"email": f"made-{admin.id}@example.org", "password": PASSWORD}
    made = await journey.ask("create_user", admin, send={"json": account})
    await journey.ask("get_user", admin, user_id=made["id"])
    changes = {"display_name": "Made", "role": "author"}
    await journey.ask("update_user", admin, send={"json": changes}, user_id=made["id"])
    await journey.ask("delete_user", admin, user_id=made["id"])
    await _read_audit_log(journey)
    settings = await journey.ask("get_config_settings", admin)
    notice = {"revision": settings["revision"], "notice": f"Back soon, {journey.learner.id}."}
    await journey.ask("update_config_settings", admin, send={"json": notice})


async def _read_audit_log(journey: Journey) -> None:
    since, until = (START - timedelta(days=29)).isoformat(), (START + timedelta(days=1)).isoformat()
    learner_id = journey.learner.id
    filters: dict[str, dict[str, Any]] = {
        "": {},
        "of an event": {"event": "login_succeeded"},
        "by an actor": {"actor_id": learner_id},
        "about a subject": {"subject_id": learner_id},
        "of a time": {"since": since, "until": until},
        "all at once": {
            "event": "login_succeeded", "actor_id": learner_id, "subject_id": learner_id,
            "since": since, "until": until,
        },
    }  # fmt: skip
    for what, query in filters.items():
        await journey.ask("list_audit_entries", journey.admin, what, query=query)


async def leave(journey: Journey) -> None:
    """Erase the account, with everything."""
    await journey.ask("delete_me", send={"json": {"password": PASSWORD}})
