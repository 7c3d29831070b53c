"""Between a question's row and its definition, and what of it may be shown before it is answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import TypeAdapter

from app.schemas.curriculum import (
    MultipleChoiceQuestion,
    Question,
    QuestionDefinition,
    SingleChoiceQuestion,
)

_ADAPTER: TypeAdapter[Question] = TypeAdapter(QuestionDefinition)
_COLUMNS = {"kind", "key", "prompt", "explanation"}


class QuestionFields(Protocol):
    """What a question is made of, whether it was loaded to be changed or only to be read."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def key(self) -> str:
        """Its key."""
        ...

    @property
    def kind(self) -> str:
        """Which of the kinds it is of."""
        ...

    @property
    def prompt(self) -> str:
        """What is asked, in Markdown."""
        ...

    @property
    def body(self) -> dict[str, Any]:
        """What differs between the kinds."""
        ...

    @property
    def explanation(self) -> str:
        """Why the right answer is right, in Markdown."""
        ...


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice as it is shown: its id does not tell whether it is right."""

    id: str
    text: str


def read_question(row: QuestionFields) -> Question:
    """The definition of a question."""
    return _ADAPTER.validate_python(
        {
            "kind": row.kind,
            "key": row.key,
            "prompt": row.prompt,
            "explanation": row.explanation,
            **row.body,
        }
    )


def write_body(question: Question) -> dict[str, Any]:
    """What the column ``body`` holds of a question."""
    return question.model_dump(mode="json", exclude=_COLUMNS)


def id_of_choice(text: str) -> str:
    """The id of a choice within its question: from its text alone, so that order tells nothing."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def list_choices(question: Question) -> Sequence[str]:
    """The texts of all choices, in an order that says nothing (that of their ids); none for other kinds."""
    match question:
        case SingleChoiceQuestion(right=right, wrong=wrong):
            texts: Sequence[str] = (right, *wrong)
        case MultipleChoiceQuestion(right=rights, wrong=wrong):
            texts = (*rights, *wrong)
        case _:
            texts = ()
    return sorted(texts, key=id_of_choice)


def show_choices(question: Question, seed: str, turn: int) -> Sequence[ShownChoice]:
    """The choices, in an order that differs from that of the turn before."""
    shown = [ShownChoice(id_of_choice(text), text) for text in list_choices(question)]
    return shuffle(shown, f"{seed}|{key_or_prompt(question)}", turn)


def key_or_prompt(question: Question) -> str:
    """What tells a question from the others of its quiz."""
    return question.key or question.prompt


def shuffle(items: Sequence[Any], seed: str, turn: int) -> list[Any]:
    """The items in an order that depends on the seed alone, turned by one for each turn.

    So the same turn always has the same order, and two turns that follow one another never have (if
    there are two items or more).
    """
    order = sorted(
        range(len(items)), key=lambda index: hashlib.sha256(f"{seed}|{index}".encode()).digest()
    )
    start = turn % len(items) if items else 0
    return [items[index] for index in (*order[start:], *order[:start])]
