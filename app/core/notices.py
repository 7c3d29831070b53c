"""What learners are told of, and what is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    """What happened; the name of the event in the stream, so at most 32 characters."""

    LEVEL_UP = "level_up"
    LEVEL_LOST = "level_lost"
    QUEST_COMPLETED = "quest_completed"
    QUEST_REOPENED = "quest_reopened"
    CHALLENGE_COMPLETED = "challenge_completed"
    CHALLENGE_REOPENED = "challenge_reopened"
    CHALLENGE_CLOSED = "challenge_closed"
    BADGE_AWARDED = "badge_awarded"
    BADGE_TAKEN_BACK = "badge_taken_back"
    BOSS_DEFEATED = "boss_defeated"
    BOSS_REVIVED = "boss_revived"
    BOSS_STRUCK = "boss_struck"
    PARTY_BATTLE_STARTED = "party_battle_started"
    LEAGUE_CLOSED = "league_closed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell a learner: its kind, and plain JSON values that say what of."""

    kind: NoticeKind
    data: Mapping[str, Any] = field(default_factory=dict)
