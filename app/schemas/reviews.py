"""Bodies about reviewing."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from app.core.reviewing import Rating
from app.schemas.answers import AnswerField, ChoiceRead, JudgedChoiceRead, RightAnswer
from app.schemas.common import AnswerModel, Cursor, PageLimit, PageRead, RequestModel
from app.schemas.curriculum import QuestionKind
from app.schemas.game import OutcomeRead

State = Literal["learning", "review", "relearning"]


class DueQuery(RequestModel):
    """Which part of the due cards to show."""

    limit: PageLimit = 20
    cursor: Cursor | None = None


class DueCardRead(AnswerModel):
    """A card that is due, with its question. The answer is told once it was reviewed."""

    card_id: int
    question_id: int
    course: str = Field(description="The slug of the course.")
    course_task_id: int
    kind: QuestionKind
    prompt: str = Field(description="Markdown.")
    prompt_html: str = Field(description="The same as harmless HTML.")
    choices: list[ChoiceRead] = Field(
        description="Of single_choice and multiple_choice, shuffled anew for each review."
    )
    due_at: datetime
    state: State


class DuePageRead(PageRead[DueCardRead]):
    """Some of the cards that are due."""

    due: int = Field(description="How many cards are due in all, counted up to 1000.")


class ReviewCreate(RequestModel):
    """A review: an answer to be graded, your own rating, or both.

    A wrong answer counts as `again`, a right one as the rating (`good` if there is none).
    """

    rating: Rating | None = None
    answer: AnswerField | None = None

    @model_validator(mode="after")
    def refuse_nothing(self) -> Self:
        """Neither says anything."""
        if self.rating is None and self.answer is None:
            raise ValueError("send rating, answer or both")
        return self


class ReviewedCardRead(AnswerModel):
    """A card after its review."""

    id: int
    state: State
    due_at: datetime
    interval_days: int = Field(description="Whole days until it is due; 0 if it is minutes.")
    reviews: int = Field(description="How often it was reviewed.")


class ReviewRead(AnswerModel):
    """What a review did."""

    card: ReviewedCardRead
    correct: bool | None = Field(description="Whether the answer was right; null without one.")
    rating: Rating = Field(description="What was counted.")
    answer: RightAnswer = Field(
        description="What is right: texts of choices or accepted texts, a number, true or false."
    )
    choices: list[JudgedChoiceRead] = Field(description="Empty for kinds that have none.")
    explanation: str = Field(description="Markdown.")
    explanation_html: str = Field(description="The same as harmless HTML.")
    hearts: int
    next_heart_at: datetime | None = Field(description="Null when hearts are full.")
    outcome: OutcomeRead


class CardTotalsRead(AnswerModel):
    """How many cards come back, and how many of them are in each state."""

    total: int
    learning: int
    review: int
    relearning: int


class ForecastDayRead(AnswerModel):
    """How many cards are due on a local date. What is overdue is due today."""

    on: date
    due: int


class ReviewStatsRead(AnswerModel):
    """How reviewing goes."""

    due: int = Field(description="Cards due now.")
    cards: CardTotalsRead
    reviews: int = Field(description="Reviews done in all.")
    daily_reviews: int = Field(description="Paid reviews of today.")
    retention: float | None = Field(
        description="The share (0-1) of reviews of cards in state review that were remembered; "
        "null before the first."
    )
    forecast: list[ForecastDayRead] = Field(description="14 local days from today on.")
