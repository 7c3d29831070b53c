"""The body of every refusal."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from app.schemas.common import AnswerModel


class FieldError(AnswerModel):
    """What is wrong with one part of the request, in FastAPI's own form (the input is not repeated)."""

    loc: list[str | int] = Field(examples=[["body", "title"]])
    msg: str = Field(examples=["String should have at least 1 character"])
    type: str = Field(examples=["string_too_short"])


class Problem(AnswerModel):
    """RFC 9457 problem details. ``code`` is stable: branch on it, not on the sentences."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: Any = Field(examples=["There is no such task."])
    code: str = Field(examples=["task_not_found"])
    request_id: str = Field(examples=["01hq3v8k9m5n7p2r4t6w8y0abc"])
    errors: list[FieldError] | None = None
    opens_on: date | None = Field(
        default=None,
        description="With `not_open`: the local date on which it opens, if that is known.",
    )
    next_heart_at: datetime | None = Field(
        default=None, description="With `hearts_empty`: when the next heart is there."
    )
    due_at: datetime | None = Field(
        default=None, description="With `not_due`: when the review card is due."
    )
    question_id: int | None = Field(
        default=None, description="With `bad_answers`: the question that it is about."
    )
    min_level: int | None = Field(
        default=None, description="With `quest_locked`: the level that it needs, if yours is lower."
    )
    requires_quest: str | None = Field(
        default=None,
        description="With `quest_locked`: the quest to complete before, if you have not.",
    )
    max_days: int | None = Field(
        default=None, description="With `pause_used_up`: how many days you can pause at most."
    )
    problems: list[str] | None = Field(
        default=None,
        description="With `bad_curriculum`: what is wrong, as `file:line: message`; at most 20.",
    )
