"""Steps of the story that ``test_lively_first_day`` tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.game.pacing import Pacing
from app.services.replaying import ReplayService
from app.services.verification import VerificationService
from tests.api.account_steps import open_tokens, register
from tests.api.summary_steps import check_summary, seed_game
from tests.api.task_steps import list_all, wake
from tests.challenges.challenge_steps import announce, join_well, make_admin
from tests.parties.party_steps import Company, invite, join
from tests.support.courses import add_course, list_day_ids, small_course
from tests.support.learning import Student
from tests.support.service import Learner, Service

CHALLENGE = {
    "metric": "tasks_completed",
    "target": 12,
    "xp": 60,
    "gold": 15,
    "title": "Spring sprint",
}


@dataclass
class Story:
    """Whom it is about, and where they meet."""

    service: Service
    ada: Learner
    eve: Learner
    student: Student
    company: Company
    challenge_id: int

    async def wake(self, instant: str) -> None:
        """Both log in on another day, or later on the same."""
        for learner in (self.ada, self.eve):
            await wake(self.service, learner, instant)

    async def end_day(self) -> dict[str, Any]:
        """The evening: all start pages are right, and so are the books."""
        await check_summary(self.eve)
        assert await find_differences(self.service) == []
        return await check_summary(self.ada)


async def find_differences(service: Service) -> Sequence[object]:
    """What ``verify_ledger`` finds, without and with ``--replay``."""
    database = service.parts.database
    found: list[object] = []
    for check in (VerificationService(database), ReplayService(database)):
        found += [one async for part in check.check() for one in part.differences]
    return found


async def sign_up(service: Service, name: str) -> Learner:
    """Register and log in."""
    email = f"{name}@example.org"
    answer = await register(service.client(), email, display_name=name.capitalize())
    assert answer.status_code == 201, answer.text
    tokens = await open_tokens(service, email)
    return Learner(answer.json()["id"], email, service.client(tokens["access_token"]))


async def list_told(learner: Learner) -> list[dict[str, Any]]:
    """All notifications, oldest first: numbered without gaps, and in the order of time."""
    told = (await list_all(learner, "/game/notifications", limit=100))[::-1]
    assert [each["id"] for each in told] == list(range(1, len(told) + 1))
    instants = [each["created_at"] for each in told]
    assert instants == sorted(instants)
    return told


def only(told: Sequence[dict[str, Any]], *kinds: str) -> list[str]:
    """The kinds among these, in order."""
    return [each["kind"] for each in told if each["kind"] in kinds]


def keys(told: Sequence[dict[str, Any]], kind: str) -> list[str]:
    """What these of a kind are about."""
    return [each["data"]["key"] for each in told if each["kind"] == kind]


async def begin(service: Service) -> Story:
    """Monday noon: sign up, enrol, found a party, join by its link, join a challenge."""
    database = service.parts.database
    await seed_game(service)
    course = small_course(weeks=1, questions=2, pacing=Pacing.SEQUENTIAL)
    course_id = await add_course(database, course)
    ada, eve = await sign_up(service, "ada"), await sign_up(service, "eve")
    first = await check_summary(ada)
    assert [quest["status"] for quest in first["quests"]] == ["active"] * 3
    await ada.post("/courses/python/enrollment")
    party = await ada.post("/game/parties", {"name": "Night Owls"})
    company = Company(party["id"], [ada, eve])
    link = await invite(company)
    assert link["link"].endswith(link["token"])
    await join(company, eve)
    admin = await make_admin(service)
    challenge = await announce(admin, starts_in=0, hours=5 * 24, **CHALLENGE)
    for learner in (ada, eve):
        await join_well(learner, challenge["id"])
    student = Student(service, ada, "python", await list_day_ids(database, course_id))
    return Story(service, ada, eve, student, company, challenge["id"])
