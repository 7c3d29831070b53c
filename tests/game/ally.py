"""A learner in memory who fights in parties as well, and the allies who share the victory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.outcome import Outcome
from app.game.rules import RULES, Difficulty
from app.game.world import World
from tests.game.adventure import Adventure
from tests.game.campaign import SPOILS
from tests.game.parties import Parties, Siege


@dataclass
class Ally(Adventure):
    """`allies`: everybody by user id, oneself included. `spent`: activities whose undo could not give a
    blow back, and `burnt` what they were done on: the battle had been won.
    """

    parties: Parties = field(default_factory=Parties)
    allies: dict[int, "Ally"] = field(default_factory=dict)
    spent: set[int] = field(default_factory=set)
    burnt: set[Source] = field(default_factory=set)

    def list_raging(self) -> Sequence[datetime]:
        return [*super().list_raging(), *self.parties.list_raging(self.user_id)]

    def count_paid(self, kind: ActivityKind, day: date) -> int:
        """Also what was undone after its blow had brought a party's victory."""
        return sum(
            done.paid
            and (done.stands or done.mark.sequence in self.spent)
            and (done.activity.kind, done.activity.local_on) == (kind, day)
            for done in self.done()
        )

    def surround(self, activity: Activity, world: World) -> World:
        world = super().surround(activity, world)
        blows = world.undone.blows if world.undone else {}
        sieges = self._list_healed(blows) if world.undone else self.parties.list_hit(self.user_id)
        return replace(
            world,
            battles=(*world.battles, *(siege.show() for siege in sieges)),
            is_spent=activity.source in self.burnt,
        )

    def _list_healed(self, blows: Mapping[Source, int]) -> Sequence[Siege]:
        found = [self.parties.find(source) for source in blows]
        return [siege for siege in found if siege is not None and not siege.is_won]

    def _complete(self, kind: ActivityKind, source: Source, difficulty: Difficulty) -> Outcome:
        """With the share in the victories that it brings."""
        fought = self.parties.list_hit(self.user_id)
        due = {user_id: ally.list_due_at(self.now) for user_id, ally in self.allies.items()}
        outcome = super()._complete(kind, source, difficulty)
        for siege in fought:
            if siege.is_won:
                for user_id in self.parties.list_concerned(siege) - {self.user_id}:
                    self.allies[user_id].suffer(due.pop(user_id, ()))
                outcome = self._share_out(siege, outcome)
        return outcome

    def list_due_at(self, now: datetime) -> Sequence[date]:
        """The days for which bosses have yet to strike by then."""
        self.now = now
        return self.list_due()

    def _share_out(self, siege: Siege, outcome: Outcome) -> Outcome:
        kind, spoils = ActivityKind.BOSS_DEFEATED, replace(SPOILS, damage=0)
        for user_id in sorted(siege.sum_by_fighter()):
            fighter = self.allies[user_id]
            activity = Activity(kind, siege.source, self.now, fighter.calendar, spoils=spoils)
            share = fighter._play(activity, World())
            if fighter is self:
                outcome = join(outcome, share)
        return outcome

    def _carry_out(self, activity: Activity, world: World) -> Outcome:
        outcome = super()._carry_out(activity, world)
        if world.undone is not None:
            self._take_back(world.undone.sequence, world.undone.blows)
        for blow in outcome.blows if world.undone is None else ():
            siege = self.parties.find(blow.source)
            if siege is not None:
                dealt = self._rate(activity, outcome.xp, siege)
                siege.blows[self.user_id, self.sequence] = dealt
                siege.is_won = siege.damage == siege.hp
                wanted = (dealt, siege.hp - siege.damage, siege.is_won)
                assert (blow.damage, blow.hp_left, blow.defeated) == wanted
        return outcome

    def _rate(self, activity: Activity, gained: int, siege: Siege) -> int:
        """What a task deals at the level that its doer had before it, by the rules as they are written."""
        assert activity.difficulty is not None
        xp, level = self.player.xp - gained, 1
        while 50 * (level + 1) * level <= xp:
            level += 1
        damage = RULES.prices[activity.difficulty].damage * (100 + 2 * (level - 1)) // 100
        return min(damage, siege.hp - siege.damage)

    def _take_back(self, sequence: int, blows: Mapping[Source, int]) -> None:
        """Heal what still fights; of what was won the blow stays dealt."""
        for source in blows:
            siege = self.parties.find(source)
            if siege is not None and not siege.is_won:
                del siege.blows[self.user_id, sequence]
            elif source.type is SourceType.PARTY_BATTLE and source in self.payments():
                self.spent.add(sequence)
                self.burnt.add(self._find(sequence))

    def _find(self, sequence: int) -> Source:
        return next(d.activity.source for d in self.done() if d.mark.sequence == sequence)


def join(blow: Outcome, share: Outcome) -> Outcome:
    """What one sees of a blow that brought a victory."""
    return replace(
        share,
        entries=(*blow.entries, *share.entries),
        level_before=blow.level_before,
        blows=blow.blows,
        goals=(*blow.goals, *share.goals),
        badges=(*blow.badges, *share.badges),
    )
