"""Answers to questions, as clients send them and as they are shown afterwards."""

from typing import Annotated, Any, TypeAlias

from pydantic import (
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from app.core.curriculum import MAX_CHOICES, MAX_NUMBER
from app.schemas.common import AnswerModel, Text

_MAX_SENT_LENGTH = 500
"""Generous: which texts are answers, their question says."""

_SentText = Annotated[Text, StringConstraints(max_length=_MAX_SENT_LENGTH)]
_SentInt = Annotated[StrictInt, Field(ge=-int(MAX_NUMBER), le=int(MAX_NUMBER))]
_SentFloat = Annotated[StrictFloat, Field(ge=-MAX_NUMBER, le=MAX_NUMBER, allow_inf_nan=False)]

GivenAnswer: TypeAlias = bool | int | float | str | list[str]
"""An answer to a question of any kind."""

RightAnswer: TypeAlias = bool | float | list[str]
"""What was right: texts of choices or accepted texts, a number, true or false."""


def _refuse_plainly(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """One sentence instead of an error for each kind that the value is not."""
    try:
        return validate(value)
    except ValidationError:
        raise ValueError(
            "an answer is true, false, a number from -1e15 to 1e15, a text of at most"
            f" {_MAX_SENT_LENGTH} characters, or a list of at most {MAX_CHOICES} texts"
        ) from None


AnswerField = Annotated[
    StrictBool
    | _SentInt
    | _SentFloat
    | _SentText
    | Annotated[list[_SentText], Field(max_length=MAX_CHOICES)],
    Field(
        description="By the question's kind: the id of a choice, a list of ids of choices, true or "
        "false, a number, or a short text.",
        examples=["5feceb66ffc86f38", ["5feceb66ffc86f38", "6b86b273ff34fce1"], True, 42, "range"],
    ),
    WrapValidator(_refuse_plainly),
]
"""The field of a request that holds an answer; whether it fits the question is checked later."""


class ChoiceRead(AnswerModel):
    """A choice to pick, by its id. ``text`` is Markdown, ``html`` the same as harmless HTML."""

    id: str
    text: str
    html: str


class JudgedChoiceRead(ChoiceRead):
    """A choice after the question was answered."""

    chosen: bool
    right: bool
