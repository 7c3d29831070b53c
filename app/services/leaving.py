"""What others keep when an account goes: parties go on, and a place in a league is free again."""

from datetime import datetime

from app.db.unit_of_work import UnitOfWork
from app.game.week import week_of
from app.services.party_membership import leave_all_parties


async def leave_everything(uow: UnitOfWork, user_id: int, now: datetime) -> None:
    """Take the user out of parties and out of this week's league, before the account is erased.

    The caller holds the locks of the running battles and of the player.
    """
    await leave_all_parties(uow, user_id)
    await uow.leagues.leave(user_id, week_of(now))
