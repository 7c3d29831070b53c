"""What members of a closed challenge are told: by the job, in batches, once each."""

from sqlalchemy import insert

from app.db.models import ChallengeMember
from app.worker.challenge_closing import close_challenges
from tests.api.task_steps import dump_tables
from tests.challenges.challenge_steps import (
    list_closings,
    load,
    wake_all,
)
from tests.challenges.closing_steps import ENDS_AT, close, list_ranks, make_race, tell_some
from tests.parties.party_steps import execute
from tests.support.clock import START
from tests.support.service import PASSWORD, Service
from tests.support.standings import add_players


async def test_whoever_is_gone_before_being_told_is_left_out(service: Service) -> None:
    challenge_id, runners = await make_race(service, [3, 2])
    await wake_all(service, ENDS_AT, *runners)
    assert await close(service, challenge_id)
    gone = await runners[0].client.request("DELETE", "/users/me", json={"password": PASSWORD})
    assert gone.status_code == 204
    await close_challenges(service.parts)
    assert [data["rank"] for data in await list_closings(runners[1])] == [2]


async def test_many_members_are_ranked_and_told_once_each(service: Service) -> None:
    """More than one batch of those who are told."""
    database, count = service.parts.database, 301
    challenge_id, _ = await make_race(service, [])
    ids = await add_players(database, count)
    rows = [
        {
            "user_id": user_id, "challenge_id": challenge_id, "progress": n // 2,
            "joined_at": START, "joined_sequence": 0,
        }
        for n, user_id in enumerate(ids)
    ]  # fmt: skip
    await execute(database, insert(ChallengeMember), rows)
    service.clock.set(ENDS_AT)
    assert await close(service, challenge_id)
    ranks = [count - 2 * (n // 2) - (n < count - 1) for n in range(count)]
    assert await list_ranks(service, challenge_id) == ranks
    assert await tell_some(service, challenge_id)  # the worker is killed here
    assert (await load(service, challenge_id)).told_up_to == ids[99]
    await close_challenges(service.parts)
    assert (await load(service, challenge_id)).told_up_to == 2**63 - 1
    assert not await tell_some(service, challenge_id)
    notifications = (await dump_tables(service))["notifications"]
    assert [row[0] for row in notifications] == ids
