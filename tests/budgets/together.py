"""Steps of what learners do together: parties, challenges, tables."""

from typing import Any

from tests.api.definition_steps import BOSS
from tests.budgets.journey import Journey
from tests.challenges.challenge_steps import draft


async def meet(journey: Journey) -> None:
    """Found a party, and play in it."""
    party = await journey.ask("create_party", send={"json": {"name": "Night Owls"}})
    party_id = party["id"]
    await journey.ask("update_party", send={"json": {"name": "Early Birds"}}, party_id=party_id)
    member = await _invite(journey, party_id)
    await journey.ask("list_parties")
    await journey.ask("get_party", party_id=party_id)
    await _fight(journey, party_id)
    challenge_id = await _race(journey, party_id)
    await _compare(journey, party_id, challenge_id)
    await journey.ask("remove_party_member", party_id=party_id, user_id=member)
    await journey.ask("delete_party", party_id=party_id)


async def _invite(journey: Journey, party_id: int) -> int:
    guest = await journey.service.learner(f"guest-{journey.learner.id}@example.org")
    made = await journey.ask("create_party_invitation", send={"json": {}}, party_id=party_id)
    await journey.ask("accept_party_invitation", guest, token=made["token"])
    other = await journey.learner.post(f"/game/parties/{party_id}/invitations", {})
    await journey.ask("list_party_invitations", party_id=party_id)
    names = {"party_id": party_id, "invitation_id": other["id"]}
    await journey.ask("delete_party_invitation", **names)
    return guest.id


async def _fight(journey: Journey, party_id: int) -> None:
    key = f"party-boss-of-{journey.learner.id}"
    await journey.admin.post("/game/bosses", {**BOSS, "key": key, "kind": "party"})
    body = {"json": {"party_id": party_id}}
    await journey.ask("fight_boss", None, "of a party", send=body, key=key)
    task = await journey.learner.create_task()
    await journey.ask("complete_task", None, "in a party's battle", task_id=task["id"])


async def _race(journey: Journey, party_id: int) -> int:
    """Challenges of a party, and for all. Gives the id of one that the learner is in: the last to end."""
    fields = draft(party_id=party_id)
    mine = await journey.ask("create_challenge", send={"json": fields})
    names = {"challenge_id": mine["id"]}
    await journey.ask("update_challenge", send={"json": {"title": "Race"}}, **names)
    await journey.ask("join_challenge", **names)
    await journey.ask("get_challenge", **names)
    await journey.ask("leave_challenge", **names)
    await journey.ask("delete_challenge", **names)
    fields = draft(starts_in=0.0)
    made = await journey.ask("create_challenge", journey.admin, "for all", send={"json": fields})
    await journey.ask("join_challenge", None, "for all", challenge_id=made["id"])
    lists: dict[str, dict[str, Any]] = {
        "": {}, "open": {"state": "open"}, "upcoming": {"state": "upcoming"},
        "past": {"state": "past"}, "mine": {"mine": True}, "mine, past": {"mine": True, "state": "past"},
    }  # fmt: skip
    pages = {
        what: await journey.ask("list_challenges", None, what, query=query)
        for what, query in lists.items()
    }
    challenge_id: int = pages["mine"]["items"][0]["id"]
    return challenge_id


async def _compare(journey: Journey, party_id: int, challenge_id: int) -> None:
    tables: dict[str, dict[str, Any]] = {
        "": {},
        "of all time": {"period": "all"},
        "of a party": {"scope": "party", "party_id": party_id},
        "of a challenge": {"scope": "challenge", "challenge_id": challenge_id},
    }
    around = {"around": "me"}
    for what, query in tables.items():
        await journey.ask("get_leaderboard", None, what, query=query)
        await journey.ask(
            "get_leaderboard", None, f"{what} around me".strip(), query=query | around
        )
    name = "get_challenge_leaderboard"
    await journey.ask(name, challenge_id=challenge_id)
    await journey.ask(name, None, "around me", query=around, challenge_id=challenge_id)
