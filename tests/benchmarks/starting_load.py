"""What a learner does all day, over most of the API: for benchmarks that look at the whole service."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

COURSE = "python-from-zero"
AT_ONCE = 8
LOOKS = (
    "/users/me",
    "/users/me/sessions",
    "/users/me/background-tasks",
    "/users/me/mail-preferences",
    "/tasks?limit=20",
    "/tasks?status=open&sort=due_on",
    "/courses",
    f"/courses/{COURSE}",
    f"/courses/{COURSE}/progress",
    "/reviews/due",
    "/reviews/stats",
    "/game/profile",
    "/game/summary",
    "/game/ledger",
    "/game/quests",
    "/game/bosses",
    "/game/challenges",
    "/game/badges",
    "/game/shop",
    "/game/leaderboard",
    "/game/league",
    "/game/parties",
    "/game/notifications",
    "/config",
)
_ANSWER_SECONDS = 60.0


class _Learner:
    """One learner, who counts requests and takes no answer but a good one."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self.requests = 0

    async def look(self) -> None:
        """Look at everything."""
        for path in LOOKS:
            await self._ask("GET", path)

    async def do_task(self) -> None:
        """Make a task, complete it, take that back, and throw it away."""
        task = await self._ask("POST", "/tasks", {"title": "Water the plants"})
        await self._ask("POST", f"/tasks/{task['id']}/complete")
        await self._ask("POST", f"/tasks/{task['id']}/undo")
        await self._ask("PATCH", f"/tasks/{task['id']}", {"title": "Water them again"})
        await self._ask("DELETE", f"/tasks/{task['id']}")

    async def learn(self) -> None:
        """Read the first lesson, try its quiz, and answer the cards that come of that."""
        tree = await self._ask("GET", f"/courses/{COURSE}")
        day = tree["weeks"][0]["days"][0]["id"]
        await self._ask("GET", f"/course-tasks/{day}")
        quiz = await self._ask("GET", f"/course-tasks/{day}/quiz")
        given = [{"question_id": each["id"], "answer": _guess(each)} for each in quiz["questions"]]
        await self._ask("POST", f"/course-tasks/{day}/quiz/attempts", {"answers": given})
        for card in (await self._ask("GET", "/reviews/due"))["items"][:2]:
            await self._ask("POST", f"/reviews/{card['card_id']}", {"rating": "good"})

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = await self._client.request(
            method, f"/api/v1{path}", json=body, headers=self._headers
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        self.requests += 1
        return answer.json() if answer.content else None


def _guess(question: Mapping[str, Any]) -> Any:
    """An answer of the right kind, and probably wrong."""
    match question["kind"]:
        case "single_choice":
            return question["choices"][0]["id"]
        case "multiple_choice":
            return [question["choices"][0]["id"]]
        case "true_false":
            return True
        case "number":
            return -12345
        case _:
            return "nothing"


async def use(url: str, tokens: Sequence[str], rounds: int) -> int:
    """Have each of them do all of it, some at a time; how many requests were answered."""
    places = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=_ANSWER_SECONDS) as client:
        learners = [_Learner(client, token) for token in tokens]

        async def live(learner: _Learner) -> None:
            async with places:
                await learner.look()
                await learner.do_task()

        for _ in range(rounds):
            await asyncio.gather(*map(live, learners))
        for learner in learners:
            await learner.learn()
    return sum(learner.requests for learner in learners)
