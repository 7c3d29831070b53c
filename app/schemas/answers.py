"""Answers to questions, as clients send them and as they are shown afterwards."""

from typing import Annotated, TypeAlias

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StringConstraints

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
]
"""The field of a request that holds an answer; whether it fits the question is checked later."""


class ChoiceRead(AnswerModel):
    """A choice to pick, by its id."""

    id: str
    text: str
    html: str
