"""Parties in memory: who is in them, which boss each fights, and whose blows stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.game.activity import Source, SourceType
from app.game.battle import Battle
from tests.game.campaign import SPOILS


@dataclass
class Siege:
    """A party's battle. `blows`: what stands, by user id and the number of the activity."""

    id: int
    party_id: int
    title: str
    hp: int
    strikes_back: bool
    started_at: datetime
    blows: dict[tuple[int, int], int] = field(default_factory=dict)
    is_won: bool = False

    @property
    def source(self) -> Source:
        return Source(SourceType.PARTY_BATTLE, str(self.id))

    @property
    def damage(self) -> int:
        return sum(self.blows.values())

    def sum_by_fighter(self) -> Mapping[int, int]:
        """What each fighter dealt, whoever left included."""
        dealt: Counter[int] = Counter()
        for (user_id, _), damage in self.blows.items():
            dealt[user_id] += damage
        return dealt

    def show(self) -> Battle:
        """The battle as the rules see it."""
        price = SPOILS
        return Battle(
            self.source, self.title, self.hp, self.damage, price.xp, price.gold, shared=True
        )


@dataclass
class Party:
    """Since when each member is in it, by user id."""

    id: int
    leader_id: int
    joined: dict[int, datetime]


@dataclass
class Parties:
    """All parties that are, and the battles that they fought or fight."""

    parties: dict[int, Party] = field(default_factory=dict)
    sieges: dict[int, Siege] = field(default_factory=dict)

    def found(self, party_id: int, user_id: int, now: datetime) -> None:
        self.parties[party_id] = Party(party_id, user_id, {user_id: now})

    def join(self, party_id: int, user_id: int, now: datetime) -> None:
        """For whoever is in it already nothing changes."""
        self.parties[party_id].joined.setdefault(user_id, now)

    def leave(self, party_id: int, user_id: int) -> None:
        """The oldest member follows a leader who goes; with the last one it ends."""
        party = self.parties[party_id]
        del party.joined[user_id]
        if not party.joined:
            self.end(party_id)
        elif party.leader_id == user_id:
            party.leader_id = min(party.joined, key=lambda member: (party.joined[member], member))

    def end(self, party_id: int) -> None:
        """With its battles."""
        del self.parties[party_id]
        for siege in self.list_of(party_id):
            del self.sieges[siege.id]

    def list_of(self, party_id: int) -> Sequence[Siege]:
        return [siege for siege in self.sieges.values() if siege.party_id == party_id]

    def find_running(self, party_id: int) -> Siege | None:
        return next((siege for siege in self.list_of(party_id) if not siege.is_won), None)

    def find(self, source: Source) -> Siege | None:
        """The battle, if there is such a one still."""
        is_of_party = source.type is SourceType.PARTY_BATTLE
        return self.sieges.get(int(source.id)) if is_of_party else None

    def list_hit(self, user_id: int) -> Sequence[Siege]:
        """The running battles of the parties that somebody is in, oldest first."""
        return [
            siege
            for _, siege in sorted(self.sieges.items())
            if not siege.is_won and user_id in self.parties[siege.party_id].joined
        ]

    def list_concerned(self, siege: Siege) -> set[int]:
        """Whom a boss still strikes before it falls: all members, and fighters who left."""
        return {*self.parties[siege.party_id].joined, *siege.sum_by_fighter()}

    def list_raging(self, user_id: int) -> Sequence[datetime]:
        """Since when each of their bosses strikes somebody back: that of the later coming."""
        return [
            max(siege.started_at, self.parties[siege.party_id].joined[user_id])
            for siege in self.list_hit(user_id)
            if siege.strikes_back
        ]
