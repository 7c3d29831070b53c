"""A first week with the game that comes with the program: two learners live through it over the API.

Each evening the start page has to say what the rooms say. At the end a whole day is taken back.
"""

from app.worker.challenge_closing import close_challenges
from app.worker.standings import close_leagues
from tests.api.lively_steps import Story, begin, keys, list_told, only
from tests.api.pause_steps import pause
from tests.api.quest_steps import accept, do_tasks, read_quest, undo
from tests.api.review_steps import list_due_ids, review
from tests.api.shop_steps import buy
from tests.api.summary_steps import check_summary
from tests.api.task_steps import check_refusal
from tests.bosses.boss_steps import fight, strike, try_fight
from tests.challenges.challenge_steps import read
from tests.support.game import check_restored, dump_state
from tests.support.service import Service


async def test_a_lively_first_week(service: Service) -> None:
    story = await begin(service)
    await monday(story)
    await tuesday(story)
    await wednesday(story)
    await after_the_break(story)
    await weekend(story)
    await new_week(story)
    await check_the_tale(story)


async def monday(story: Story) -> None:
    """Quests, a small boss of one's own, the first day of the course."""
    ada = story.ada
    check_refusal(await accept(ada, "five-lanterns"), 409, "quest_locked")
    for key in ("the-blank-page", "first-lesson", "weekly-fifteen-notches"):
        assert (await accept(ada, key)).status_code == 200
    await fight(ada, "dust-bunny")
    check_refusal(await try_fight(ada, "procrastigoblin"), 409, "already_fighting")
    await fight(story.eve, "troll-under-the-bridge", story.company.id)

    (first,) = await do_tasks(ada, 1, difficulty="hard")
    assert "the-blank-page" in [goal["key"] for goal in first["outcome"]["quests"]]
    assert (await accept(ada, "five-lanterns")).status_code == 200
    assert (await accept(ada, "kindle-the-flame")).status_code == 200
    done = await do_tasks(ada, 3, difficulty="hard")
    fallen = [
        blow["boss"] for each in done for blow in each["outcome"]["damage"] if blow["defeated"]
    ]
    assert fallen == ["The Dust Bunny"]
    failed = await story.student.attempt(story.student.days[0], wrong=1)
    assert (failed.json()["hearts"], failed.json()["cards_added"]) == (4, 1)
    await story.student.learn(story.student.days[0])
    await strike(story.eve)

    await story.wake("2026-03-02T22:30Z")
    evening = await story.end_day()
    assert evening["profile"]["streak"] == 1
    assert {battle["kind"] for battle in evening["battles"]} == {"party", "week"}
    assert evening["reviews"]["due"] == 1
    assert evening["courses"][0]["next_day"]["day"] == 2
    assert evening["league"]["rank"] == 1
    assert evening["challenges"][0]["membership"]["progress"] == 4


async def tuesday(story: Story) -> None:
    """A review, another boss, and the party's boss gets into trouble."""
    await story.wake("2026-03-03T09:00Z")
    (card,) = await list_due_ids(story.ada)
    assert (await review(story.ada, card, rating="good")).status_code == 200
    await fight(story.ada, "procrastigoblin")
    await story.student.learn(story.student.days[1])
    await do_tasks(story.ada, 10, difficulty="hard")
    await do_tasks(story.eve, 20, difficulty="hard")

    await story.wake("2026-03-03T23:00Z")
    evening = await story.end_day()
    assert (evening["profile"]["streak"], evening["profile"]["daily_reviews"]) == (2, 1)
    assert evening["challenges"][0]["membership"]["finished_at"] is not None


async def wednesday(story: Story) -> None:
    """The troll falls, the streak is kindled, and there is gold for a freeze. Eve rests, but not her boss."""
    await story.wake("2026-03-04T18:00Z")
    await story.student.learn(story.student.days[2])
    await do_tasks(story.eve, 12, difficulty="hard")
    await fight(story.eve, "snooze-imp")
    held = (await story.ada.get("/game/profile"))["streak_freezes"]
    key = "one click, sent twice"
    for _ in range(2):
        assert (await buy(story.ada, "streak_freeze", key)).status_code == 200

    await story.wake("2026-03-04T23:30Z")
    evening = await story.end_day()
    assert (evening["profile"]["streak"], evening["profile"]["streak_freezes"]) == (3, held + 1)
    assert "party" not in {battle["kind"] for battle in evening["battles"]}
    assert (await read_quest(story.ada, "kindle-the-flame"))["status"] == "completed"


async def after_the_break(story: Story) -> None:
    """Thursday was missed: a freeze saves the streak on Friday; then a rest."""
    await story.wake("2026-03-06T20:00Z")
    held = (await story.ada.get("/game/profile"))["streak_freezes"]
    await story.student.learn(story.student.days[3])
    await story.student.attempt(story.student.days[4])
    await story.wake("2026-03-07T00:30Z")
    await pause(story.ada, 2)
    evening = await story.end_day()
    assert (evening["profile"]["streak"], evening["profile"]["streak_freezes"]) == (4, held - 1)
    assert evening["profile"]["paused_until"] == "2026-03-08"


async def weekend(story: Story) -> None:
    """The challenge closes on Saturday noon, the league on Sunday night."""
    await story.wake("2026-03-07T11:59Z")
    assert (await story.end_day())["challenges"] != []
    await story.wake("2026-03-07T12:00Z")
    await close_challenges(story.service.parts)
    assert (await story.end_day())["challenges"] == []
    challenge = await read(story.ada, story.challenge_id)
    assert (challenge["state"], challenge["membership"]["final_rank"]) == ("past", 1)
    await story.wake("2026-03-09T00:04Z")
    await close_leagues(story.service.parts)
    assert only(await list_told(story.ada), "league_closed") == []
    await story.wake("2026-03-09T00:06Z")
    await close_leagues(story.service.parts)
    assert only(await list_told(story.ada), "league_closed") == ["league_closed"]
    await story.end_day()


async def new_week(story: Story) -> None:
    """Monday again: a good day that is taken back as if it had not been."""
    await story.wake("2026-03-09T19:00Z")
    ada, student = story.ada, story.student
    for key in ("weekly-fifteen-notches", "weekly-five-fires", "the-guildhall-door"):
        assert (await accept(ada, key)).status_code == 200
    await fight(ada, "snooze-imp")
    await fight(story.eve, "meeting-mimic", story.company.id)
    tasks = [await ada.create_task(difficulty="hard") for _ in range(16)]
    morning, page = await dump_state(story.service.parts.database), await check_summary(ada)

    day = await student.complete(student.days[4])
    done = [await ada.post(f"/tasks/{task['id']}/complete") for task in tasks]
    outcomes = [each["outcome"] for each in (day, *done)]
    finished = {goal["key"] for each in outcomes for goal in each["quests"] if goal["completed"]}
    assert {"weekly-fifteen-notches", "weekly-five-fires", "the-guildhall-door"} <= finished
    assert [blow["boss"] for each in outcomes for blow in each["damage"] if blow["defeated"]]
    evening = await story.end_day()
    assert evening["profile"]["streak"] == 5
    assert evening["league"]["rank"] == 1

    for each in done:
        await undo(ada, each)
    await student.undo(student.days[4])

    await check_restored(story.service.parts.database, morning, story.service.clock)
    after = await story.end_day()
    assert {**after, "notifications": None} == {**page, "notifications": None}


async def check_the_tale(story: Story) -> None:
    """What they were told, in order; what the last day took back was told, too."""
    told = await list_told(story.ada)
    shared = ("party_battle_started", "challenge_completed", "challenge_closed", "league_closed")
    assert only(told, *shared) == [*shared, "party_battle_started"]
    last = next(n for n, each in enumerate(told) if each["kind"] == "league_closed")
    quests = [key for key in keys(told[:last], "quest_completed") if not key.startswith("daily-")]
    assert quests == ["the-blank-page", "first-lesson", "five-lanterns", "kindle-the-flame"]
    assert len(only(told[:last], "boss_defeated")) == 3
    assert only(told[last:], "boss_defeated", "boss_revived") == ["boss_defeated", "boss_revived"]
    for given, taken in (
        ("quest_completed", "quest_reopened"),
        ("badge_awarded", "badge_taken_back"),
    ):
        assert sorted(keys(told[last:], given)) == sorted(keys(told[last:], taken))
    # Which badges the day brings depends on its daily quests, and they on the learner.
    assert only(told[last:], "quest_completed", "badge_awarded") != []
    levels = [each["data"] for each in told if each["kind"] in {"level_up", "level_lost"}]
    assert [each["before"] for each in levels] == [1, *(each["after"] for each in levels[:-1])]

    await strike(story.eve)
    eves = await list_told(story.eve)
    struck = [each["data"]["on"] for each in eves if each["kind"] == "boss_struck"]
    assert struck == ["2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08"]
    assert await story.eve.post("/game/notifications/read", {"up_to": eves[-1]["id"]}) == {
        "unread": 0
    }
    assert (await check_summary(story.eve))["notifications"] == {"unread": 0}
