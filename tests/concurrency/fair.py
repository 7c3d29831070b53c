"""A world in which everything can be done at once: who and what is there before the doing begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.api.definition_steps import BADGE, PRIZE, admin
from tests.bosses.boss_steps import add_boss, fight
from tests.challenges.challenge_steps import announce, join_well, wake_all
from tests.parties.party_steps import Company, accept, found_party, invite
from tests.support.courses import small_course
from tests.support.learning import Student, enroll
from tests.support.quests import add_quests, quest_row
from tests.support.service import Learner, Service

PARTIES = 3
LEARNERS = 6
TASKS = 6
"""Of each learner: so few that several clients are at one at the same time."""
DAYS = 3
"""Of the course that are learned: fewer than a week has, so that one more finishes nothing."""
QUESTS = ("first", "second", "third")
POOL = tuple(f"daily-{number}" for number in range(5))
FAR_BADGE = {**BADGE, "key": "doer-2", "target": 10_000}
"""Nobody wins it: of a change right at an award the books do not say which revision was seen."""
SUNDAY = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
OPENING = datetime(2026, 3, 9, 0, 4, 30, tzinfo=UTC)
"""Half a minute before the leagues of the week that is over are closed."""
MOVE_SECONDS = 0.5
"""How long a move takes by the clock: some challenges end while others go on."""


@dataclass
class Fair:
    """Learners in parties that overlap, in a course and in challenges that are about to end."""

    service: Service
    root: Learner
    students: Sequence[Student]
    companies: Sequence[Company]
    tokens: Sequence[str]
    challenges: list[int]
    tasks: dict[int, list[int]]


async def open_fair(service: Service) -> Fair:
    """Battles were begun on a Monday; on the Sunday after it some did something, others were struck."""
    root = await admin(service)
    await _define(service, root)
    companies = [(await found_party(service, f"leader{n}"))[0] for n in range(PARTIES)]
    tokens = [(await invite(company, uses=30))["token"] for company in companies]
    students = await _enroll(service, [company.leader for company in companies])
    for number, student in enumerate(students[PARTIES:]):
        for token in (tokens[number % PARTIES], tokens[(number + 1) % PARTIES]):
            assert (await accept(student.learner, token)).is_success
    for company in companies:
        await fight(company.leader, "kraken", company.id)
    tasks = {}
    for student in students:
        await fight(student.learner)
        tasks[student.learner.id] = await _make_tasks(student.learner)
        await student.learner.post(f"/tasks/{tasks[student.learner.id][0]}/complete")
        await student.attempt(student.days[0], wrong=1)
    everybody = [student.learner for student in students]
    await wake_all(service, SUNDAY, root, *everybody)
    challenges = await _announce(root, companies)
    for student in students[::2]:
        await student.attempt(student.days[1], wrong=2)
        await student.learner.post(f"/tasks/{tasks[student.learner.id][1]}/complete")
        await join_well(student.learner, challenges[0])
        await join_well(student.learner, challenges[2])
    await wake_all(service, OPENING, root, *everybody)
    return Fair(service, root, students, companies, tokens, challenges, tasks)


async def _define(service: Service, root: Learner) -> None:
    database = service.parts.database
    await add_boss(database, hp=60, strikes_back=True)
    await add_boss(database, "kraken", kind="party", hp=150, strikes_back=True)
    await add_quests(
        database,
        *(quest_row(key, target=2, requires_quest=None) for key in QUESTS),
        quest_row("weekly", "weekly", target=4),
        *(quest_row(key, "daily", target=1) for key in POOL),
    )
    await root.post("/game/badges", {**BADGE, "target": 3})
    await root.post("/game/badges", FAR_BADGE)
    await root.post("/game/badges", PRIZE)


async def _enroll(service: Service, leaders: Sequence[Learner]) -> Sequence[Student]:
    first = await enroll(service, small_course(questions=2), "first@example.org")
    others = [await service.learner(f"n{n}@example.org") for n in range(LEARNERS - 1)]
    for learner in (*leaders, *others):
        await learner.post("/courses/python/enrollment")
    everybody = (*leaders, first.learner, *others)
    return [Student(service, learner, "python", first.days) for learner in everybody]


async def _make_tasks(learner: Learner) -> list[int]:
    return [(await learner.create_task(difficulty="hard"))["id"] for _ in range(TASKS)]


async def _announce(root: Learner, companies: Sequence[Company]) -> list[int]:
    """Challenges that end one after the other while the fair is on, and one that goes on."""
    ends = [OPENING + timedelta(seconds=seconds) for seconds in (15, 30, 60, 90)]
    hours = [(end - SUNDAY) / timedelta(hours=1) for end in (*ends, OPENING + timedelta(days=2))]
    challenges = []
    for number, length in enumerate(hours):
        known = {"starts_in": 0.0, "hours": length, "now": SUNDAY, "target": 2}
        challenges.append((await announce(root, xp=20, badge_key=PRIZE["key"], **known))["id"])
        company = companies[number % PARTIES]
        party = await announce(company.leader, party_id=company.id, **known)
        challenges.append(party["id"])
    return challenges
