"""One file per aggregate; importing this package registers every table with the metadata."""

from app.db.models.course import Course, CourseTask, QuizQuestion, Week
from app.db.models.game import ActivityRow, Player, PlayerCounter, RewardEntry
from app.db.models.idempotency import IdempotencyKey
from app.db.models.learning import (
    CourseTaskCompletion,
    Enrollment,
    QuizAttempt,
    ReviewCard,
    ReviewLog,
)
from app.db.models.task import Task, TaskOccurrence
from app.db.models.user import User, UserSession

__all__ = [
    "ActivityRow",
    "Course",
    "CourseTask",
    "CourseTaskCompletion",
    "Enrollment",
    "IdempotencyKey",
    "Player",
    "PlayerCounter",
    "QuizAttempt",
    "QuizQuestion",
    "ReviewCard",
    "ReviewLog",
    "RewardEntry",
    "Task",
    "TaskOccurrence",
    "User",
    "UserSession",
    "Week",
]
