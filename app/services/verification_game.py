"""Differences between battles, goals, badges and scores, and what activities and entries say of them."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.db.repositories.verification_game import ScoreRow
from app.db.unit_of_work import ReadUnitOfWork
from app.services.differences import Difference


async def list_game_differences(
    uow: ReadUnitOfWork, after_id: int, last_id: int
) -> Sequence[Difference]:
    """What is wrong with the users in ``(after_id, last_id]``."""
    books = uow.game_verification
    found: list[Difference] = []
    for user_id, kind, source in await books.list_unpaid(after_id, last_id):
        found.append(Difference(user_id, f"{kind} {source}", "a standing payment", "none"))
    for user_id, kind, source in await books.list_unfinished(after_id, last_id):
        what = f"payment of {kind} {source}"
        found.append(Difference(user_id, what, "something completed", "none"))
    for user_id, kind, source, target, standing, kept in await books.list_goals(after_id, last_id):
        open_at = f"{standing} of {target}" + (", completed" if standing >= target else "")
        what = f"progress of {kind} {source}"
        found.append(Difference(user_id, what, open_at, f"{kept} of {target}, active"))
    for user_id, source, standing, kept, won in await books.list_battles(after_id, last_id):
        state = "won" if won else "running"
        what = f"damage of boss_battle {source}"
        found.append(Difference(user_id, what, str(standing), f"{kept}, {state}"))
    earned = await books.list_earned(after_id, last_id)
    scores = await books.list_scores(after_id, last_id)
    return [*found, *_compare_scores(earned, scores)]


async def list_party_differences(uow: ReadUnitOfWork) -> Sequence[Difference]:
    """What is wrong with the battles of parties."""
    return [
        Difference(
            None,
            f"party_battle {number}",
            f"the {dealt} of its fighters or more, won at {hp}",
            f"{damage}, {'won' if won else 'running'}",
        )
        for number, hp, damage, dealt, won in await uow.game_verification.list_party_battles()
    ]


def _compare_scores(earned: Sequence[ScoreRow], scores: Sequence[ScoreRow]) -> Iterator[Difference]:
    expected = {(user_id, week_on): xp for user_id, week_on, xp in earned}
    kept = {(user_id, week_on): xp for user_id, week_on, xp in scores}
    for user_id, week_on in sorted(expected.keys() | kept.keys()):
        yield _compare_score(user_id, week_on, expected, kept)


def _compare_score(
    user_id: int,
    week_on: date,
    expected: dict[tuple[int, date], int],
    kept: dict[tuple[int, date], int],
) -> Difference:
    key = (user_id, week_on)
    what = f"score of the week of {week_on}"
    return Difference(user_id, what, str(expected.get(key, 0)), str(kept.get(key, 0)))
