"""Reviewing a card: graded or rated by the learner, rewarded, and scheduled anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app.core.clock import Clock
from app.core.reviewing import CardState, Rating
from app.db.models import ReviewCard, ReviewLog
from app.db.unit_of_work import UnitOfWork
from app.game.activity import Source, SourceType
from app.services.choice_view import JudgedChoice, judge_choices
from app.services.course_errors import CardNotDueError, CardNotFoundError
from app.services.curriculum.markdown import render_markdown
from app.services.curriculum.questions import id_of_choice, list_choices, read_question
from app.services.due_rule import find_due_from, find_due_limits, is_due
from app.services.grading import GivenAnswer, RightAnswer, check_answer, show_right_answer
from app.services.outcome_view import OutcomeView
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.review_cards import read_memory, write_memory
from app.services.scheduling import schedule
from app.services.turn import Fight, Turn

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CardView:
    """A card after its review. ``interval_days``: whole days until it is due, 0 if it is minutes."""

    id: int
    state: str
    due_at: datetime
    interval_days: int
    reviews: int


@dataclass(frozen=True, slots=True)
class ReviewView:
    """See ``app.schemas.reviews.ReviewRead`` for what the fields mean to clients."""

    card: CardView
    correct: bool | None
    rating: Rating
    answer: RightAnswer
    choices: Sequence[JudgedChoice]
    explanation: str
    explanation_html: str
    hearts: int
    next_heart_at: datetime | None
    outcome: OutcomeView


class ReviewService:
    """Takes reviews."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)

    async def review(
        self,
        principal: Principal,
        card_id: int,
        rating: Rating | None,
        answer: GivenAnswer | None,
    ) -> ReviewView:
        """Review a card that is due, by an answer, by the learner's own rating, or by both.

        Raises:
            CardNotFoundError: the caller has no such card, or none that comes back (any more).
            CardNotDueError: it is not due.
            BadAnswersError: the answer doesn't fit the question.
        """
        turn = await self._play.begin(principal, Fight.STRIKE)
        found = await self._uow.reviews.lock(turn.user_id, card_id)
        if found is None:
            raise CardNotFoundError
        card, asked = found
        _check_due(turn, card)
        question = read_question(asked)
        correct = None if answer is None else check_answer(question, answer)
        chosen = _choose_rating(correct, rating)
        source = Source(SourceType.CARD_DAY, f"{card.id}/{turn.today.isoformat()}")
        played = await self._play.review(turn, source, card.course_id)
        log = _write_log(turn, card, chosen, played.sequence)
        write_memory(schedule(read_memory(card), chosen, turn.now), card)
        card.reviews = log.number
        await self._uow.reviews.save_review(card, log)
        right = show_right_answer(question)
        choices = [(id_of_choice(text), text) for text in list_choices(question)]
        return ReviewView(
            card=_show_card(card, turn.now),
            correct=correct,
            rating=chosen,
            answer=right,
            choices=judge_choices(choices, answer, right),
            explanation=asked.explanation,
            explanation_html=render_markdown(asked.explanation),
            hearts=turn.hearts.count,
            next_heart_at=turn.hearts.next_at,
            outcome=played.outcome,
        )


def _check_due(turn: Turn, card: ReviewCard) -> None:
    state = CardState(card.state)
    if is_due(state, card.due_at, find_due_limits(turn.calendar, turn.now)):
        return
    wait = find_due_from(state, card.due_at, turn.calendar) - turn.now
    raise CardNotDueError(retry_after=max(1, ceil(wait / _SECOND)), members={"due_at": card.due_at})


def _choose_rating(correct: bool | None, rating: Rating | None) -> Rating:
    """A wrong answer was not remembered, whatever its giver says."""
    if correct is False:
        return Rating.AGAIN
    return rating or Rating.GOOD


def _write_log(turn: Turn, card: ReviewCard, rating: Rating, sequence: int) -> ReviewLog:
    """The log of a review, made before the card is changed by it."""
    return ReviewLog(
        user_id=turn.user_id,
        card_id=card.id,
        number=card.reviews + 1,
        activity_sequence=sequence,
        rating=rating.number,
        reviewed_at=turn.now,
        local_on=turn.today,
        state=card.state,
    )


def _show_card(card: ReviewCard, now: datetime) -> CardView:
    return CardView(
        id=card.id,
        state=CardState(card.state).label,
        due_at=card.due_at,
        interval_days=(card.due_at - now).days,
        reviews=card.reviews,
    )
