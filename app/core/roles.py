"""What an account is for."""

from enum import StrEnum


class Role(StrEnum):
    """Learners play; authors write courses; admins run the game. Superusers manage accounts besides."""

    LEARNER = "learner"
    AUTHOR = "author"
    ADMIN = "admin"
