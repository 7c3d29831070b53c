"""Bodies about courses: the catalogue, the tree of a course, and what their authors write."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import Field, StringConstraints

from app.core.curriculum import DAYS_IN_WEEK, MAX_QUESTIONS, MAX_WEEKS, ContentStatus
from app.game.pacing import Pacing
from app.game.rules import RULES, Difficulty
from app.schemas.common import AnswerModel, Cursor, Line, PageLimit, RequestModel, omittable
from app.schemas.curriculum import (
    CourseTag,
    CourseTags,
    CourseTitle,
    Key,
    Language,
    Lesson,
    Minutes,
    PassPercent,
    Question,
    QuestionDefinition,
    Slug,
    Summary,
)

Boss = Annotated[Line, StringConstraints(max_length=100), Field(examples=["The Sphinx"])]
Day: TypeAlias = Annotated[int, Field(ge=1, le=DAYS_IN_WEEK, strict=True)]


class CourseCreate(RequestModel):
    """A new course: a draft without weeks."""

    slug: Slug
    title: CourseTitle
    summary: Summary = ""
    language: Language = "en"
    pacing: Pacing = Pacing.SELF
    tags: CourseTags = ()

    def to_changes(self) -> dict[str, Any]:
        """All parts of the course, the defaults among them."""
        return {**self.model_dump(), "tags": list(self.tags)}


class CourseUpdate(RequestModel):
    """Changes to a course itself; what is left out stays."""

    slug: Slug = omittable()
    title: CourseTitle = omittable()
    summary: Summary = omittable()
    language: Language = omittable()
    pacing: Pacing = omittable()
    tags: CourseTags = omittable()

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent."""
        changes = self.model_dump(exclude_unset=True)
        if "tags" in changes:
            changes["tags"] = list(changes["tags"])
        return changes


class WeekCreate(RequestModel):
    """A new week, at the end of its course. Its key is made from its place unless it is given."""

    key: Key | None = None
    title: CourseTitle
    milestone: CourseTitle
    boss: Boss | None = None

    def to_changes(self) -> dict[str, Any]:
        """The parts of the week but for its key."""
        return self.model_dump(exclude={"key"})


class WeekUpdate(RequestModel):
    """Changes to a week; what is left out stays. Null takes the boss away."""

    title: CourseTitle = omittable()
    milestone: CourseTitle = omittable()
    boss: Boss | None = omittable()
    position: Annotated[int, Field(ge=1, le=MAX_WEEKS, strict=True)] = omittable(
        description="Its place, from 1, among the weeks that are not archived; the others shift.",
    )

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent, but for the position."""
        return self.model_dump(exclude_unset=True, exclude={"position"})


class CourseTaskCreate(RequestModel):
    """A new task, for a day that has none. Its key is made from the day unless it is given."""

    key: Key | None = None
    day: Day
    title: CourseTitle
    difficulty: Difficulty = Difficulty.EASY
    minutes: Minutes
    pass_percent: PassPercent = RULES.pass_percent
    body: Lesson = ""

    def to_changes(self) -> dict[str, Any]:
        """The parts of the task but for its key."""
        return self.model_dump(exclude={"key"})


class CourseTaskUpdate(RequestModel):
    """Changes to a task; what is left out stays."""

    title: CourseTitle = omittable()
    difficulty: Difficulty = omittable()
    minutes: Minutes = omittable()
    pass_percent: PassPercent = omittable()
    body: Lesson = omittable()
    day: Day = omittable(description="A task that has this day already gets the other one's.")

    def to_changes(self) -> dict[str, Any]:
        """The parts that were sent, but for the day."""
        return self.model_dump(exclude_unset=True, exclude={"day"})


class QuestionUpdate(RequestModel):
    """Another definition for a question, another place, or both; what is left out stays.

    The definition is the whole of it; only its key may be left out, and stays then.
    """

    question: QuestionDefinition = omittable()
    position: Annotated[int, Field(ge=1, le=MAX_QUESTIONS, strict=True)] = omittable(
        description="Its place, from 1, among the questions that are not archived; the others shift.",
    )


class CatalogueQuery(RequestModel):
    """Which courses to list."""

    language: Language | None = None
    tag: CourseTag | None = None
    q: Annotated[Line, StringConstraints(max_length=100)] | None = Field(
        default=None, description="Text in the title; the case of the letters a-z doesn't matter."
    )
    status: ContentStatus | None = Field(
        default=None, description="For authors only; published ones unless given."
    )
    limit: PageLimit = 20
    cursor: Cursor | None = None


class _CourseFields(AnswerModel):
    id: int
    slug: str
    title: str
    summary: str = Field(description="Markdown.")
    language: str
    pacing: Pacing
    tags: list[str]
    status: ContentStatus
    revision: int = Field(description="Goes up with every change of the course or in it.")
    updated_at: datetime


class CourseRead(_CourseFields):
    """A course; ``weeks`` and ``days`` count what is published of it."""

    weeks: int
    days: int


class WeekRead(AnswerModel):
    """A week; ``position`` is its place, from 1, among those that the caller sees."""

    id: int
    key: str
    position: int
    title: str
    milestone: str
    boss: str | None
    status: ContentStatus


class DayRead(AnswerModel):
    """A day's task in the tree of its course; ``questions`` is how many its quiz has."""

    id: int
    key: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    questions: int
    pass_percent: int
    status: ContentStatus


class WeekTreeRead(WeekRead):
    """A week with its days."""

    days: list[DayRead]


class CourseTreeRead(_CourseFields):
    """A course with its weeks and days, in order."""

    published_at: datetime | None
    weeks: list[WeekTreeRead]


class CourseTaskRead(AnswerModel):
    """A day's task as its authors see it; ``quiz_revision`` goes up with every change of its quiz."""

    id: int
    week_id: int
    key: str
    day: int
    title: str
    difficulty: Difficulty
    minutes: int
    pass_percent: int
    body: str = Field(description="The lesson, in Markdown.")
    status: ContentStatus
    quiz_revision: int


class QuestionRead(AnswerModel):
    """A question as its authors see it, with the right answer and the explanation."""

    id: int
    course_task_id: int
    position: int
    status: ContentStatus
    revision: int = Field(description="Goes up with every change of the definition.")
    question: Annotated[Question, Field(discriminator="kind")]
