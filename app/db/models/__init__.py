"""One file per aggregate; importing this package registers every table with the metadata."""

from app.db.models.game import ActivityRow, Player, PlayerCounter, RewardEntry
from app.db.models.idempotency import IdempotencyKey
from app.db.models.task import Task, TaskOccurrence
from app.db.models.user import User, UserSession

__all__ = [
    "ActivityRow",
    "IdempotencyKey",
    "Player",
    "PlayerCounter",
    "RewardEntry",
    "Task",
    "TaskOccurrence",
    "User",
    "UserSession",
]
