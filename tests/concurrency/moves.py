"""Whatever learners, admins and the service's own jobs can do, each by chance and many at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

import httpx

from app.db.conflicts import DatabaseBusyError
from app.parts import Parts
from app.worker.challenge_closing import close_challenges
from app.worker.housekeeping import clear_away
from app.worker.standings import close_leagues, refresh_histograms
from tests.api import quest_steps
from tests.bosses.boss_steps import try_fight
from tests.challenges import challenge_steps
from tests.concurrency.fair import DAYS, FAR_BADGE, MOVE_SECONDS, POOL, QUESTS, Fair
from tests.parties.party_steps import PARTIES, accept, leave
from tests.support.learning import Student
from tests.support.service import PASSWORD, Learner

T = TypeVar("T")

BUSY = 503

JOBS: Sequence[Callable[[Parts], Awaitable[None]]] = (
    close_challenges,
    close_leagues,
    refresh_histograms,
    clear_away,
)


@dataclass
class Lives:
    """Moves of all who are at the fair, each answer under the name of its move."""

    fair: Fair
    random: Random
    answers: dict[str, list[httpx.Response]] = field(default_factory=dict)
    busy_jobs: int = 0

    async def live(self, student: Student, moves: int) -> None:
        """So many moves of a learner, one after the other."""
        steps = {**self._learning(student), **self._game(student.learner)}
        steps |= {**self._parties(student.learner), **self._challenges(student.learner)}
        await self._move(steps, moves)

    async def define(self, moves: int) -> None:
        """So many changes by an admin."""
        await self._move(self._definitions(self.fair.root), moves)

    async def work(self, rounds: int) -> None:
        """Run the service's jobs so many times, as its processes do."""
        for _ in range(rounds):
            try:
                await self.random.choice(JOBS)(self.fair.service.parts)
            except DatabaseBusyError:
                self.busy_jobs += 1

    async def erase(self, student: Student, moves: int) -> None:
        """Erase an account in the midst of its own moves: again where a battle began at that moment."""
        await self.live(student, moves)
        path, body = "/users/me", {"password": PASSWORD}
        answers = self.answers.setdefault("erase", [])
        while True:
            answers.append(await student.client.request("DELETE", path, json=body))
            if answers[-1].status_code != BUSY:
                return

    async def _move(self, steps: Mapping[str, "Step"], moves: int) -> None:
        names = list(steps)
        for name in self.random.choices(names, [steps[each].weight for each in names], k=moves):
            self.fair.service.clock.advance(seconds=MOVE_SECONDS)
            self.answers.setdefault(name, []).append(await steps[name].take())

    def _learning(self, student: Student) -> Mapping[str, "Step"]:
        client, tasks = student.client, self.fair.tasks[student.learner.id]
        task = self._choose(tasks)
        day = self._choose(student.days[:DAYS])
        return {
            "complete": Step(lambda: client.post(f"/tasks/{task()}/complete"), 6),
            "undo": Step(lambda: client.post(f"/tasks/{task()}/undo"), 4),
            "toggle": Step(lambda: client.patch(f"/tasks/{task()}/complete"), 3),
            "complete day": Step(lambda: client.post(f"/course-tasks/{day()}/complete"), 2),
            "undo day": Step(lambda: client.post(f"/course-tasks/{day()}/undo"), 2),
            "attempt": Step(lambda: student.attempt(day(), self.random.choice((0, 0, 1))), 3),
            "review": Step(lambda: self._review(client), 2),
        }

    def _game(self, who: Learner) -> Mapping[str, "Step"]:
        client = who.client
        item = self._choose(("heart", "full_hearts", "streak_freeze"))
        quest = self._choose((*QUESTS, *POOL, "weekly"))
        seen = self._choose(("shown", "anonymous", "hidden"))
        return {
            "buy": Step(lambda: client.post(f"/game/shop/{item()}/purchase")),
            "pause": Step(lambda: client.put("/game/pause", json={"days": 1})),
            "resume": Step(lambda: client.delete("/game/pause")),
            "accept quest": Step(lambda: quest_steps.accept(who, quest()), 2),
            "abandon quest": Step(lambda: quest_steps.abandon(who, quest())),
            "fight alone": Step(lambda: try_fight(who), 2),
            "fight together": Step(lambda: try_fight(who, "kraken", self._party()), 3),
            "look": Step(lambda: client.get("/game/league")),
            "hide": Step(lambda: client.patch("/game/privacy", json={"visibility": seen()})),
        }

    def _parties(self, who: Learner) -> Mapping[str, "Step"]:
        client = who.client
        company = self._choose(self.fair.companies)
        token = self._choose(self.fair.tokens)
        other = self._choose([student.learner for student in self.fair.students])
        return {
            "found": Step(lambda: client.post(PARTIES, json={"name": "New"})),
            "join": Step(lambda: accept(who, token()), 3),
            "leave": Step(lambda: leave(company(), who), 2),
            "remove": Step(lambda: leave(company(), who, other()), 2),
            "hand over": Step(lambda: client.patch(company().path, json={"leader_id": other().id})),
            "invite": Step(lambda: client.post(f"{company().path}/invitations", json={})),
            "end party": Step(lambda: client.delete(company().path), 0.5),
        }

    def _challenges(self, who: Learner) -> Mapping[str, "Step"]:
        challenge = self._choose(self.fair.challenges)
        return {
            "join challenge": Step(lambda: challenge_steps.join(who, challenge()), 3),
            "leave challenge": Step(lambda: challenge_steps.leave(who, challenge()), 2),
            "read challenge": Step(
                lambda: who.client.get(f"{challenge_steps.CHALLENGES}/{challenge()}"), 2
            ),
            "announce": Step(lambda: self._announce(who)),
            "retitle": Step(lambda: challenge_steps.change(who, challenge(), title="Other")),
            "call off": Step(lambda: challenge_steps.erase(who, challenge()), 0.5),
        }

    def _definitions(self, root: Learner) -> Mapping[str, "Step"]:
        number = self._choose(range(1, 9))
        challenge = self._choose(self.fair.challenges)
        return {
            "change quest": Step(
                lambda: self._define(root, f"quests/{self.random.choice(QUESTS)}", xp=number())
            ),
            "change boss": Step(
                lambda: self._define(
                    root, f"bosses/{self.random.choice(('hydra', 'kraken'))}", xp=number()
                )
            ),
            "change badge": Step(
                lambda: self._define(root, f"badges/{FAR_BADGE['key']}", gold=number())
            ),
            "announce to all": Step(lambda: self._announce(root, None)),
            "change challenge": Step(
                lambda: challenge_steps.change(root, challenge(), target=number())
            ),
        }

    async def _define(self, root: Learner, path: str, **changes: Any) -> httpx.Response:
        return await root.client.patch(f"/game/{path}", json=changes)

    async def _review(self, client: httpx.AsyncClient) -> httpx.Response:
        due = await client.get("/reviews/due")
        cards = due.json()["items"] if due.is_success else []
        if not cards:
            return due
        path = f"/reviews/{self.random.choice(cards)['card_id']}"
        return await client.post(path, json={"rating": "good"})

    async def _announce(self, who: Learner, *party: int | None) -> httpx.Response:
        """A challenge that starts later, at first."""
        now = self.fair.service.clock.now() + timedelta(seconds=MOVE_SECONDS)
        (party_id,) = party or (self._party(),)
        answer = await challenge_steps.try_to_announce(who, now=now, party_id=party_id)
        if answer.is_success:
            self.fair.challenges.append(answer.json()["id"])
        return answer

    def _party(self) -> int:
        return self.random.choice(self.fair.companies).id

    def _choose(self, things: Sequence[T]) -> Callable[[], T]:
        return lambda: self.random.choice(things)


@dataclass(frozen=True)
class Step:
    """A move, and how often it is made beside others."""

    take: Callable[[], Awaitable[httpx.Response]]
    weight: float = 1
