"""Bodies about taking courses: enrolment, lessons, progress, quizzes."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.core.curriculum import MAX_QUESTIONS, ContentStatus, ReviewScope
from app.game.pacing import Pacing
from app.game.rules import Difficulty
from app.schemas.answers import (
    AnswerField,
    ChoiceRead,
    GivenAnswer,
    JudgedChoiceRead,
    RightAnswer,
)
from app.schemas.common import (
    WHOLE_NUMBER,
    AnswerModel,
    Cursor,
    EntityId,
    PageLimit,
    RequestModel,
)
from app.schemas.curriculum import QuestionKind
from app.schemas.game import OutcomeRead


class EnrollmentCreate(RequestModel):
    """What should come back as review: what was missed, or every question of a passed quiz as well."""

    review: ReviewScope | None = Field(
        default=None, description="Default: what was chosen before, else `missed`."
    )


class EnrollmentRead(AnswerModel):
    """That you take a course. ``enrolled_on`` is your local date of that time: pacing counts from it."""

    course: str = Field(description="The course's slug.")
    pacing: Pacing
    review: ReviewScope
    enrolled_at: datetime
    enrolled_on: date


class TakenCourseRead(AnswerModel):
    """A course that you take, and how far you are."""

    slug: str
    title: str
    status: ContentStatus
    review: ReviewScope
    enrolled_at: datetime
    enrolled_on: date
    days: int
    days_completed: int
    percent: int


class TakenCourseQuery(RequestModel):
    """Which part of the courses that you take."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class DayProgressRead(AnswerModel):
    """A day, and what you made of it."""

    id: int = Field(description="The course task's id.")
    day: int
    state: Literal["locked", "open", "completed"]
    opens_on: date | None = Field(
        description="With daily pacing: your local date on which it opens."
    )
    completed_at: datetime | None
    questions: int
    attempts: int
    quiz_passed: bool


class WeekProgressRead(AnswerModel):
    """A week; done means that its milestone is reached."""

    id: int
    done: bool
    days: list[DayProgressRead]


class CourseProgressRead(AnswerModel):
    """How far you are in a course; percent is days completed / days, rounded down."""

    course: str
    title: str
    pacing: Pacing
    status: ContentStatus
    review: ReviewScope
    enrolled_at: datetime
    enrolled_on: date
    today: date
    days: int
    days_completed: int
    percent: int
    done: bool
    weeks: list[WeekProgressRead]


class LessonRead(AnswerModel):
    """A lesson: Markdown as its author wrote it, and HTML that is safe to show."""

    id: int
    course: str
    week_id: int
    week_title: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    status: ContentStatus
    body: str
    body_html: str
    questions: int
    pass_percent: int
    quiz_passed: bool
    completed: bool
    completed_at: datetime | None


class CompletedDayRead(AnswerModel):
    """A day as it is now, and how far its week and its course are."""

    id: int
    course: str
    week_id: int
    day: int
    title: str
    completed: bool
    completed_at: datetime | None
    week_done: bool
    course_done: bool
    days: int
    days_completed: int
    percent: int


class DayCompletionRead(AnswerModel):
    """The day as it is now, and what that did to the player."""

    task: CompletedDayRead
    outcome: OutcomeRead


class QuizQuestionRead(AnswerModel):
    """A question as it is asked. ``choices`` is empty for kinds that have none."""

    id: int
    kind: QuestionKind
    prompt: str
    prompt_html: str
    choices: list[ChoiceRead]


class QuizRead(AnswerModel):
    """A quiz to take now. ``attempt`` is the number of the attempt to come."""

    course_task_id: int
    title: str = Field(description="The day's.")
    revision: int = Field(
        description="Send it with the answers to be told if the quiz has changed."
    )
    pass_percent: int
    attempt: int
    graded: bool = Field(description="False once the quiz is passed: then it is for practice.")
    passed: bool
    attempts_left: int = Field(description="Today.")
    hearts: int
    max_hearts: int
    next_heart_at: datetime | None
    questions: list[QuizQuestionRead]


class AnswerGiven(RequestModel):
    """The answer to one question."""

    question_id: EntityId
    answer: AnswerField


class AttemptCreate(RequestModel):
    """The answers to all questions of a quiz."""

    answers: Annotated[list[AnswerGiven], Field(min_length=1, max_length=MAX_QUESTIONS)]
    revision: Annotated[int, Field(ge=1, le=2**31, strict=True)] | None = None


class AnsweredRead(AnswerModel):
    """An answer that was given, what would have been right, and why; as it was then."""

    question_id: int
    kind: QuestionKind
    prompt: str
    prompt_html: str
    choices: list[JudgedChoiceRead] = Field(description="Empty for kinds that have none.")
    given: GivenAnswer = Field(description="For choices: their texts.")
    correct: bool
    answer: RightAnswer = Field(description="For choices: their texts; for text: what is accepted.")
    explanation: str
    explanation_html: str


AttemptNumber = Annotated[int, Field(ge=1, le=32_767, examples=[1]), WHOLE_NUMBER]
"""The number of an attempt at a quiz, from 1."""


class AttemptSummaryRead(AnswerModel):
    """How an attempt went; percent is rounded down."""

    number: int
    attempted_at: datetime
    graded: bool
    passed: bool
    questions: int
    right: int
    percent: int
    hearts_lost: int


class AttemptRead(AttemptSummaryRead):
    """How an attempt went, answer by answer."""

    answers: list[AnsweredRead]


class AttemptResultRead(AnswerModel):
    """An attempt, and what it did to the player."""

    attempt: AttemptRead
    attempts_left: int = Field(description="Today.")
    hearts: int
    next_heart_at: datetime | None
    cards_added: int = Field(description="Questions that will come back as reviews.")
    outcome: OutcomeRead


class AttemptQuery(RequestModel):
    """Which part of your attempts."""

    limit: PageLimit = 20
    cursor: Cursor | None = None
