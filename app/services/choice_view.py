"""The choices of a question as learners see them, in quizzes and in reviews."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.schemas.answers import GivenAnswer, RightAnswer
from app.schemas.curriculum import Question
from app.services.curriculum.markdown import render_markdown
from app.services.curriculum.questions import show_choices


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice to pick, by its id, which does not tell whether it is right."""

    id: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class JudgedChoice(ChoiceView):
    """A choice after the question was answered."""

    chosen: bool
    right: bool


def view_choices(question: Question, seed: str, turn: int) -> Sequence[ChoiceView]:
    """The choices, in an order that differs from that of the turn before; none for other kinds."""
    return [
        ChoiceView(choice.id, choice.text, render_markdown(choice.text))
        for choice in show_choices(question, seed, turn)
    ]


def judge_choices(
    choices: Iterable[Sequence[str]], given: GivenAnswer | None, right: RightAnswer
) -> Sequence[JudgedChoice]:
    """The choices (ids and texts), whether each was chosen and whether it is right; none for other kinds.

    ``given`` is one id, or several; ``right`` are texts.
    """
    chosen = given if isinstance(given, list) else [given]
    texts = right if isinstance(right, list) else []
    return [
        JudgedChoice(id_, text, render_markdown(text), chosen=id_ in chosen, right=text in texts)
        for id_, text in choices
    ]
