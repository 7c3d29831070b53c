"""Erasing what has stood in the audit log for long enough."""

from datetime import datetime, timedelta

import structlog

from app.parts import Parts

BATCH = 1000
"""Entries erased in one transaction: others wait for it no longer than for any."""

_log = structlog.get_logger(__name__)


async def clear_audit_log(parts: Parts) -> None:
    """Erase the entries that are older than the setting says, the oldest first."""
    before = parts.clock.now() - timedelta(days=parts.settings.audit_kept_days)
    erased = count = await _erase_some(parts, before)
    while count == BATCH:
        count = await _erase_some(parts, before)
        erased += count
    if erased:
        _log.debug("audit_log_cleared", entries=erased)


async def _erase_some(parts: Parts, before: datetime) -> int:
    async with parts.database.writing() as transaction:
        count = await transaction.uow.audit.purge(before, BATCH)
        await transaction.commit()
    return count
