"""Quizzes and attempts as learners see them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.db.models import QuizAttempt
from app.db.repositories.learning_rows import AttemptRow
from app.services.choice_view import (
    ChoiceView,
    JudgedChoice,
    judge_choices,
    view_choices,
)
from app.services.curriculum.markdown import render_markdown
from app.services.curriculum.questions import read_question
from app.services.outcome_view import OutcomeView


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as it is asked: nothing of it tells the answer."""

    id: int
    kind: str
    prompt: str
    prompt_html: str
    choices: Sequence[ChoiceView]


@dataclass(frozen=True, slots=True)
class QuizView:
    """A quiz to take now. ``attempt`` is the number of the one to come."""

    course_task_id: int
    title: str
    revision: int
    pass_percent: int
    attempt: int
    graded: bool
    passed: bool
    attempts_left: int
    hearts: int
    max_hearts: int
    next_heart_at: datetime | None
    questions: Sequence[QuestionView]


@dataclass(frozen=True, slots=True)
class AnsweredView:
    """An answer that was given, what would have been right, and why; as it was then."""

    question_id: int
    kind: str
    prompt: str
    prompt_html: str
    choices: Sequence[JudgedChoice]
    given: Any
    correct: bool
    answer: Any
    explanation: str
    explanation_html: str


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """How an attempt went."""

    number: int
    attempted_at: datetime
    graded: bool
    passed: bool
    questions: int
    right: int
    percent: int
    hearts_lost: int


@dataclass(frozen=True, slots=True)
class AttemptView(AttemptSummary):
    """How an attempt went, answer by answer."""

    answers: Sequence[AnsweredView]


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """An attempt, and what it did to the player."""

    attempt: AttemptView
    attempts_left: int
    hearts: int
    next_heart_at: datetime | None
    cards_added: int
    outcome: OutcomeView


def show_quiz_question(row: Any, seed: str, turn: int) -> QuestionView:
    """A question as it is asked, its choices in the order of this turn."""
    return QuestionView(
        id=row.id,
        kind=row.kind,
        prompt=row.prompt,
        prompt_html=render_markdown(row.prompt),
        choices=view_choices(read_question(row), seed, turn),
    )


def summarize_attempt(row: AttemptRow | QuizAttempt) -> AttemptSummary:
    """How an attempt went."""
    return AttemptSummary(
        number=row.number,
        attempted_at=row.attempted_at,
        graded=row.graded,
        passed=row.passed,
        questions=row.questions,
        right=row.right,
        percent=row.right * 100 // row.questions,
        hearts_lost=row.hearts_lost,
    )


def show_attempt(row: QuizAttempt) -> AttemptView:
    """An attempt as it was, whatever became of the questions since."""
    answers = [_show_answered(answer) for answer in row.answers]
    return AttemptView(**asdict(summarize_attempt(row)), answers=answers)


def _show_answered(answer: Mapping[str, Any]) -> AnsweredView:
    choices = judge_choices(answer["choices"], answer["given"], answer["answer"])
    given = answer["given"]
    if choices:
        texts = {choice.id: choice.text for choice in choices}
        given = [texts[id_] for id_ in (given if isinstance(given, list) else [given])]
    return AnsweredView(
        question_id=answer["question_id"],
        kind=answer["kind"],
        prompt=answer["prompt"],
        prompt_html=render_markdown(answer["prompt"]),
        choices=choices,
        given=given,
        correct=answer["correct"],
        answer=answer["answer"],
        explanation=answer["explanation"],
        explanation_html=render_markdown(answer["explanation"]),
    )
