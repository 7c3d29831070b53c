"""A new learner goes through the bundled course over the API, and gets exactly what the rules give."""

from collections.abc import Mapping
from typing import Any

from app.game.levels import level_at
from app.game.rules import RULES
from app.schemas.answers import GivenAnswer
from app.schemas.curriculum import CourseDefinition
from app.services.curriculum.archive import write_archive
from app.services.curriculum.folder import read_folder
from app.services.curriculum.reader import read_course
from commands.course_folders import BUNDLED
from tests.services.game_table import find_differences
from tests.support.learning import right_answer, wrong_answer
from tests.support.service import Learner, Service

SLUG = "python-from-zero"
FAILED_AT_FIRST = {5, 12, 20}
"""Days of the course whose first attempt has two wrong answers."""


class Walk:
    """The learner, the answers that the files have, and the XP that the rules should have given."""

    def __init__(self, service: Service, learner: Learner, course: CourseDefinition) -> None:
        self.service = service
        self.learner = learner
        self.course = course
        self.right = {
            (question.kind, question.prompt): question
            for week in course.weeks
            for day in week.days
            for question in day.questions
        }
        self.xp = self.gold = 0
        self.boss_hp = 0

    def pay(self, base: int, gold: int, streak: int) -> None:
        """XP of an activity is base * (100 + min(streak, 50)) / 100, rounded down (DESIGN 3)."""
        self.xp += base * (100 + min(streak, 50)) // 100
        self.gold += gold

    def strike(self, damage: int, level: int) -> None:
        """The week's boss has 300 HP, and pays when it falls (DESIGN 3); ``level`` is that before."""
        if self.boss_hp > 0:
            self.boss_hp -= damage * (100 + 2 * (level - 1)) // 100
            if self.boss_hp <= 0:
                self.xp, self.gold = self.xp + 100, self.gold + 25

    @property
    def level(self) -> int:
        return level_at(self.xp, RULES)

    def answer(self, asked: Mapping[str, Any], *, rightly: bool) -> GivenAnswer:
        question = self.right[asked["kind"], asked["prompt"]]
        return right_answer(question) if rightly else wrong_answer(question)

    async def attempt(self, day_id: int, wrong: int = 0) -> dict[str, Any]:
        quiz = await self.learner.get(f"/course-tasks/{day_id}/quiz")
        answers = [
            {"question_id": asked["id"], "answer": self.answer(asked, rightly=place >= wrong)}
            for place, asked in enumerate(quiz["questions"])
        ]
        body = {"revision": quiz["revision"], "answers": answers}
        return await self.learner.post(f"/course-tasks/{day_id}/quiz/attempts", body)

    async def review(self, streak: int) -> int:
        """Review all that is due, once; how many that were."""
        due = (await self.learner.get("/reviews/due", limit=100))["items"]
        for card in due:
            answer = {"answer": self.answer(card, rightly=True)}
            reviewed = await self.learner.post(f"/reviews/{card['card_id']}", answer)
            assert reviewed["correct"] is True
            self.pay(1, 0, streak)
        return len(due)

    async def wait_for_tomorrow(self) -> None:
        self.service.clock.advance(days=1)
        self.learner.client = self.service.client(await self.service.open_session(self.learner.id))


async def import_bundled(service: Service) -> CourseDefinition:
    """The bundled course, brought in by an author over the API."""
    files = read_folder(BUNDLED / SLUG)
    author = await service.learner("author@example.org", role="author")
    answer = await author.client.post(
        "/courses/import",
        content=write_archive(files, SLUG),
        headers={"Content-Type": "application/zip"},
    )
    assert answer.status_code == 200, answer.text
    return read_course(files)


async def test_all_28_days_with_exactly_the_xp_that_the_rules_give(service: Service) -> None:
    course = await import_bundled(service)
    learner = await service.learner()
    walk = Walk(service, learner, course)
    await learner.post(f"/courses/{SLUG}/enrollment")
    tree = await learner.get(f"/courses/{SLUG}")
    streak = reviews = 0
    fallen = 0
    for number, week in enumerate(tree["weeks"]):
        walk.boss_hp = 300 if course.weeks[number].boss else 0
        for day in week["days"]:
            streak += 1
            lesson = await learner.get(f"/course-tasks/{day['id']}")
            assert lesson["body_html"].startswith("<")
            reviews += await walk.review(streak)
            perfect = streak not in FAILED_AT_FIRST
            if not perfect:
                failed = await walk.attempt(day["id"], wrong=2)
                assert (failed["attempt"]["passed"], failed["outcome"]["xp"]) == (False, 0)
            passed = await walk.attempt(day["id"])
            assert passed["attempt"]["passed"], passed["attempt"]["answers"]
            level = walk.level
            walk.pay(30 + (10 if perfect else 0), 5, streak)
            walk.strike(30, level)
            level = walk.level
            done = await learner.post(f"/course-tasks/{day['id']}/complete")
            price = RULES.prices[lesson["difficulty"]]
            walk.pay(price.xp, price.gold, streak)
            walk.strike(price.damage, level)
            assert done["outcome"]["streak"] == streak
            await walk.wait_for_tomorrow()
        assert done["task"]["week_done"]
        walk.xp, walk.gold = walk.xp + 50, walk.gold + 10
        fallen += walk.boss_hp < 0
    walk.xp, walk.gold = walk.xp + 200, walk.gold + 50

    progress = await learner.get(f"/courses/{SLUG}/progress")
    assert (streak, progress["days"], progress["percent"], progress["done"]) == (28, 28, 100, True)
    profile = await learner.get("/game/profile")
    assert (profile["xp"], profile["gold"]) == (walk.xp, walk.gold)
    assert profile["streak"] == profile["longest_streak"] == 28
    assert reviews > 0
    assert fallen > 0
    assert await find_differences(service.parts.database) == []
