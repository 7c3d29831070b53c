"""A world in memory with quests and challenges to choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.core.definitions import Cadence
from app.game.activity import Activity, ActivityKind, Source, SourceType
from app.game.goal import Goal, Window
from app.game.ledger import Reason
from app.game.world import World
from tests.game.campaign import Campaign, Challenge, Quest, plan_campaign
from tests.game.model import Model


@dataclass
class Pursuits(Model):
    """A learner who goes after goals; `progress` is kept as the outcomes say.

    Choices that change nothing, or are refused, are not made: then they give False.
    """

    campaign: Campaign = field(default_factory=plan_campaign)
    user_id: int = 1
    taken: dict[Source, Goal] = field(default_factory=dict)
    abandoned: set[Source] = field(default_factory=set)
    left: set[Source] = field(default_factory=set)
    progress: dict[Source, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.calendar.day_of(self.now)

    def accept(self, key: str) -> bool:
        """Accept a quest, from 0, if it is there to be accepted."""
        quest = self.campaign.find_quest(key)
        source = quest.source_on(self.today)
        is_there = quest.cadence is not Cadence.DAILY or self._is_daily(quest)
        if not is_there or self._is_active(quest) or source in self.payments():
            return False
        self._take(quest, ActivityKind.QUEST_ACCEPTED)
        self.abandoned.discard(source)
        return True

    def abandon(self, key: str) -> bool:
        """Abandon a quest that was accepted, and is not completed."""
        quest = self.campaign.find_quest(key)
        source = quest.source_on(self.today)
        if not self._is_active(quest) or source in self.payments():
            return False
        self._take(quest, ActivityKind.QUEST_ABANDONED)
        self.abandoned.add(source)
        return True

    def join(self, key: str) -> bool:
        """Join a challenge that is not over; whoever finished it finds it as it was left."""
        challenge = self.campaign.find_challenge(key)
        source = Source(SourceType.CHALLENGE, key)
        is_joined = source in self.taken and source not in self.left
        if is_joined or challenge.ends_at <= self.now:
            return False
        self._choose(ActivityKind.CHALLENGE_JOINED, source)
        if source not in self.payments():
            self.taken[source] = seek_challenge(challenge, self.sequence)
            self.progress[source] = 0
        self.left.discard(source)
        return True

    def leave(self, key: str) -> bool:
        """Leave a challenge that is not over; what was finished is kept."""
        source = Source(SourceType.CHALLENGE, key)
        is_over = self.campaign.find_challenge(key).ends_at <= self.now
        if source not in self.taken or source in self.left or is_over:
            return False
        self._choose(ActivityKind.CHALLENGE_LEFT, source)
        if source in self.payments():
            self.left.add(source)
        else:
            del self.taken[source]
        return True

    def list_goals(self, *days: date) -> Mapping[Source, Goal]:
        """What the learner has or had: what was taken up, and the daily quests of these days and of
        all on which anything was done.
        """
        spans = {done.mark.local_on for done in self.done()} | set(days)
        daily = [
            seek_quest(quest, day, after=0)
            for day in sorted(spans)
            for quest in self.campaign.list_pool(self.user_id, day)
        ]
        goals = {goal.source: goal for goal in daily} | self.taken
        return {source: goal for source, goal in goals.items() if source not in self.abandoned}

    def is_over(self, goal: Goal) -> bool:
        """Whether nothing moves the goal any more."""
        return goal.window.ends_at is not None and goal.window.ends_at <= self.now

    def _is_daily(self, quest: Quest) -> bool:
        return quest in self.campaign.list_pool(self.user_id, self.today)

    def _is_active(self, quest: Quest) -> bool:
        source = quest.source_on(self.today)
        return source not in self.abandoned and (source in self.taken or self._is_daily(quest))

    def _take(self, quest: Quest, kind: ActivityKind) -> None:
        self._choose(kind, Source(SourceType.QUEST, quest.key))
        goal = seek_quest(quest, self.today, self.sequence)
        self.taken[goal.source] = goal
        self.progress[goal.source] = 0

    def _choose(self, kind: ActivityKind, source: Source) -> None:
        self._play(Activity(kind, source, self.now, self.calendar), World())


def seek_quest(quest: Quest, day: date, after: int) -> Goal:
    """The quest in a day's period, for what comes after the activity with this number."""
    first_on, last_on = quest.days_around(day)
    return Goal(
        quest.source_on(day),
        Reason.QUEST_COMPLETED,
        quest.key,
        quest.key,
        quest.metric,
        quest.target,
        Window(after, first_on, last_on, course=quest.course),
        quest.reward,
    )


def seek_challenge(challenge: Challenge, after: int) -> Goal:
    """The challenge, for what comes after the activity with this number."""
    return Goal(
        Source(SourceType.CHALLENGE, challenge.key),
        Reason.CHALLENGE_COMPLETED,
        challenge.key,
        challenge.key,
        challenge.metric,
        challenge.target,
        Window(
            after,
            starts_at=challenge.starts_at,
            ends_at=challenge.ends_at,
            course=challenge.course,
        ),
        challenge.reward,
    )
