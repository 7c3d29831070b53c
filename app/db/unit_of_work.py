"""What a use case sees of the database: one property per repository."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.repositories.activities import ActivityReader, ActivityRepository
from app.db.repositories.courses import CourseReader, CourseRepository
from app.db.repositories.curricula import CurriculumReader, CurriculumRepository
from app.db.repositories.idempotency import IdempotencyRepository
from app.db.repositories.learning import LearningReader, LearningRepository
from app.db.repositories.ledger import LedgerReader, LedgerRepository
from app.db.repositories.occurrences import OccurrenceReader, OccurrenceRepository
from app.db.repositories.players import PlayerReader, PlayerRepository
from app.db.repositories.quizzes import QuizReader, QuizRepository
from app.db.repositories.reviews import ReviewReader, ReviewRepository
from app.db.repositories.schema_version import SchemaVersionReader
from app.db.repositories.sessions import SessionReader, SessionRepository
from app.db.repositories.tasks import TaskReader, TaskRepository
from app.db.repositories.users import UserReader, UserRepository
from app.db.repositories.verification import VerificationReader


class ReadUnitOfWork:
    """A unit of work whose type offers reads only."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    @cached_property
    def users(self) -> UserReader:
        """Accounts."""
        return UserReader(self._session)

    @cached_property
    def sessions(self) -> SessionReader:
        """Logins."""
        return SessionReader(self._session)

    @cached_property
    def tasks(self) -> TaskReader:
        """Personal tasks."""
        return TaskReader(self._session)

    @cached_property
    def occurrences(self) -> OccurrenceReader:
        """Completed occurrences of recurring tasks."""
        return OccurrenceReader(self._session)

    @cached_property
    def players(self) -> PlayerReader:
        """Balances and counters."""
        return PlayerReader(self._session)

    @cached_property
    def activities(self) -> ActivityReader:
        """What was done."""
        return ActivityReader(self._session)

    @cached_property
    def ledger(self) -> LedgerReader:
        """What it gave."""
        return LedgerReader(self._session)

    @cached_property
    def courses(self) -> CourseReader:
        """Courses, to be shown and edited."""
        return CourseReader(self._session)

    @cached_property
    def curricula(self) -> CurriculumReader:
        """Whole curricula."""
        return CurriculumReader(self._session)

    @cached_property
    def learning(self) -> LearningReader:
        """What learners do in courses."""
        return LearningReader(self._session)

    @cached_property
    def quizzes(self) -> QuizReader:
        """Quizzes and attempts."""
        return QuizReader(self._session)

    @cached_property
    def reviews(self) -> ReviewReader:
        """Review cards and their logs."""
        return ReviewReader(self._session)

    @cached_property
    def verification(self) -> VerificationReader:
        """What the balances are checked against."""
        return VerificationReader(self._session)

    @cached_property
    def schema_version(self) -> SchemaVersionReader:
        """Which migration the database is at."""
        return SchemaVersionReader(self._session)


class UnitOfWork(ReadUnitOfWork):
    """A unit of work that may write. All of it happens or none; who opened it commits."""

    @cached_property
    def users(self) -> UserRepository:
        """Accounts."""
        return UserRepository(self._session)

    @cached_property
    def sessions(self) -> SessionRepository:
        """Logins."""
        return SessionRepository(self._session)

    @cached_property
    def tasks(self) -> TaskRepository:
        """Personal tasks."""
        return TaskRepository(self._session)

    @cached_property
    def occurrences(self) -> OccurrenceRepository:
        """Completed occurrences of recurring tasks."""
        return OccurrenceRepository(self._session)

    @cached_property
    def players(self) -> PlayerRepository:
        """Balances and counters."""
        return PlayerRepository(self._session)

    @cached_property
    def activities(self) -> ActivityRepository:
        """What was done."""
        return ActivityRepository(self._session)

    @cached_property
    def ledger(self) -> LedgerRepository:
        """What it gave."""
        return LedgerRepository(self._session)

    @cached_property
    def courses(self) -> CourseRepository:
        """Courses, to be shown and edited."""
        return CourseRepository(self._session)

    @cached_property
    def curricula(self) -> CurriculumRepository:
        """Whole curricula."""
        return CurriculumRepository(self._session)

    @cached_property
    def learning(self) -> LearningRepository:
        """What learners do in courses."""
        return LearningRepository(self._session)

    @cached_property
    def quizzes(self) -> QuizRepository:
        """Quizzes and attempts."""
        return QuizRepository(self._session)

    @cached_property
    def reviews(self) -> ReviewRepository:
        """Review cards and their logs."""
        return ReviewRepository(self._session)

    @cached_property
    def idempotency(self) -> IdempotencyRepository:
        """Answers kept for retries."""
        return IdempotencyRepository(self._session)
