"""The words that curricula are written with, and how large one may be."""

from enum import StrEnum


class ContentStatus(StrEnum):
    """Who sees a course, or a part of one."""

    DRAFT = "draft"
    """Authors only."""
    PUBLISHED = "published"
    ARCHIVED = "archived"
    """Nobody new; kept because what learners did refers to it."""


class ReviewScope(StrEnum):
    """Which questions come back as review cards."""

    MISSED = "missed"
    """Those answered wrong."""
    ALL = "all"
    """All of a quiz that was passed, beside those answered wrong."""


DAYS_IN_WEEK = 7
MAX_WEEKS = 104
MAX_QUESTIONS = 50
MAX_CHOICES = 10
MAX_LESSON_LENGTH = 50_000
MAX_PROMPT_LENGTH = 2_000
MAX_EXPLANATION_LENGTH = 2_000
MAX_CHOICE_LENGTH = 500
MAX_ANSWER_LENGTH = 200
MAX_NUMBER = 1e15
"""Beyond it a float no longer tells whole numbers apart."""
