"""One file per aggregate; importing this package registers every table with the metadata."""

from app.db.models.background_task import BackgroundTask
from app.db.models.battle import BattleFighter, Boss, BossBattle, PartyBattle
from app.db.models.course import Course, CourseTask, QuizQuestion, Week
from app.db.models.game import ActivityRow, Player, PlayerCounter, RewardEntry
from app.db.models.goal import (
    Badge,
    BadgeAward,
    Challenge,
    ChallengeMember,
    Quest,
    QuestProgress,
)
from app.db.models.idempotency import IdempotencyKey
from app.db.models.learning import (
    CourseTaskCompletion,
    Enrollment,
    QuizAttempt,
    ReviewCard,
    ReviewLog,
)
from app.db.models.notification import Notification
from app.db.models.operations import AppSetting, AuditEntry, MailPreferences, Revision
from app.db.models.party import Party, PartyInvitation, PartyMember
from app.db.models.standing import LeagueGroup, LeagueMember, ScoreBucket, WeeklyScore
from app.db.models.task import Task, TaskOccurrence
from app.db.models.user import ExternalIdentity, User, UserSession

__all__ = [
    "ActivityRow",
    "AppSetting",
    "AuditEntry",
    "BackgroundTask",
    "Badge",
    "BadgeAward",
    "BattleFighter",
    "Boss",
    "BossBattle",
    "Challenge",
    "ChallengeMember",
    "Course",
    "CourseTask",
    "CourseTaskCompletion",
    "Enrollment",
    "ExternalIdentity",
    "IdempotencyKey",
    "LeagueGroup",
    "LeagueMember",
    "MailPreferences",
    "Notification",
    "Party",
    "PartyBattle",
    "PartyInvitation",
    "PartyMember",
    "Player",
    "PlayerCounter",
    "Quest",
    "QuestProgress",
    "QuizAttempt",
    "QuizQuestion",
    "ReviewCard",
    "ReviewLog",
    "Revision",
    "RewardEntry",
    "ScoreBucket",
    "Task",
    "TaskOccurrence",
    "User",
    "UserSession",
    "Week",
    "WeeklyScore",
]
