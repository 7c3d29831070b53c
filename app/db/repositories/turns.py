"""Taking turns at something that has no row to lock yet."""

from enum import IntEnum

from sqlalchemy import ColumnElement, Integer, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = select(
    func.pg_advisory_xact_lock(
        bindparam("thing", type_=Integer), bindparam("number", type_=Integer)
    )
)

_TRY_LOCK = select(
    func.pg_try_advisory_xact_lock(
        bindparam("thing", type_=Integer), bindparam("number", type_=Integer)
    )
)


class Thing(IntEnum):
    """What is done by one transaction at a time."""

    LEAGUE_TIER = 1
    HISTOGRAM = 2
    CHALLENGE_CLOSING = 3
    PARTY_BATTLE = 4


MAX_NUMBER = 2**31 - 1
"""Things are numbered up to this. Where ids are cut to it, two things may share their turns."""


def wait_for_turn(thing: Thing, number: ColumnElement[int]) -> ColumnElement[None]:
    """The same as a part of a statement, for each of its rows; on PostgreSQL alone."""
    return func.pg_advisory_xact_lock(literal(int(thing), Integer), number)


async def take_turn(session: AsyncSession, thing: Thing, number: int = 0) -> None:
    """Wait for others that are at the same thing, and keep further ones waiting until the end of the
    transaction. On SQLite there is one writer at a time anyhow.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_LOCK, {"thing": int(thing), "number": number})


async def try_turn(session: AsyncSession, thing: Thing, number: int = 0) -> bool:
    """The same without waiting: False if another transaction is at it."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    parameters = {"thing": int(thing), "number": number}
    return (await session.execute(_TRY_LOCK, parameters)).scalar_one() is True
