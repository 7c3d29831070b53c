"""Learners with scores, as tests of tables and leagues need them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from app.core.roles import Role
from app.core.tables import Visibility
from app.db.models import LeagueGroup, LeagueMember, Player, User, WeeklyScore
from app.db.repositories.player_rows import PlayerRecord
from app.db.session import Database
from app.db.unit_of_work import UnitOfWork
from app.game.week import week_of
from app.services.league_joining import LeagueJoining, list_waiting
from app.services.player_mapping import new_player_row
from app.services.scoring import Scoring
from tests.support.clock import START


async def add_players(
    database: Database, count: int, prefix: str = "player", **fields: object
) -> list[int]:
    """So many accounts with their players, by few statements; ``fields`` are those of the player."""
    row = new_player_row(0)
    fresh = {
        column.key: getattr(row, column.key) for column in Player.__table__.columns
    }  # the columns of one row
    async with database.writing() as transaction:
        session = transaction.uow._session
        users = [
            {
                "email": f"{prefix}{number}@example.org",
                "hashed_password": "none",
                "is_active": True,
                "is_superuser": False,
                "is_verified": False,
                "role": Role.LEARNER,
                "display_name": f"{prefix} {number}",
                "timezone": "UTC",
                "day_starts_at": 0,
                "created_at": START,
                "updated_at": START,
            }
            for number in range(count)
        ]
        found = await session.execute(insert(User).values(users).returning(User.id))
        ids = sorted(found.scalars().all())
        players = [{**fresh, **fields, "user_id": user_id} for user_id in ids]
        await session.execute(insert(Player).values(players))
        await transaction.commit()
    return ids


async def record(database: Database, user_id: int, xp: int, now: datetime = START) -> None:
    """Record XP as an activity would, in a transaction of its own, and join the league as the job would."""
    async with database.writing() as transaction:
        player = await transaction.uow.players.lock(user_id)
        assert player is not None
        await _score(transaction.uow, [(player, xp)], now)
        player.xp = max(0, player.xp + xp)
        await transaction.uow.players.save(player)
        await transaction.commit()
    await join_leagues(database)


async def _score(
    uow: UnitOfWork, changes: Sequence[tuple[PlayerRecord, int]], now: datetime
) -> None:
    shown = {
        player.user_id: (xp, player.visibility != Visibility.HIDDEN)
        for player, xp in changes
        if xp > 0
    }
    await uow.scores.add(week_of(now), shown)
    for player, xp in changes:
        if xp < 0:
            await Scoring(uow).take_off(player.user_id, -xp, now)


async def join_leagues(database: Database) -> None:
    """Give places to all who wait, as ``app.worker.league_joining`` does."""
    while True:
        async with database.reading() as uow:
            waiting = await list_waiting(uow)
        if waiting is None:
            return
        async with database.writing() as transaction:
            await LeagueJoining(transaction.uow).join(*waiting)
            await transaction.commit()


async def record_all(database: Database, scores: Mapping[int, int], now: datetime = START) -> None:
    """Record XP for several players in one transaction, and join the league as the job would."""
    async with database.writing() as transaction:
        players = [await transaction.uow.players.lock(user_id) for user_id in sorted(scores)]
        gains = [(player, scores[player.user_id]) for player in players if player is not None]
        await _score(transaction.uow, gains, now)
        for player, xp in gains:
            player.xp += xp
            await transaction.uow.players.save(player)
        await transaction.commit()
    await join_leagues(database)


async def add_scored(
    database: Database, scores: Sequence[int], prefix: str = "player"
) -> list[int]:
    """As ``add_players``, with these scores of this week and of all time, but in no league."""
    players = await add_players(database, len(scores), prefix)
    rows = [
        {"user_id": user_id, "week_on": week_of(START), "xp": xp, "shown": True}
        for user_id, xp in zip(players, scores, strict=True)
    ]
    of_week = select(WeeklyScore.xp).where(WeeklyScore.user_id == Player.user_id).scalar_subquery()
    async with database.writing() as transaction:
        session = transaction.uow._session
        await session.execute(insert(WeeklyScore).values(rows))
        await session.execute(
            update(Player)
            .where(Player.user_id.in_(select(WeeklyScore.user_id)))
            .values(xp=of_week)
            .execution_options(synchronize_session=False)
        )
        await transaction.commit()
    return players


async def list_groups(database: Database) -> Sequence[tuple[int, int, int]]:
    """Tier, size, and how many members there really are, of all groups by id."""
    async with database.reading() as uow:
        groups = (
            await uow._session.execute(select(LeagueGroup).order_by(LeagueGroup.id))
        ).scalars()
        members = (await uow._session.execute(select(LeagueMember.group_id))).scalars().all()
    return [(group.tier, group.size, members.count(group.id)) for group in groups]


async def read_scores(database: Database) -> dict[tuple[int, str], tuple[int, bool]]:
    """XP and whether tables show it, by user and week."""
    async with database.reading() as uow:
        rows = (await uow._session.execute(select(WeeklyScore))).scalars().all()
    return {(row.user_id, row.week_on.isoformat()): (row.xp, row.shown) for row in rows}
