"""One question for all tables, and what it may ask for."""

from dataclasses import dataclass

from app.core.listing import Page
from app.core.tables import TablePeriod, TableScope
from app.services.principal import Principal
from app.services.table_errors import BadTableError
from app.services.table_windows import Part
from app.services.tables import TableRowView, TableService


@dataclass(frozen=True, slots=True)
class TableChoice:
    """Which table is wanted. The period is the week unless it is said."""

    scope: TableScope
    period: TablePeriod | None = None
    party_id: int | None = None
    challenge_id: int | None = None


async def show_table(
    tables: TableService, principal: Principal, choice: TableChoice, part: Part
) -> Page[TableRowView]:
    """A part of the chosen table.

    Raises:
        BadTableError: the choice does not name one table.
        PartyNotFoundError: the caller is in no such party.
        ChallengeNotFoundError: there is no such challenge for the caller.
        BadCursorError: the cursor is not one of this list.
    """
    _refuse_strangers(choice)
    period = choice.period or TablePeriod.WEEK
    if choice.party_id is not None:
        return await tables.party(principal, choice.party_id, period, part)
    if choice.challenge_id is not None:
        return await tables.challenge(principal, choice.challenge_id, part)
    return await tables.everybody(principal, period, part)


def _refuse_strangers(choice: TableChoice) -> None:
    """Hold the other parameters to the scope."""
    if (choice.party_id is not None) != (choice.scope is TableScope.PARTY):
        raise BadTableError("party_id belongs to scope=party, which needs it.")
    if (choice.challenge_id is not None) != (choice.scope is TableScope.CHALLENGE):
        raise BadTableError("challenge_id belongs to scope=challenge, which needs it.")
    if choice.scope is TableScope.CHALLENGE and choice.period is not None:
        raise BadTableError("A challenge has no period: leave it out.")
