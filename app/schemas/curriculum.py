"""What a curriculum is made of: the same definitions for files, imports and the authors' API."""

import hashlib
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.core.curriculum import (
    DAYS_IN_WEEK,
    MAX_ANSWER_LENGTH,
    MAX_CHOICE_LENGTH,
    MAX_CHOICES,
    MAX_EXPLANATION_LENGTH,
    MAX_LESSON_LENGTH,
    MAX_NUMBER,
    MAX_PROMPT_LENGTH,
    MAX_QUESTIONS,
    MAX_WEEKS,
)
from app.game.pacing import Pacing
from app.game.rules import RULES, Difficulty
from app.schemas.common import Line, RequestModel, Text

RESERVED_SLUGS = frozenset({"import"})
"""Words that stand where a slug would in paths of the API."""


def _refuse_reserved(slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise ValueError("is a reserved word")
    return slug


def _tidy_markdown(value: str) -> str:
    """The normal form of Markdown: Unix line ends, no blank lines around."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


def _without_repeats(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


def _refuse_repeats(texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(texts)) < len(texts):
        raise ValueError("has two equal choices")
    return texts


def _refuse_nothing(value: str) -> str:
    if not value.strip():
        raise ValueError("must say something")
    return value


_KEY_PATTERN = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"

Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=_KEY_PATTERN),
    Field(examples=["variables"]),
]
"""Names a week, a day or a question for good, wherever it is moved to and however it is reworded."""

Slug = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=_KEY_PATTERN),
    AfterValidator(_refuse_reserved),
    Field(examples=["python-from-zero"]),
]
CourseTitle = Annotated[Line, StringConstraints(max_length=200), Field(examples=["Python"])]
Summary = Annotated[Text, StringConstraints(max_length=1000), AfterValidator(_tidy_markdown)]
Language = Annotated[
    str,
    StringConstraints(max_length=16, pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"),
    Field(examples=["en"]),
]
"""A BCP 47 tag."""
CourseTag = Annotated[Line, StringConstraints(max_length=30), Field(examples=["beginner"])]
CourseTags = Annotated[
    tuple[CourseTag, ...], Field(max_length=20), AfterValidator(_without_repeats)
]
Minutes = Annotated[int, Field(ge=1, le=600, strict=True)]
"""How long a day's task takes, as its author reckons."""
PassPercent = Annotated[int, Field(ge=1, le=100, strict=True)]
Lesson = Annotated[
    Text, StringConstraints(max_length=MAX_LESSON_LENGTH), AfterValidator(_tidy_markdown)
]
"""Markdown (CommonMark with tables)."""

Prompt = Annotated[
    Text,
    StringConstraints(min_length=1, max_length=MAX_PROMPT_LENGTH),
    AfterValidator(_tidy_markdown),
    AfterValidator(_refuse_nothing),
    Field(examples=["What does `len([1, 2])` give?"]),
]
Explanation = Annotated[
    Text, StringConstraints(max_length=MAX_EXPLANATION_LENGTH), AfterValidator(_tidy_markdown)
]
Choice = Annotated[
    Text,
    StringConstraints(min_length=1, max_length=MAX_CHOICE_LENGTH),
    AfterValidator(_tidy_markdown),
    AfterValidator(_refuse_nothing),
    Field(examples=["2"]),
]
AcceptedForm = Annotated[Line, StringConstraints(max_length=MAX_ANSWER_LENGTH)]
Number = Annotated[
    float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER, allow_inf_nan=False, strict=True, examples=[2])
]


QuestionKind: TypeAlias = Literal[
    "single_choice", "multiple_choice", "true_false", "number", "short_text"
]


class _Question(RequestModel):
    """What every question has. ``key`` is made from kind and prompt unless it is given."""

    key: Key | None = None
    prompt: Prompt
    explanation: Explanation = ""


class SingleChoiceQuestion(_Question):
    """One of the choices is right. They are shown shuffled."""

    kind: Literal["single_choice"]
    right: Choice
    wrong: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MAX_CHOICES - 1)]

    @model_validator(mode="after")
    def refuse_equal_choices(self) -> Self:
        """Two equal choices could not be told apart."""
        _refuse_repeats((self.right, *self.wrong))
        return self


class MultipleChoiceQuestion(_Question):
    """All that is right has to be chosen, and nothing else. The choices are shown shuffled."""

    kind: Literal["multiple_choice"]
    right: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=MAX_CHOICES)]
    wrong: Annotated[tuple[Choice, ...], Field(max_length=MAX_CHOICES - 1)] = ()

    @model_validator(mode="after")
    def refuse_equal_choices(self) -> Self:
        """Two equal choices could not be told apart, and one alone is none."""
        choices = _refuse_repeats((*self.right, *self.wrong))
        if not 2 <= len(choices) <= MAX_CHOICES:
            raise ValueError(f"a question has 2 to {MAX_CHOICES} choices")
        return self


class TrueFalseQuestion(_Question):
    """A statement that is true or false."""

    kind: Literal["true_false"]
    answer: Annotated[bool, Field(strict=True)]


class NumberQuestion(_Question):
    """A number, right within ``tolerance`` on either side, ends included."""

    kind: Literal["number"]
    answer: Number
    tolerance: Annotated[Number, Field(ge=0)] = 0.0


class ShortTextQuestion(_Question):
    """A few words. Space and Unicode form don't matter, nor does case unless it is asked for."""

    kind: Literal["short_text"]
    accept: Annotated[
        tuple[AcceptedForm, ...],
        Field(min_length=1, max_length=20, examples=[["range", "range()"]]),
        AfterValidator(_without_repeats),
    ]
    case_sensitive: Annotated[bool, Field(strict=True)] = False


Question: TypeAlias = (
    SingleChoiceQuestion
    | MultipleChoiceQuestion
    | TrueFalseQuestion
    | NumberQuestion
    | ShortTextQuestion
)
QuestionDefinition = Annotated[Question, Field(discriminator="kind")]


def default_question_key(kind: str, prompt: str) -> str:
    """The key of a question that was given none: the same question has the same one wherever it stands."""
    digest = hashlib.sha256(f"{kind}\n{prompt}".encode()).hexdigest()
    return f"q-{digest[:12]}"


def key_of(question: Question) -> str:
    """The key of a question: its own, or the one made from what it asks."""
    return question.key or default_question_key(question.kind, question.prompt)


class DayDefinition(RequestModel):
    """A day's task: a lesson, and the quiz that has to be passed before it completes (if it has one)."""

    key: Key
    day: Annotated[int, Field(ge=1, le=DAYS_IN_WEEK, strict=True)]
    title: CourseTitle
    difficulty: Difficulty = Difficulty.EASY
    minutes: Minutes
    pass_percent: PassPercent = RULES.pass_percent
    body: Lesson = ""
    questions: Annotated[tuple[QuestionDefinition, ...], Field(max_length=MAX_QUESTIONS)] = ()

    @model_validator(mode="after")
    def refuse_equal_questions(self) -> Self:
        """Two questions with one key could not be told apart."""
        if len({key_of(question) for question in self.questions}) < len(self.questions):
            raise ValueError("two questions have the same key, or ask the same")
        return self


class WeekDefinition(RequestModel):
    """Seven days, the milestone that they lead to, and the boss that guards it."""

    key: Key
    title: CourseTitle
    milestone: CourseTitle
    boss: Annotated[Line, StringConstraints(max_length=100)] | None = None
    days: Annotated[
        tuple[DayDefinition, ...], Field(min_length=DAYS_IN_WEEK, max_length=DAYS_IN_WEEK)
    ]

    @model_validator(mode="after")
    def refuse_other_days(self) -> Self:
        """The days are 1 to 7, in order, and their keys differ."""
        if [day.day for day in self.days] != list(range(1, DAYS_IN_WEEK + 1)):
            raise ValueError("a week has the days 1 to 7")
        if len({day.key for day in self.days}) < DAYS_IN_WEEK:
            raise ValueError("two days have the same key")
        return self


class CourseDefinition(RequestModel):
    """A whole course, weeks in order."""

    slug: Slug
    title: CourseTitle
    summary: Summary = ""
    language: Language = "en"
    pacing: Pacing = Pacing.SELF
    tags: CourseTags = ()
    weeks: Annotated[tuple[WeekDefinition, ...], Field(min_length=1, max_length=MAX_WEEKS)]

    @model_validator(mode="after")
    def refuse_equal_weeks(self) -> Self:
        """Keys of weeks differ."""
        if len({week.key for week in self.weeks}) < len(self.weeks):
            raise ValueError("two weeks have the same key")
        return self
