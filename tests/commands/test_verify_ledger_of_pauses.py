"""The verification of pauses: what a player keeps is compared with what the history gives."""

from datetime import timedelta

import pytest

from app.db.session import Database
from tests.commands.ledger_checks import ACTIVITY, PLAYER, find_differences, spoil
from tests.services.game_table import Table, sit_down
from tests.support.clock import START, FakeClock


@pytest.fixture
async def ada(database: Database, clock: FakeClock) -> int:
    """See ``play`` for the numbers of her activities. There is another learner beside."""
    tables = [await sit_down(database, clock, f"{name}@example.org") for name in ("ada", "bob")]
    for day in range(6):
        clock.set(START + timedelta(days=day))
        for table in tables:
            await play(table, day)
    return tables[0].caller.user_id


async def play(table: Table, day: int) -> None:
    """From 2 March on: 1 a task, 2 a pause of 3 days, 3 its end a day later, 4 a pause of 2 days, 5 a
    task at its end, 6 a pause of a day.
    """
    match day:
        case 0 | 4:
            await table.complete_new()
        case 1:
            await table.pause(3)
        case 2:
            await table.resume()
            await table.pause(2)
        case 5:
            await table.pause(1)


KEPT = [["2026-03-03", "2026-03-05"], ["2026-03-07", "2026-03-07"]]


async def test_a_sound_game_is_clean(database: Database, ada: int) -> None:
    async with database.reading() as uow:
        (player,) = await uow.players.list_page(ada - 1, 1)
    assert (player.streak, player.pauses) == (2, KEPT)
    assert await find_differences(database) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (PLAYER.format("pauses = NULL"), {"pauses": (str(KEPT), "None")}),
        (
            PLAYER.format("""pauses = '[["2026-03-07", "2026-03-08"]]'"""),
            {"pauses": (str(KEPT), "[['2026-03-07', '2026-03-08']]")},
        ),
        (
            ACTIVITY.format("""facts = '{"pause_until": "2026-03-08"}'""", 6),
            {"pauses": (str([KEPT[0], ["2026-03-07", "2026-03-08"]]), str(KEPT))},
        ),
        (ACTIVITY.format("facts = '{}'", 6), {"pauses": (str(KEPT[:1]), str(KEPT))}),
        # the first pause ended on the day of its beginning
        (
            ACTIVITY.format("local_on = '2026-03-03'", 3),
            {"pauses": (str([["2026-03-04", "2026-03-05"], KEPT[1]]), str(KEPT)),
             "streak": ("1", "2"), "longest streak": ("1", "2")},
        ),
        # a pause that was over before it was set
        (ACTIVITY.format("local_on = '2026-03-09'", 6),
         {"pauses": (str(KEPT[:1]), str(KEPT))}),
    ],
)  # fmt: skip
async def test_pauses_are_those_of_the_history(
    database: Database, ada: int, statement: str, expected: dict[str, tuple[str, str]]
) -> None:
    await spoil(database, statement, ada)
    found = {what: (right, kept) for _, what, right, kept in await find_differences(database)}
    assert found == expected
