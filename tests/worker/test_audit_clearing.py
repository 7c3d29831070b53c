"""The audit log is kept for as long as the setting says, and erased in batches."""

from app.core.audit import AuditEvent
from app.services.audit import write_down
from app.worker import audit_clearing
from app.worker.housekeeping import clear_away
from tests.api.account_steps import count_rows
from tests.support.service import Service


async def write(service: Service, count: int) -> None:
    async with service.parts.database.writing() as transaction:
        for _ in range(count):
            await write_down(transaction.uow, AuditEvent.CONFIG_CHANGED, service.clock.now())
        await transaction.commit()


async def test_old_entries_are_erased_and_no_others(service: Service) -> None:
    await write(service, 3)
    service.clock.advance(days=service.parts.settings.audit_kept_days)
    await write(service, 2)

    await clear_away(service.parts)
    assert await count_rows(service, "audit_log") == 5

    service.clock.advance(seconds=1)
    await clear_away(service.parts)
    assert await count_rows(service, "audit_log") == 2


async def test_many_are_erased_in_batches(service: Service) -> None:
    await write(service, 2 * audit_clearing.BATCH + 1)
    service.clock.advance(days=500)
    with service.statements.count() as statements:
        await audit_clearing.clear_audit_log(service.parts)

    assert await count_rows(service, "audit_log") == 0
    assert len([text for text in statements if text.startswith("DELETE FROM audit_log")]) == 3
