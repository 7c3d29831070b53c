"""One player's history, played again through the one door."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.game.activity import Activity, ActivityKind, SourceType
from app.game.ledger import Entry, Mark
from app.game.metrics import Scope
from app.game.outcome import Outcome
from app.game.play import play
from app.game.player import new_player
from app.game.rules import RULES, Price
from app.game.world import Stage, World
from app.services.replay.badges import Badges
from app.services.replay.battles import Battles
from app.services.replay.goals import Goals
from app.services.replay.history import Done, History
from app.services.replay.values import Amounts, EntryKey, Record, Surroundings

_COMPLETIONS = frozenset({ActivityKind.TASK_COMPLETED, ActivityKind.COURSE_TASK_COMPLETED})
_LOOK_AROUND = _COMPLETIONS | {
    ActivityKind.QUIZ_ATTEMPTED,
    ActivityKind.REVIEWED,
    ActivityKind.BOSS_DEFEATED,
}
_STAGES = frozenset({SourceType.WEEK, SourceType.COURSE})


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the rules say to an activity, and the entries of that by what tells them apart."""

    outcome: Outcome
    entries: Mapping[EntryKey, Amounts]


class Replay:
    """Rebuilds a player from the first activity on, with nothing but what the replay itself has."""

    def __init__(self, user_id: int, surroundings: Surroundings) -> None:
        self.player = new_player(RULES)
        self.counters: Counter[Scope] = Counter()
        self.goals = Goals(user_id, surroundings.definitions)
        self.battles = Battles()
        self.badges = Badges(surroundings.definitions)
        self._history = History()
        self._surroundings = surroundings

    def play(self, record: Record) -> Replayed:
        """Play the next activity.

        Raises:
            ValueError: it can't have happened, or names what is not there. Nothing is changed by it.
        """
        activity = self._complete(record)
        world = self._look(record, activity)
        outcome = play(self.player, activity, world)
        self._choose(record)
        entries = self._tell_entries(outcome)
        self._keep(record, activity, outcome)
        return Replayed(outcome, entries)

    def _complete(self, record: Record) -> Activity:
        """The activity, with what the boss of a party pays, if it is the share in a victory.

        Where the party is gone, and the battle with it, the entry alone says it.
        """
        activity = record.activity
        if activity.kind is not ActivityKind.BOSS_DEFEATED:
            return activity
        given = (it for key, it in record.entries.items() if key.source == activity.source)
        spoils = self._surroundings.spoils.get(activity.source) or next(given, (0, 0))
        return replace(activity, spoils=Price(*spoils, damage=0))

    def _look(self, record: Record, activity: Activity) -> World:
        if activity.kind is ActivityKind.UNDONE:
            return self._look_back(record, activity)
        attempt = activity.attempt
        is_alone = attempt is not None and not (attempt.graded and attempt.is_passed)
        if is_alone or activity.kind not in _LOOK_AROUND:
            return World(record.sequence)
        return self._look_around(record, activity)

    def _look_around(self, record: Record, activity: Activity) -> World:
        history, kind, source = self._history, activity.kind, activity.source
        mark = Mark(record.sequence, activity.occurred_at, activity.local_on, activity.course)
        is_completion = kind in _COMPLETIONS
        awarded = {key.source.id for key in record.entries if key.source.type is SourceType.BADGE}
        return World(
            sequence=record.sequence,
            round=history.times_undone[source] if is_completion else 0,
            paid_today=history.count_paid(kind, activity.local_on),
            is_paid=kind is ActivityKind.REVIEWED and history.times_done[source] > 0,
            first_at=history.first_at.get(source) if is_completion else None,
            stages=self._tell_stages(record) if is_completion else (),
            battles=self.battles.list_running(record.sequence, record.blows, activity.week),
            goals=self.goals.list_open(mark),
            badges=self.badges.list_open(activity.occurred_at, awarded),
            counters=self.counters,
            rounds=history.reversals,
        )

    def _look_back(self, record: Record, activity: Activity) -> World:
        history, done = self._history, self._find_undone(record)
        return World(
            sequence=record.sequence,
            round=history.times_undone[activity.source],
            undone=history.tell_past(done, record.party_blows),
            history=history.tell_streak(without=done.mark.sequence),
            stages=self._tell_stages(record),
            battles=(
                *self.battles.list_holding(done, history),
                *self.battles.list_healed(done, record.party_blows),
            ),
            goals=self.goals.list_holding(done, activity.occurred_at, history),
            badges=self.badges.list_held(history),
            givers=self.goals.count_givers(),
            counters=self.counters,
        )

    def _find_undone(self, record: Record) -> Done:
        done = None if record.undoes is None else self._history.find(record.undoes)
        if done is None or not done.stands:
            raise ValueError("it undoes nothing that stands")
        return done

    def _tell_stages(self, record: Record) -> tuple[Stage, ...]:
        """The week and the course that it is about; where that was not recorded, by the entries."""
        recorded = record.stages
        if recorded is None:
            is_met = record.undoes is None
            sources = (key.source for key in record.entries if key.source.type in _STAGES)
            recorded = [(source, is_met) for source in sources]
        return tuple(self._history.tell_stage(source, is_met=is_met) for source, is_met in recorded)

    def _choose(self, record: Record) -> None:
        """Take up or drop what the player chose to."""
        sequence, activity = record.sequence, record.activity
        match activity.kind:
            case ActivityKind.QUEST_ACCEPTED:
                self.goals.accept(sequence, activity, record.revision)
            case ActivityKind.QUEST_ABANDONED:
                self.goals.abandon(sequence, activity, record.revision)
            case ActivityKind.CHALLENGE_JOINED:
                self.goals.join(sequence, activity.source)
            case ActivityKind.CHALLENGE_LEFT:
                self.goals.leave(activity.source)
            case ActivityKind.FIGHT_STARTED:
                battle = self._surroundings.bosses.get(activity.source)
                if battle is None:
                    raise ValueError("the battle that began is not there")
                self.battles.begin(sequence, battle)

    def _tell_entries(self, outcome: Outcome) -> Mapping[EntryKey, Amounts]:
        return {self._name(entry): (entry.xp, entry.gold) for entry in outcome.entries}

    def _name(self, entry: Entry) -> EntryKey:
        reversed_id = entry.reverses_id
        if reversed_id is None:
            return EntryKey(entry.reason.value, entry.source, entry.round)
        paid = self._history.standing[reversed_id]
        return EntryKey(entry.reason.value, entry.source, entry.round, paid.entry.reason.value)

    def _keep(self, record: Record, activity: Activity, outcome: Outcome) -> None:
        sequence = record.sequence
        self.player = outcome.player
        for metric, delta in outcome.counters.items():
            self.counters[metric, None] += delta
        for scope, delta in outcome.scoped.items():
            self.counters[scope] += delta
        self.goals.move(outcome, sequence)
        self.battles.move(outcome, sequence)
        self.badges.move(outcome, activity.occurred_at, sequence)
        self._history.keep(sequence, activity, outcome, record.undoes, record.party_blows)
