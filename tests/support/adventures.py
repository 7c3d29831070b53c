"""A learner who takes part in everything, so that every table of the game has rows of theirs."""

from datetime import timedelta
from typing import Any

from app.core.jobs import JobKind, JobRequest
from app.db.models import MailPreferences
from app.game.metrics import Metric
from tests.support.game import definition_rows
from tests.support.service import Learner, Service


async def take_part(service: Service, learner: Learner) -> None:
    """Leave rows of quests, badges, battles, challenges, parties, tables and notifications."""
    await definition_rows(service.parts.database)
    await learner.post("/game/quests/adventure-quest/accept")
    await learner.post("/game/bosses/adventure-boss/fight")
    party = await learner.post("/game/parties", {"name": "Fellowship"})
    await learner.post(f"/game/parties/{party['id']}/invitations")
    await learner.post("/game/bosses/adventure-dragon/fight", {"party_id": party["id"]})
    challenge = await learner.post("/game/challenges", _challenge_for(service, party["id"]))
    await learner.post(f"/game/challenges/{challenge['id']}/membership")
    await recognise(service, learner)
    await want_mail(service, learner)
    task = await learner.create_task(difficulty="hard")
    await learner.post(f"/tasks/{task['id']}/complete")
    await learner.get("/game/league")  # who looks has a place in a group


async def recognise(service: Service, learner: Learner) -> None:
    """Let another issuer know the learner as well."""
    async with service.parts.database.writing() as transaction:
        await transaction.uow.external_identities.add(
            "https://auth.example.org", str(learner.id), learner.id, service.clock.now()
        )
        await transaction.commit()


async def want_mail(service: Service, learner: Learner) -> None:
    """Leave a job that is about the learner, and a wish for mails."""
    request = JobRequest(JobKind.CLEAR_AWAY, user_id=learner.id, slot=f"tests/{learner.id}")
    async with service.parts.database.writing() as transaction:
        await transaction.uow.background_tasks.add(request, service.clock.now())
        transaction.uow._session.add(MailPreferences(user_id=learner.id, weekly_report=True))
        await transaction.uow._session.flush()
        await transaction.commit()


def _challenge_for(service: Service, party_id: int) -> dict[str, Any]:
    now = service.clock.now()
    return {
        "party_id": party_id,
        "title": "A race",
        "description": "Whoever does most.",
        "metric": Metric.TASKS_COMPLETED,
        "target": 10,
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(days=3)).isoformat(),
    }
