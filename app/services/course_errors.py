"""The refusals of courses, quizzes and reviews, each with its stable code."""

from types import MappingProxyType

from app.core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RuleViolationError,
    TooManyRequestsError,
    UnavailableError,
)


class AuthorRequiredError(ForbiddenError):
    """Only authors and admins may do this."""

    code = "author_required"
    detail = "Only authors and admins may do this."


class CourseNotFoundError(NotFoundError):
    """No such course, or a draft that the caller may not see."""

    code = "course_not_found"
    detail = "There is no such course."


class WeekNotFoundError(NotFoundError):
    """No such week."""

    code = "week_not_found"
    detail = "There is no such week."


class CourseTaskNotFoundError(NotFoundError):
    """No such task of a course, or a draft that the caller may not see."""

    code = "course_task_not_found"
    detail = "There is no such course task."


class QuestionNotFoundError(NotFoundError):
    """No such question."""

    code = "question_not_found"
    detail = "There is no such question."


class NotEnrolledError(NotFoundError):
    """The caller does not take the course."""

    code = "not_enrolled"
    detail = "You are not enrolled in this course."


class NoQuizError(NotFoundError):
    """The task has no quiz."""

    code = "no_quiz"
    detail = "This course task has no quiz."


class AttemptNotFoundError(NotFoundError):
    """No such attempt of the caller's."""

    code = "attempt_not_found"
    detail = "There is no such attempt of yours."


class CardNotFoundError(NotFoundError):
    """No such review card, or another's."""

    code = "card_not_found"
    detail = "There is no such review card."


class NotOpenError(ConflictError):
    """The day is not open yet. Members: ``opens_on``, if it opens by the calendar."""

    code = "not_open"
    detail = "This day is not open yet."
    example_members = MappingProxyType({"opens_on": "2026-03-09"})


class QuizNotPassedError(ConflictError):
    """A day with a quiz completes only after its quiz is passed."""

    code = "quiz_not_passed"
    detail = "Pass the quiz first."


class HeartsEmptyError(ConflictError):
    """A graded attempt needs a heart. Members: ``next_heart_at``."""

    code = "hearts_empty"
    detail = "No hearts are left: wait for the next one, or review to earn one."
    example_members = MappingProxyType({"next_heart_at": "2026-03-02T16:00:00Z"})


class AttemptsUsedUpError(TooManyRequestsError):
    """The quiz was attempted as often as it may be on one local day."""

    code = "attempts_used_up"
    detail = "You have used up today's attempts at this quiz."


class BadAnswersError(RuleViolationError):
    """The answers don't fit the quiz."""

    code = "bad_answers"
    detail = "The answers don't fit the quiz."
    example_members = MappingProxyType({"question_id": 42})


class QuizChangedError(ConflictError):
    """The quiz was changed since the caller fetched it."""

    code = "quiz_changed"
    detail = "The quiz was changed meanwhile: fetch it again."


class CardNotDueError(ConflictError):
    """The card is not due. Members: ``due_at``."""

    code = "not_due"
    detail = "This card is not due yet."
    example_members = MappingProxyType({"due_at": "2026-03-04T12:00:00Z"})


class CourseArchivedError(ConflictError):
    """The course takes nobody new."""

    code = "course_archived"
    detail = "This course is archived."


class CourseIncompleteError(ConflictError):
    """The course lacks what a published course has."""

    code = "course_incomplete"
    detail = "A published course has weeks of seven days."


class SlugTakenError(ConflictError):
    """Another course has the slug."""

    code = "slug_taken"
    detail = "Another course has this slug."


class KeyTakenError(ConflictError):
    """Another part beside it has the key (archived parts keep theirs)."""

    code = "key_taken"
    detail = "Another part beside it has this key, or stands in this place."


class TooManyPartsError(ConflictError):
    """The course, week or quiz holds as many parts as it can."""

    code = "too_many_parts"
    detail = "It holds as many as it can."


class CurriculaBusyError(UnavailableError):
    """Others' courses are being read and written; they take their time."""

    code = "curricula_busy"
    detail = "Other courses are being imported and exported. Try again soon."


class BadCurriculumError(RuleViolationError):
    """An import was refused whole. Members: ``problems``."""

    code = "bad_curriculum"
    detail = "The curriculum has errors; nothing was changed."
    example_members = MappingProxyType(
        {"problems": ["week-01/day-2.md:3: minutes must be a whole number"]}
    )
