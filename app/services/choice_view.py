"""The choices of a question as learners see them, in quizzes and in reviews."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.schemas.curriculum import Question
from app.services.curriculum.markdown import render_markdown
from app.services.curriculum.questions import show_choices


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice to pick, by its id, which does not tell whether it is right."""

    id: str
    text: str
    html: str


def view_choices(question: Question, seed: str, turn: int) -> Sequence[ChoiceView]:
    """The choices, in an order that differs from that of the turn before; none for other kinds."""
    return [
        ChoiceView(choice.id, choice.text, render_markdown(choice.text))
        for choice in show_choices(question, seed, turn)
    ]
