"""The words that quests, bosses and badges are defined with, and how large their numbers may be."""

from enum import StrEnum


class Cadence(StrEnum):
    """How often a quest can be completed."""

    ONCE = "once"
    DAILY = "daily"
    """Three of the pool on each local day; accepted by themselves."""
    WEEKLY = "weekly"
    """Once in each local week, from Monday on."""


class BossKind(StrEnum):
    """Who fights a boss."""

    PERSONAL = "personal"
    PARTY = "party"


MAX_TARGET = 1_000_000
MAX_HIT_POINTS = 1_000_000
MAX_LEVEL = 100
MAX_TIER = 100
MAX_GOAL_XP = 500
MAX_BOSS_XP = 1_000
MAX_GOLD = 500
MAX_FREEZES = 2
"""More can't be held anyway."""
MAX_TRIAL_PERIODS = 8
"""How many periods back a quest is tried out on."""
