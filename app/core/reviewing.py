"""The words of spaced repetition, with the numbers that FSRS has for them."""

from enum import IntEnum, StrEnum


class Rating(StrEnum):
    """How well a learner remembered, from worst to best."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"

    @property
    def number(self) -> int:
        """From 1 (again) to 4 (easy): what logs keep."""
        return list(Rating).index(self) + 1


class CardState(IntEnum):
    """Where a review card is in its life."""

    LEARNING = 1
    """New, or seen minutes ago for the first time."""
    REVIEW = 2
    """Remembered at least for days."""
    RELEARNING = 3
    """Forgotten, and seen again minutes ago."""

    @property
    def label(self) -> str:
        """Its name for clients."""
        return self.name.lower()
