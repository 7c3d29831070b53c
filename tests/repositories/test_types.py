"""Column types and functions that mean the same on both databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import literal, select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from app.db.functions import JsonArrayHas
from app.db.types import DifficultyRank, Instant, Json, OpenEndedDate
from app.game.rules import Difficulty

INSTANT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


async def send(connection: AsyncConnection, value: Any, kind: TypeEngine[Any]) -> Any:
    """The value, sent to the database and back."""
    return (await connection.execute(select(literal(value, kind)))).scalar_one()


@pytest.mark.parametrize("hours", [0, 5.5, -12, 14])
async def test_an_instant_comes_back_in_utc(connection: AsyncConnection, hours: float) -> None:
    given = INSTANT.astimezone(timezone(timedelta(hours=hours)))

    back = await send(connection, given, Instant())

    assert (back, back.tzinfo) == (INSTANT, UTC)


@pytest.mark.parametrize("year", [1, 9999])
async def test_an_instant_may_lie_at_the_ends_of_the_calendar(
    connection: AsyncConnection, year: int
) -> None:
    given = datetime(year, 6, 1, tzinfo=UTC)

    assert await send(connection, given, Instant()) == given


async def test_instants_sort_by_time(connection: AsyncConnection) -> None:
    earlier, later = INSTANT.replace(microsecond=0), INSTANT
    is_earlier = literal(earlier, Instant()) < literal(later, Instant())

    assert (await connection.execute(select(is_earlier))).scalar_one()


async def test_a_naive_instant_is_refused(connection: AsyncConnection) -> None:
    with pytest.raises(StatementError, match="must be aware"):
        await send(connection, INSTANT.replace(tzinfo=None), Instant())


@pytest.mark.parametrize("value", [None, date(1970, 1, 1), date(2028, 2, 29), date(9000, 12, 31)])
async def test_an_open_ended_date_comes_back(
    connection: AsyncConnection, value: date | None
) -> None:
    assert await send(connection, value, OpenEndedDate()) == value


async def test_some_day_comes_after_every_date(connection: AsyncConnection) -> None:
    comes_after = literal(None, OpenEndedDate()) > literal(date(9000, 12, 31), OpenEndedDate())

    assert (await connection.execute(select(comes_after))).scalar_one()


@pytest.mark.parametrize("difficulty", Difficulty)
async def test_a_difficulty_comes_back(connection: AsyncConnection, difficulty: Difficulty) -> None:
    assert await send(connection, difficulty, DifficultyRank()) == difficulty


async def test_no_instant_and_no_difficulty_stay_none(connection: AsyncConnection) -> None:
    assert await send(connection, None, Instant()) is None
    assert await send(connection, None, DifficultyRank()) is None


async def test_difficulties_sort_from_trivial_to_hard(connection: AsyncConnection) -> None:
    ranks = [literal(each, DifficultyRank()) for each in Difficulty]
    for less, more in pairwise(ranks):
        assert (await connection.execute(select(less < more))).scalar_one()


TEXTS = ["home", 'a"b', "a\\b", "it's", "grün", "🌱", "%", "", "null", "1", "[]", "\u2028"]


@pytest.mark.parametrize("text", TEXTS)
async def test_an_array_has_just_the_texts_that_are_in_it(
    connection: AsyncConnection, text: str
) -> None:
    others = [other for other in TEXTS if other != text]
    for array, expected in ((TEXTS, True), ([text], True), (others, False), ([], False)):
        has = JsonArrayHas(literal(array, Json), text)
        assert bool((await connection.execute(select(has))).scalar_one()) is expected
