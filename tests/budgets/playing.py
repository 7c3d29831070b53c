"""Steps of the game: one's own, and what admins define."""

from typing import Any

from tests.api.definition_steps import BADGE, BOSS, QUEST
from tests.budgets.journey import Journey
from tests.challenges.challenge_steps import draft
from tests.parties.party_steps import set_player
from tests.support.streams import follow, listen_on_http, tell

REVISIONS: dict[str, dict[str, Any]] = {"": {}, "in force": {"in_force": True}}


async def define(journey: Journey) -> dict[str, str]:
    """A quest, a boss and a badge. Gives their keys, by kind."""
    keys = {}
    for kind, body in (("quest", QUEST), ("boss", BOSS), ("badge", BADGE)):
        key = keys[kind] = f"{kind}-of-{journey.learner.id}"
        send = {"json": {**body, "key": key}}
        await journey.ask(f"create_{kind}", journey.admin, send=send)
        changes = {"json": {"description": "Another."}}
        await journey.ask(f"update_{kind}", journey.admin, send=changes, key=key)
        for what, query in {**REVISIONS, "of a key": {"key": key}}.items():
            name = f"list_{kind}_revisions"
            await journey.ask(name, journey.admin, what, query=query)
    return keys


async def try_definitions(journey: Journey) -> None:
    """Dry runs."""
    race = draft(starts_in=-48.0)
    challenge = {name: race[name] for name in ("metric", "target", "starts_at", "ends_at")}
    await journey.ask("try_badge", journey.admin, send={"json": BADGE})
    await journey.ask("try_quest", journey.admin, send={"json": {"quest": QUEST}})
    await journey.ask("try_challenge", journey.admin, send={"json": challenge})


async def play(journey: Journey) -> None:
    """What a learner does alone."""
    keys = await define(journey)
    await try_definitions(journey)
    await journey.ask("list_quests")
    await journey.ask("list_quests", None, "weekly", query={"cadence": "weekly"})
    await journey.ask("accept_quest", key=keys["quest"])
    await journey.ask("list_bosses")
    await journey.ask("fight_boss", send={"json": {}}, key=keys["boss"])
    await journey.ask("list_badges")
    await _earn(journey)
    await journey.ask("get_league", None, "for the first time")
    for name in ("get_profile", "list_ledger", "get_league", "get_summary", "get_privacy"):
        await journey.ask(name)
    await journey.ask("update_privacy", send={"json": {"visibility": "anonymous"}})
    await journey.ask("abandon_quest", key=keys["quest"])
    await _buy(journey)
    await _rest(journey)
    await _hear(journey)
    for kind, key in keys.items():
        await journey.ask(f"retire_{kind}", journey.admin, key=key)


async def _earn(journey: Journey) -> None:
    """A completion by somebody with a battle and a quest under way."""
    task = await journey.learner.create_task(difficulty="hard")
    await journey.ask("complete_task", None, "in the midst of a game", task_id=task["id"])


async def _buy(journey: Journey) -> None:
    await set_player(journey.service, journey.learner.id, gold=500, streak_freezes=0)
    await journey.ask("get_shop")
    await journey.ask("buy_item", item="streak_freeze")


async def _rest(journey: Journey) -> None:
    await journey.ask("set_pause", send={"json": {"days": 2}})
    await journey.ask("get_pause")
    await journey.ask("end_pause")


async def _hear(journey: Journey) -> None:
    await tell(journey.service.parts.database, journey.learner.id)
    told = await journey.ask("list_notifications")
    up_to = {"json": {"up_to": told["items"][0]["id"]}}
    await journey.ask("mark_notifications_read", send=up_to)
    await _follow(journey)


async def _follow(journey: Journey) -> None:
    """Resume a stream from before the last notification, and read until that came."""
    token = await journey.service.open_session(journey.learner.id)
    last = (await journey.learner.get("/game/notifications", limit=1))["items"][0]["id"]
    name = "stream_events"
    async with (
        listen_on_http(journey.service.app) as url,
        journey.observe(name),
        follow(url, token, last - 1) as stream,
    ):
        assert await stream.take(2) == [last - 1, last]
    journey.asked.add(name)
