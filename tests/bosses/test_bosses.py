"""The page of bosses: battles, victories and choices."""

from typing import Any

import pytest

from app.game.pacing import Pacing
from app.game.rules import Difficulty
from tests.bosses.boss_steps import BOSSES, add_boss, add_bosses, fight, strike
from tests.parties.party_steps import add_crowd, begin_battle, found_party, leave
from tests.support.clock import START
from tests.support.courses import add_course, small_course
from tests.support.learning import Student, enroll
from tests.support.service import Learner, Service

NOTHING: dict[str, Any] = {"battles": [], "party_battles": [], "victories": [], "choices": []}


async def list_bosses_of_weeks(who: Learner) -> list[tuple[str, int, bool]]:
    """Title, hit points left, and whether something hurt it."""
    battles = (await who.get(BOSSES))["battles"]
    assert {battle["kind"] for battle in battles} <= {"week"}
    return [(b["title"], b["hp_left"], b["started_at"] is not None) for b in battles]


async def test_without_bosses_there_is_nothing(service: Service) -> None:
    ada = await service.learner()
    assert await ada.get(BOSSES) == NOTHING


async def test_choices_say_what_stands_against_them(service: Service) -> None:
    database = service.parts.database
    company, (ada, eve) = await found_party(service, "ada", "eve")
    mallory = await service.learner("mallory@example.org")
    await add_bosses(service)
    await add_boss(database, "titan", min_level=7)
    await add_boss(database, "gone", retired_at=START)

    async def list_hindrances(who: Learner) -> dict[str, str | None]:
        choices = (await who.get(BOSSES))["choices"]
        assert all(choice["available"] == (choice["hindrance"] is None) for choice in choices)
        return {choice["key"]: choice["hindrance"] for choice in choices}

    locked = {"titan": "boss_locked"}
    assert await list_hindrances(ada) == {"hydra": None, "kraken": None} | locked
    assert await list_hindrances(mallory) == {"hydra": None, "kraken": "no_party"} | locked
    await fight(ada)
    await fight(ada, "kraken", company.id)
    fighting = "already_fighting"
    assert await list_hindrances(ada) == {"hydra": fighting, "kraken": fighting} | locked
    assert await list_hindrances(eve) == {"hydra": None, "kraken": fighting} | locked
    await found_party(service, "bob")
    assert (await list_hindrances(eve))["kraken"] == fighting
    await eve.post("/game/parties", {"name": "Another"})
    assert (await list_hindrances(eve))["kraken"] is None


async def test_a_choice_tells_what_it_is(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, strikes_back=True)
    assert (await ada.get(BOSSES))["choices"] == [
        {
            "key": "hydra",
            "kind": "personal",
            "title": "Hydra",
            "description": "It grows two heads for each task left undone.",
            "hp": 100,
            "reward": {"xp": 150, "gold": 40},
            "strikes_back": True,
            "min_level": 1,
            "available": True,
            "hindrance": None,
        }
    ]


async def test_a_boss_that_fell_is_a_victory(service: Service) -> None:
    company, (ada, eve) = await found_party(service, "ada", "eve")
    await add_bosses(service, hp=40)
    await fight(ada)
    service.clock.advance(minutes=1)
    await strike(ada)
    await fight(ada, "kraken", company.id)
    service.clock.advance(minutes=1)
    await strike(eve, "medium")
    await strike(ada)
    spoils = {"xp": 150, "gold": 40}
    party = {"kind": "party", "title": "Kraken", "reward": spoils, "won_at": "2026-03-02T12:02:01Z"}
    own = {
        "kind": "personal",
        "title": "Hydra",
        "reward": spoils,
        "won_at": "2026-03-02T12:01:01Z",
    }
    shown = await ada.get(BOSSES)
    assert (shown["battles"], shown["party_battles"]) == ([], [])
    assert shown["victories"] == [party, own]
    assert (await eve.get(BOSSES))["victories"] == [party]


async def test_victories_are_the_last_twenty(service: Service) -> None:
    ada = await service.learner()
    await add_boss(service.parts.database, hp=5)
    for _ in range(20):
        await fight(ada)
        await strike(ada)
    service.clock.advance(days=1)
    ada.client = service.client(await service.open_session(ada.id))
    await fight(ada)
    await strike(ada)
    victories = (await ada.get(BOSSES))["victories"]
    assert len(victories) == 20
    assert victories[0]["won_at"] > victories[1]["won_at"]


async def test_members_see_who_dealt_what(service: Service) -> None:
    company, (ada, eve, bob) = await found_party(service, "ada", "eve", "bob")
    await begin_battle(service, company.id, {ada.id: 5, eve.id: 70, bob.id: 300})
    await leave(company, bob)
    (battle,) = (await ada.get(BOSSES))["party_battles"]
    assert battle["fighters"] == [
        {"user_id": eve.id, "display_name": "", "damage": 70},
        {"user_id": ada.id, "display_name": "", "damage": 5},
    ]
    assert (battle["boss_key"], battle["hp_left"], battle["damage_of_others"]) == (None, 625, 300)
    assert (await bob.get(BOSSES))["party_battles"] == []


async def test_the_boss_of_an_open_week_appears(service: Service) -> None:
    student = await enroll(service, small_course(weeks=2, questions=0))
    (first, second) = (await student.learner.get(BOSSES))["battles"]
    assert first == {
        "id": None,
        "kind": "week",
        "boss_key": None,
        "course": "python",
        "week_id": first["week_id"],
        "title": "The Sphinx",
        "hp": 300,
        "hp_left": 300,
        "reward": {"xp": 100, "gold": 25},
        "strikes_back": False,
        "started_at": None,
    }
    assert second["week_id"] != first["week_id"]
    await student.complete(student.days[7])
    (hurt, untouched) = (await student.learner.get(BOSSES))["battles"]
    assert (hurt["week_id"], hurt["hp_left"]) == (second["week_id"], 290)
    assert hurt["started_at"] == "2026-03-02T12:00:00Z"
    assert untouched == first


async def test_a_week_s_boss_that_fell_appears_no_more(service: Service) -> None:
    """A hard day with its quiz deals 70, or a little more at higher levels."""
    student = await enroll(service, small_course(questions=1, difficulty=Difficulty.HARD))
    for day in student.days[:4]:
        await student.learn(day)
    assert len(await list_bosses_of_weeks(student.learner)) == 1
    await student.learn(student.days[4])
    shown = await student.learner.get(BOSSES)
    assert (shown["battles"], shown["victories"][0]["kind"]) == ([], "week")


async def test_a_week_without_a_boss_has_none(service: Service) -> None:
    student = await enroll(service, small_course(boss=None, questions=0))
    await student.complete(student.days[0])
    assert (await student.learner.get(BOSSES)) == NOTHING


async def test_bosses_appear_as_weeks_open_in_sequence(service: Service) -> None:
    course = small_course(weeks=3, questions=0, pacing=Pacing.SEQUENTIAL)
    student = await enroll(service, course)
    assert len(await list_bosses_of_weeks(student.learner)) == 1
    for day in student.days[:7]:
        await student.complete(day)
    assert len(await list_bosses_of_weeks(student.learner)) == 2
    await student.undo(student.days[0])
    assert len(await list_bosses_of_weeks(student.learner)) == 2


async def test_bosses_appear_as_weeks_open_by_the_calendar(service: Service) -> None:
    student = await enroll(service, small_course(weeks=3, questions=0, pacing=Pacing.DAILY))
    shown = []
    for days in (0, 6, 1):
        await student.sleep(days=days)
        shown.append(len(await list_bosses_of_weeks(student.learner)))
    assert shown == [1, 1, 2]


async def test_a_course_that_was_left_shows_no_bosses(service: Service) -> None:
    student = await enroll(service, small_course(questions=0))
    await student.complete(student.days[0])
    assert (await student.client.delete("/courses/python/enrollment")).status_code == 204
    assert await list_bosses_of_weeks(student.learner) == []
    await student.learner.post("/courses/python/enrollment")
    assert await list_bosses_of_weeks(student.learner) == [("The Sphinx", 290, True)]


@pytest.mark.parametrize("courses", [1, 12])
async def test_the_page_costs_the_same_statements_however_much_there_is(
    service: Service, courses: int
) -> None:
    company, (ada,) = await found_party(service)
    student = Student(service, ada, "python", [])
    for n in range(courses):
        slug = f"course-{n}"
        await add_course(service.parts.database, small_course(weeks=courses, slug=slug))
        await student.learner.post(f"/courses/{slug}/enrollment")
    crowd = await add_crowd(service, company.id, courses)
    await begin_battle(service, company.id, dict.fromkeys(crowd, 7))
    for n in range(courses):
        await add_boss(service.parts.database, f"boss-{n}")
    await service.settle()
    with service.statements.count() as statements:
        shown = await ada.get(BOSSES)
    assert len(statements) == 7, "\n".join(statements)
    assert len(shown["battles"]) == min(50, courses * courses)
    assert len(shown["choices"]) == len(shown["party_battles"][0]["fighters"]) == courses
