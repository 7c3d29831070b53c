"""A turn: whose move it is, with every row that the move may change locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from app.db.models import PartyBattle
from app.db.repositories.party_battles import FighterRow
from app.db.repositories.player_rows import PlayerRecord
from app.game.activity import Activity, Source, SourceType
from app.game.calendar import Calendar
from app.game.hearts import HeartsNow, regrow_hearts
from app.game.rules import RULES
from app.game.world import World
from app.services.player_mapping import read_player


class Fight(StrEnum):
    """What a move may do to the battles of the player's parties, which are locked before the player."""

    NONE = "none"
    STRIKE = "strike"
    HEAL = "heal"
    """An undo: also those of parties that were left."""
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Alliance:
    """The parties' battles that a move may touch, and the fighters of those that may end now.

    ``hit``: those that a blow hits; ``healed``: those that an undo may heal.
    """

    hit: Sequence[PartyBattle] = ()
    healed: Sequence[PartyBattle] = ()
    fighters: Mapping[int, Sequence[FighterRow]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By the battle's id, members who dealt nothing included; their players are locked."""
    players: Mapping[int, PlayerRecord] = field(default_factory=lambda: MappingProxyType({}))
    """The players that are locked, by user id."""


@dataclass(frozen=True, slots=True)
class CoursePlace:
    """Where in the courses something is done: the ids of the course and the week, and the name of the
    week's boss, if it has one.
    """

    course_id: int | None = None
    week_id: int | None = None
    boss: str | None = None


NOWHERE = CoursePlace()
"""Outside of all courses."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A player whose row is locked, with the player's calendar, and the instant that all counts with."""

    user_id: int
    calendar: Calendar
    player: PlayerRecord
    now: datetime
    alliance: Alliance = Alliance()

    @property
    def today(self) -> date:
        """The player's local date."""
        return self.calendar.day_of(self.now)

    @property
    def hearts(self) -> HeartsNow:
        """The hearts that the player has now."""
        return regrow_hearts(read_player(self.player).hearts, self.now, RULES)


def source_of_battle(battle_id: int, week_id: int | None) -> Source:
    """What a battle of one's own is paid as: the boss of a week by the week, others by themselves.

    The battle with a week's boss has a row only while it is hurt, so its id is not for good.
    """
    number = str(battle_id) if week_id is None else f"week/{week_id}"
    return Source(SourceType.BOSS_BATTLE, number)


def source_of_party_battle(battle_id: int) -> Source:
    """What a battle of a party is paid as."""
    return Source(SourceType.PARTY_BATTLE, str(battle_id))


@dataclass(frozen=True, slots=True)
class Move:
    """An activity with its number among the player's own, and what is kept of it besides.

    ``undoes``: the number of the activity that it takes back; ``revision``: that of the definition
    which it used, if that has one; ``about``: the name of what it is about, for whoever is told.
    """

    activity: Activity
    sequence: int
    undoes: int | None = None
    revision: int | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A move to be played, with what is known of the world, and where it is done.

    Without a place it hits nobody.
    """

    turn: Turn
    move: Move
    world: World
    place: CoursePlace | None = None

    @property
    def user_id(self) -> int:
        """Whose move it is."""
        return self.turn.user_id
