"""What the start page should show, put together from the single routes."""

from typing import Any

from app.services.default_game import read_game
from app.services.game_seeding import GameSeeding
from commands.game_seeding import BUNDLED_GAME
from tests.api.task_steps import list_all
from tests.support.service import Learner, Service

SUMMARY = "/game/summary"
TAKEN_FIELDS = {
    "slug", "title", "status", "review", "enrolled_at", "enrolled_on", "days", "days_completed", "percent",
}  # fmt: skip


async def seed_game(service: Service) -> None:
    """The quests, bosses and badges that come with the program, defined by the service's clock."""
    async with service.parts.database.writing() as transaction:
        await GameSeeding(transaction.uow, service.clock).apply(read_game(BUNDLED_GAME))
        await transaction.commit()


async def check_summary(learner: Learner) -> dict[str, Any]:
    """The start page, held against what the rooms say."""
    standing = await read_standing(learner)  # who looks has a place
    summary = await learner.get(SUMMARY)
    assert summary["profile"] == await learner.get("/game/profile")
    assert summary["quests"] == await list_quests(learner)
    assert summary["challenges"] == await list_challenges(learner)
    assert summary["league"] == standing
    await check_battles(learner, summary["battles"])
    await check_tasks(learner, summary)
    await check_courses(learner, summary["courses"])
    assert summary["reviews"]["due"] == (await learner.get("/reviews/due"))["due"]
    notifications = await learner.get("/game/notifications")
    assert summary["notifications"] == {"unread": notifications["unread"]}
    await check_badges(learner, summary["badges"])
    return summary


async def list_quests(learner: Learner) -> list[dict[str, Any]]:
    """Today's, and the others that are active."""
    quests = await list_all(learner, "/game/quests", limit=100)
    return [each for each in quests if each["cadence"] == "daily" or each["status"] == "active"]


async def list_challenges(learner: Learner) -> list[dict[str, Any]]:
    """Those that run and that the learner is in."""
    page = await learner.get("/game/challenges", state="open", mine=True)
    return sorted(page["items"], key=lambda challenge: (challenge["ends_at"], challenge["id"]))


async def read_standing(learner: Learner) -> dict[str, Any]:
    """The learner's line in the league."""
    league = await learner.get("/game/league")
    mine = next((member for member in league["members"] if member["is_me"]), None)
    return {
        **{name: league[name] for name in ("week_on", "ends_at", "tier")},
        "members": len(league["members"]),
        "rank": mine and mine["rank"],
        "score": mine["score"] if mine else 0,
        "zone": mine and mine["zone"],
    }


async def check_battles(learner: Learner, battles: list[dict[str, Any]]) -> None:
    """All battles that have begun, and some bosses that wait in open weeks."""
    bosses = await learner.get("/game/bosses")
    own = {(each["kind"], each["id"], each["week_id"]): each for each in bosses["battles"]}
    for battle in battles:
        if battle["kind"] == "party":
            (told,) = (each for each in bosses["party_battles"] if each["id"] == battle["id"])
            fought = {each["user_id"]: each["damage"] for each in told["fighters"]}
            assert battle["damage"] == fought.get(learner.id, 0)
        else:
            told = own[battle["kind"], battle["id"], battle["week_id"]]
            assert battle["damage"] == battle["hp"] - battle["hp_left"]
        shared = battle.keys() & told.keys()
        assert len(shared) >= 9
        assert {name: battle[name] for name in shared} == {name: told[name] for name in shared}
    begun = [each for each in bosses["battles"] if each["id"] is not None]
    assert len(begun) + len(bosses["party_battles"]) == sum(
        1 for battle in battles if battle["id"] is not None
    )


async def check_tasks(learner: Learner, summary: dict[str, Any]) -> None:
    """The first by their dates, and how many are due."""
    first = await learner.get("/tasks", status="open", sort="due_on", limit=5)
    assert summary["tasks"]["next"] == first["items"]
    until = summary["profile"]["today"]
    due = await list_all(learner, "/tasks", status="open", due_to=until, limit=100)
    assert summary["tasks"]["due"] == len(due)


async def check_courses(learner: Learner, courses: list[dict[str, Any]]) -> None:
    """Each as the list of courses has it, with the first day that is not completed."""
    taken = {each["slug"]: each for each in await list_all(learner, "/users/me/courses")}
    assert len(courses) == min(5, len(taken))
    for course in courses:
        assert {name: course[name] for name in TAKEN_FIELDS} == taken[course["slug"]]
        progress = await learner.get(f"/courses/{course['slug']}/progress")
        days = [(week["id"], day) for week in progress["weeks"] for day in week["days"]]
        todo = [(week_id, day) for week_id, day in days if day["state"] != "completed"]
        if not todo:
            assert course["next_day"] is None
            continue
        week_id, day = todo[0]
        told = ("id", "day", "state", "opens_on")
        assert course["next_day"]["week_id"] == week_id
        assert {name: course["next_day"][name] for name in told} == {
            name: day[name] for name in told
        }


async def check_badges(learner: Learner, badges: list[dict[str, Any]]) -> None:
    """The newest of those that the learner has."""
    have = [
        each for each in await list_all(learner, "/game/badges", limit=100) if each["awarded_at"]
    ]
    by_key = {each["key"]: each for each in have}
    assert len(badges) == min(3, len(have))
    for badge in badges:
        assert badge == {name: by_key[badge["key"]][name] for name in badge}
    shown = [badge["awarded_at"] for badge in badges]
    assert shown == sorted((each["awarded_at"] for each in have), reverse=True)[:3]
