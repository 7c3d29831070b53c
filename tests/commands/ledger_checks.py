"""Putting the books out of order behind the service's back, and what the verification says to it."""

from collections.abc import Mapping

from sqlalchemy import text

from app.db.repositories.base import rows_affected
from app.db.session import Database
from app.services.verification import VerificationService

PLAYER = "UPDATE players SET {} WHERE user_id = :me"
COUNTER = "UPDATE player_counters SET {} WHERE user_id = :me AND metric = '{}'"
ACTIVITY = "UPDATE activities SET {} WHERE user_id = :me AND sequence = {}"
ENTRY = "UPDATE reward_entries SET {} WHERE user_id = :me AND activity_sequence = {}"
OF_TYPE = " AND source_type = '{}'"
WITHOUT = "DELETE FROM reward_entries WHERE user_id = :me AND activity_sequence = {}"
TWICE = "standing payments of task [{}] for task_completed"


async def spoil(database: Database, statement: str, user_id: int) -> None:
    """Change rows of the user ``:me``; at least one."""
    async with database.writing() as transaction:
        done = await transaction.uow._session.execute(text(statement), {"me": user_id})
        assert rows_affected(done) > 0
        await transaction.commit()


async def find_differences(database: Database) -> list[tuple[int | None, str, str, str]]:
    return [
        (found.user_id, found.what, found.expected, found.found)
        async for part in VerificationService(database).check()
        for found in part.differences
    ]


async def check_spoilt(
    database: Database, user_id: int, statement: str, expected: set[str]
) -> None:
    """Run the statement: then this is wrong with the user, and nothing else with anybody.

    ``expected`` names rows by activities: entries as ``{1}``, those for a week or a course as
    ``{1 week}`` and ``{1 course}``, the ids of sources as ``[1]``.
    """
    names = await _name_rows(database, user_id)
    await spoil(database, statement, user_id)
    found = await find_differences(database)
    assert {found_id for found_id, *_ in found} <= {user_id}
    assert {what for _, what, *_ in found} == {_fill_in(what, names) for what in expected}


async def _name_rows(database: Database, user_id: int) -> dict[str, str]:
    async with database.reading() as uow:
        entries = await uow.ledger.list_page(user_id, 2**63 - 1, 100)
    names = {"{me}": str(user_id)}
    for entry in entries:
        stage = f" {entry.source_type}" if entry.source_type in {"week", "course"} else ""
        names[f"{{{entry.activity_sequence}{stage}}}"] = str(entry.id)
        names[f"[{entry.activity_sequence}{stage}]"] = entry.source_id
    return names


def _fill_in(what: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        what = what.replace(name, value)
    return what
