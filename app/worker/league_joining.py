"""Giving places in leagues to those who wait for one, in the background of every process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from app.parts import Parts
from app.services.league_joining import LeagueJoining, list_waiting
from app.worker.beside import repeat, run_beside

PAUSE_SECONDS = 5.0
"""How long whoever does not look waits at most. Whoever looks at the league has a place at once."""


async def join_leagues(parts: Parts) -> None:
    """Give a place to everybody who waits, some in each transaction. Other processes may do so as well."""
    while True:
        async with parts.database.reading() as uow:
            waiting = await list_waiting(uow)
        if waiting is None:
            return
        async with parts.database.writing() as transaction:
            await LeagueJoining(transaction.uow).join(*waiting)
            await transaction.commit()


@asynccontextmanager
async def fill_leagues(parts: Parts) -> AsyncIterator[None]:
    """Look every few seconds, for as long as the service runs."""
    joining = repeat(partial(join_leagues, parts), PAUSE_SECONDS, "league_joining")
    async with run_beside(joining, "league_joining"):
        yield
