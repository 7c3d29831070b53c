"""A learner with everything at the table: in a course, with quests, challenges, badges and bosses."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from app.core.errors import QuestboardError
from app.db.session import Database
from app.game.activity import Source, SourceType
from app.game.goal import Goal
from app.game.ledger import Reason
from app.game.outcome import Outcome
from app.game.rules import RULES, Difficulty
from app.services.boss_errors import AlreadyFightingError
from app.services.boss_fights import BossFightService
from app.services.challenge_errors import ChallengeOverError
from app.services.challenge_membership import ChallengeMembershipService
from app.services.outcome_view import BlowView, OutcomeView
from app.services.quest_errors import (
    QuestCompletedError,
    QuestNotAcceptedError,
    QuestNotTodayError,
)
from app.services.quests import QuestService
from tests.game.adventure import Adventure
from tests.game.campaign import Campaign, plan_campaign
from tests.services.campaign_rows import define
from tests.services.test_course_sequences import Classroom, sit_in
from tests.services.test_game_sequences import DEEDS, compare
from tests.support.clock import START, FakeClock
from tests.support.courses import add_course, small_course

LISTED = {Reason.QUEST_COMPLETED: "quest", Reason.CHALLENGE_COMPLETED: "challenge"}


@dataclass
class Expedition(Classroom):
    """A learner and the model, who make the same moves; what is refused is refused to both."""

    model: Adventure
    tasks: list[int] = field(default_factory=list)

    @property
    def campaign(self) -> Campaign:
        return self.model.campaign

    async def move(self, name: str, number: int) -> None:
        self.model.now, self.model.calendar = self.clock.now(), self.table.calendar
        match name:
            case "accept" | "abandon":
                quests = self.campaign.quests
                await self.choose_quest(name, quests[number % len(quests)].key)
            case "join" | "leave":
                challenges = self.campaign.challenges
                await self.choose_challenge(name, challenges[number % len(challenges)].key)
            case "fight":
                await self.fight(number)
            case "pause" | "resume":
                await DEEDS[name](self.table, self.model, number)
            case "again" | "toggle" | "undo-task" if self.tasks:
                await self.play_task(name, self.tasks[number % len(self.tasks)])
            case "again" | "toggle" | "undo-task":
                pass
            case _:
                await super().move(name, number)

    async def settle(self) -> None:
        """Do what changes nothing, but for the strikes that are due."""
        self.model.now, self.model.calendar = self.clock.now(), self.table.calendar
        await self.play_task("undo-task", await self.table.create())

    async def complete_tasks(self, count: int, difficulty: Difficulty) -> None:
        for _ in range(count):
            self.tasks.append(await self.table.create(difficulty))
            await self.play_task("again", self.tasks[-1])

    async def play_task(self, name: str, task_id: int) -> None:
        stands = self.model.find(Source(SourceType.TASK, str(task_id))) is not None
        is_undo = name == "undo-task" or (name == "toggle" and stands)
        moves = {"again": self.table.complete, "undo-task": self.table.undo}
        done = await moves.get(name, self.table.toggle)(task_id)
        difficulty = Difficulty(done.task.difficulty)
        mirrored = (
            self.model.undo(str(task_id))
            if is_undo
            else self.model.complete(str(task_id), difficulty)
        )
        self.compare(done.outcome, mirrored)

    async def choose_quest(self, name: str, key: str) -> None:
        """Accept or abandon."""
        is_done = getattr(self.model, name)(key)
        refusals = (QuestCompletedError, QuestNotAcceptedError, QuestNotTodayError)
        await self.try_to(
            lambda uow: getattr(QuestService(uow, self.clock), name)(self.caller, key),
            *(() if is_done else refusals),
        )

    async def choose_challenge(self, name: str, key: str) -> None:
        """Join or leave."""
        is_done = getattr(self.model, name)(key)
        await self.try_to(
            lambda uow: getattr(ChallengeMembershipService(uow, self.clock), name)(
                self.caller, int(key)
            ),
            *(() if is_done else (ChallengeOverError,)),
        )

    async def fight(self, number: int) -> None:
        hp = self.campaign.bosses[number % len(self.campaign.bosses)]
        if not self.model.can_fight():
            await self.try_to(self._fight(hp), AlreadyFightingError)
            return
        begun = await self.write(self._fight(hp))
        self.model.fight(hp, str(begun.battle.id))

    def _fight(self, hp: int) -> Callable[[Any], Awaitable[Any]]:
        return lambda uow: BossFightService(uow, self.clock).fight(self.caller, f"boss-{hp}", None)

    async def try_to(
        self, what: Callable[[Any], Awaitable[Any]], *refusals: type[QuestboardError]
    ) -> None:
        """Do what changes something or, with ``refusals``, nothing, whether it is refused or not."""
        with suppress(*refusals):
            await self.write(what)
            self.model.settle()  # what is not refused settles strikes, even if it changes nothing

    def compare(self, shown: OutcomeView, expected: Outcome) -> None:
        compare(shown, expected)
        felt = {
            (_name_battle(blow), blow.boss, blow.damage, blow.hp_left, blow.defeated)
            for blow in shown.damage
        }
        assert felt == {
            (
                blow.source.id,
                self._name_boss(blow.source),
                blow.damage,
                blow.hp_left,
                blow.defeated,
            )
            for blow in expected.blows
        }
        moved = {(goal.kind, goal.key, goal.progress, goal.completed) for goal in shown.quests}
        wanted = [goal for goal in expected.goals if not (goal.finished and goal.standing)]
        assert {show(goal) for goal in wanted if not self.is_past(goal)} <= moved
        assert moved <= {show(goal) for goal in wanted}
        badges = {(badge.key, badge.taken_back) for badge in shown.badges}
        assert badges == {
            *((badge.key, False) for badge in expected.badges),
            *((badge.key, True) for badge in expected.lost_badges),
        }

    def is_past(self, goal: Goal) -> bool:
        """Whether it was not met in a period that is over for good: nobody looks at that any more."""
        last_on = goal.window.last_on
        is_met = goal.finished or goal.standing or goal.source in self.model.payments()
        return not is_met and last_on is not None and last_on < self.table.today - timedelta(days=2)

    def _name_boss(self, battle: Source) -> str:
        chosen = [fight.hp for fight in self.model.fights if fight.source == battle]
        return f"boss-{chosen[0]}" if chosen else "The Sphinx"


def _name_battle(blow: BlowView) -> str:
    return f"week/{blow.week_id}" if blow.battle_id is None else str(blow.battle_id)


def show(goal: Goal) -> tuple[str, str, int, bool]:
    """A goal as clients see it."""
    return LISTED[goal.reason], goal.key, goal.progress, goal.finished


async def set_out(database: Database, clock: FakeClock, plan: Campaign | None = None) -> Expedition:
    """A new learner in a new course, with the whole campaign before them unless another is given."""
    room = await sit_in(database, clock, Difficulty.HARD)
    elsewhere = await add_course(database, small_course(slug="rust", questions=0))
    plan = plan or plan_campaign(room.course_id, elsewhere, START)
    challenges = await define(database, plan)
    campaign = replace(
        plan,
        challenges=[
            replace(challenge, key=str(row.id))
            for challenge, row in zip(plan.challenges, challenges, strict=True)
        ],
    )
    model = Adventure(
        rules=RULES,
        course=room.model.course,
        weeks=room.model.weeks,
        campaign=campaign,
        user_id=room.caller.user_id,
    )
    return Expedition(room.table, model, room.course_id, room.days, room.difficulty)
