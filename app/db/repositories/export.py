"""All that is kept of one user, part by part; and what of it is not given out, with the reason."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row

from app.db.repositories.base import Repository
from app.db.repositories.export_account import ACCOUNT, ACCOUNT_TABLES
from app.db.repositories.export_game import GAME_TABLES
from app.db.repositories.export_learning import LEARNING_TABLES
from app.db.repositories.export_tables import ExportTable

__all__ = [
    "ACCOUNT",
    "BATCH_ROWS",
    "EXPORT_TABLES",
    "LEFT_OUT_COLUMNS",
    "LEFT_OUT_TABLES",
    "ExportReader",
    "ExportTable",
]

EXPORT_TABLES: Final[Sequence[ExportTable]] = (*ACCOUNT_TABLES, *GAME_TABLES, *LEARNING_TABLES)
"""In the order in which they stand in the export."""

BATCH_ROWS: Final = 100
"""Rows that are in memory at a time. An attempt with its answers may have some 50 KB."""

_OPENS_DOORS = "opens the account, or proves who may"
_WORKERS_OWN = "how workers share the work; it says nothing about the user"

LEFT_OUT_TABLES: Final[Mapping[str, str]] = {
    "idempotency_keys": "copies of answers, kept for a day; some hold secrets, as tokens of invitations",
    "app_settings": "settings of the service; that somebody changed one, the audit log tells",
}
LEFT_OUT_COLUMNS: Final[Mapping[str, str]] = {
    "users.hashed_password": _OPENS_DOORS,
    "user_sessions.family_hash": _OPENS_DOORS,
    "user_sessions.token_hash": _OPENS_DOORS,
    "user_sessions.parent_hash": _OPENS_DOORS,
    "party_invitations.token_hash": "opens the party",
    "background_tasks.data": "what workers need; it may hold an address that was given up",
    "background_tasks.lease": _WORKERS_OWN,
    "background_tasks.slot": _WORKERS_OWN,
    "background_tasks.error": "what failed, in words for operators",
    "audit_log.request_id": "where operators find it in the log",
    "tasks.search_text": "title and description once more, folded for searching",
    "players.last_notification": "the greatest id in notifications",
    "challenges.told_up_to": "how far the job got that tells all members; an id of another user",
}


class ExportReader(Repository):
    """Reads what is kept of a user."""

    async def read(self, table: ExportTable, user_id: int) -> AsyncGenerator[Sequence[Row[Any]]]:
        """All rows of a part, some at a time, by one statement."""
        result = await self._session.stream(
            table.statement, {"of_user": user_id}, execution_options={"yield_per": BATCH_ROWS}
        )
        try:
            async for rows in result.partitions(BATCH_ROWS):
                yield rows
        finally:
            await result.close()
