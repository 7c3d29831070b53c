"""What a use case sees of the database: one property per repository."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.activities import ActivityReader, ActivityRepository
from app.db.repositories.app_settings import AppSettingReader, AppSettingRepository
from app.db.repositories.audit import AuditReader, AuditRepository
from app.db.repositories.awards import AwardReader, AwardRepository
from app.db.repositories.background_tasks import (
    BackgroundTaskReader,
    BackgroundTaskRepository,
    find_wanted,
)
from app.db.repositories.badge_pages import BadgePageReader
from app.db.repositories.base import Repository
from app.db.repositories.battles import BattleReader, BattleRepository
from app.db.repositories.bosses import BossReader
from app.db.repositories.challenges import ChallengeReader, ChallengeRepository
from app.db.repositories.changes import find_changed
from app.db.repositories.courses import CourseReader, CourseRepository
from app.db.repositories.curricula import CurriculumReader, CurriculumRepository
from app.db.repositories.definition_trials import TrialReader
from app.db.repositories.definitions import DefinitionReader, DefinitionRepository
from app.db.repositories.export import ExportReader
from app.db.repositories.external_identities import (
    ExternalIdentityReader,
    ExternalIdentityRepository,
)
from app.db.repositories.goals import GoalReader, GoalRepository
from app.db.repositories.history_records import EntryRecord
from app.db.repositories.idempotency import IdempotencyRepository
from app.db.repositories.leagues import LeagueReader, LeagueRepository
from app.db.repositories.learning import LearningReader, LearningRepository
from app.db.repositories.ledger import LedgerReader, LedgerRepository, find_moved
from app.db.repositories.mail_preferences import (
    MailPreferencesReader,
    MailPreferencesRepository,
)
from app.db.repositories.notifications import (
    NotificationReader,
    NotificationRepository,
    find_told,
)
from app.db.repositories.occurrences import OccurrenceReader, OccurrenceRepository
from app.db.repositories.parties import PartyReader, PartyRepository
from app.db.repositories.party_battles import PartyBattleReader, PartyBattleRepository
from app.db.repositories.party_invitations import (
    PartyInvitationReader,
    PartyInvitationRepository,
)
from app.db.repositories.players import PlayerReader, PlayerRepository
from app.db.repositories.quests import QuestReader, QuestRepository
from app.db.repositories.quizzes import QuizReader, QuizRepository
from app.db.repositories.replay import ReplayReader
from app.db.repositories.reports import ReportReader
from app.db.repositories.reviews import ReviewReader, ReviewRepository
from app.db.repositories.revisions import RevisionReader, RevisionRepository
from app.db.repositories.schema_version import SchemaVersionReader
from app.db.repositories.scores import ScoreReader, ScoreRepository
from app.db.repositories.sessions import SessionReader, SessionRepository
from app.db.repositories.strikes import StrikeReader
from app.db.repositories.summary import SummaryReader
from app.db.repositories.tables import TableReader, TableRepository
from app.db.repositories.tasks import TaskReader, TaskRepository
from app.db.repositories.users import UserReader, UserRepository
from app.db.repositories.verification import VerificationReader
from app.db.repositories.verification_game import GameVerificationReader
from app.db.together import Write, write_together

R_co = TypeVar("R_co", bound=Repository, covariant=True)


class _Of(Generic[R_co]):
    """A repository over the unit of work's session, made when it is first asked for."""

    def __init__(self, make: Callable[[AsyncSession], R_co]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, uow: "ReadUnitOfWork", owner: type) -> R_co:
        repository = uow.make(self._make)
        uow.__dict__[self._name] = repository  # found there from now on
        return repository


class ReadUnitOfWork:
    """A unit of work whose type offers reads only."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def make(self, make: Callable[[AsyncSession], R_co]) -> R_co:
        """A repository over this unit of work's session."""
        return make(self._session)

    users = _Of(UserReader)
    """Accounts."""
    sessions = _Of(SessionReader)
    """Logins."""
    external_identities = _Of(ExternalIdentityReader)
    """Whom other issuers call how."""
    audit = _Of(AuditReader)
    """What matters for security."""
    app_settings = _Of(AppSettingReader)
    """What admins changed while the service runs."""
    revisions = _Of(RevisionReader)
    """How often things were changed that processes keep in memory."""
    exports = _Of(ExportReader)
    """All that is kept of one user."""
    reports = _Of(ReportReader)
    """What learners did in a week."""
    mail_preferences = _Of(MailPreferencesReader)
    """Which mails learners wish."""
    background_tasks = _Of(BackgroundTaskReader)
    """Jobs."""
    tasks = _Of(TaskReader)
    """Personal tasks."""
    parties = _Of(PartyReader)
    """Parties and their members."""
    party_invitations = _Of(PartyInvitationReader)
    """Links into parties."""
    occurrences = _Of(OccurrenceReader)
    """Completed occurrences of recurring tasks."""
    players = _Of(PlayerReader)
    """Balances and counters."""
    activities = _Of(ActivityReader)
    """What was done."""
    ledger = _Of(LedgerReader)
    """What it gave."""
    notifications = _Of(NotificationReader)
    """What learners were told."""
    definitions = _Of(DefinitionReader)
    """Quests, bosses and badges as they are defined."""
    trials = _Of(TrialReader)
    """What definitions would have given."""
    badge_pages = _Of(BadgePageReader)
    """Badges as learners see them."""
    bosses = _Of(BossReader)
    """Whom learners fight, have beaten, and may fight."""
    strikes = _Of(StrikeReader)
    """What tells whether bosses strike back."""
    party_battles = _Of(PartyBattleReader)
    """Battles of parties, and who dealt what in them."""
    challenges = _Of(ChallengeReader)
    """Challenges and who is in them."""
    courses = _Of(CourseReader)
    """Courses, to be shown and edited."""
    curricula = _Of(CurriculumReader)
    """Whole curricula."""
    learning = _Of(LearningReader)
    """What learners do in courses."""
    quizzes = _Of(QuizReader)
    """Quizzes and attempts."""
    reviews = _Of(ReviewReader)
    """Review cards and their logs."""
    tables = _Of(TableReader)
    """Who stands where."""
    scores = _Of(ScoreReader)
    """Who waits for a place in a league."""
    leagues = _Of(LeagueReader)
    """Groups of leagues."""
    summary = _Of(SummaryReader)
    """What start pages show."""
    quests = _Of(QuestReader)
    """Quests as learners have them."""
    verification = _Of(VerificationReader)
    """What the balances are checked against."""
    game_verification = _Of(GameVerificationReader)
    """What of battles, goals, badges and scores is wrong."""
    replay = _Of(ReplayReader)
    """Whole histories, and what they are played again with."""
    schema_version = _Of(SchemaVersionReader)
    """Which migration the database is at."""
    battles = _Of(BattleReader)
    """Learners' own battles."""
    goals = _Of(GoalReader)
    """Quests and challenges as activities move them."""
    awards = _Of(AwardReader)
    """Badges as activities win them."""


class UnitOfWork(ReadUnitOfWork):
    """A unit of work that may write. All of it happens or none; who opened it commits."""

    @property
    def told(self) -> set[int]:
        """Users whose live events have something new once this is committed."""
        return find_told(self._session)

    @property
    def moved(self) -> list[EntryRecord]:
        """Entries of the ledger that are to be counted once this is committed."""
        return find_moved(self._session)

    @property
    def wanted(self) -> set[int]:
        """Jobs that are to be done as soon as this is committed."""
        return find_wanted(self._session)

    @property
    def changed(self) -> set[str]:
        """Groups of kept answers that are wrong once this is committed."""
        return find_changed(self._session)

    async def write(self, writes: Sequence[Write]) -> list[Any]:
        """Run writes together, no two of which touch the same row; the rows that the last one gives."""
        return await write_together(self._session, writes)

    users = _Of(UserRepository)
    sessions = _Of(SessionRepository)
    external_identities = _Of(ExternalIdentityRepository)
    audit = _Of(AuditRepository)
    app_settings = _Of(AppSettingRepository)
    revisions = _Of(RevisionRepository)
    mail_preferences = _Of(MailPreferencesRepository)
    background_tasks = _Of(BackgroundTaskRepository)
    tasks = _Of(TaskRepository)
    parties = _Of(PartyRepository)
    party_invitations = _Of(PartyInvitationRepository)
    occurrences = _Of(OccurrenceRepository)
    players = _Of(PlayerRepository)
    activities = _Of(ActivityRepository)
    ledger = _Of(LedgerRepository)
    definitions = _Of(DefinitionRepository)
    party_battles = _Of(PartyBattleRepository)
    challenges = _Of(ChallengeRepository)
    courses = _Of(CourseRepository)
    curricula = _Of(CurriculumRepository)
    learning = _Of(LearningRepository)
    quizzes = _Of(QuizRepository)
    reviews = _Of(ReviewRepository)
    scores = _Of(ScoreRepository)
    """The XP of weeks."""
    tables = _Of(TableRepository)
    leagues = _Of(LeagueRepository)
    quests = _Of(QuestRepository)
    notifications = _Of(NotificationRepository)
    idempotency = _Of(IdempotencyRepository)
    """Answers kept for retries."""
    battles = _Of(BattleRepository)
    goals = _Of(GoalRepository)
    awards = _Of(AwardRepository)
