"""The words that battles are told with, and how many of them are."""

from enum import StrEnum


class BattleKind(StrEnum):
    """Whose battle it is, and with which boss."""

    PERSONAL = "personal"
    """One's own, with a boss of one's choice."""
    WEEK = "week"
    """One's own, with the boss of a week of a course."""
    PARTY = "party"


class FightHindrance(StrEnum):
    """Why a boss can't be fought now; the first two are codes of refusals as well."""

    BOSS_LOCKED = "boss_locked"
    ALREADY_FIGHTING = "already_fighting"
    NO_PARTY = "no_party"


MAX_BATTLES = 50
"""So many of a learner's own battles are listed."""
MAX_COURSES = 10
"""So many of the courses that a learner takes, the newest ones, are looked through for bosses."""
MAX_CHOICES = 100
MAX_VICTORIES = 20
