"""The annotated aliases of the audit log, and of who is refused at the doors of admins."""

from typing import Annotated

from fastapi import Depends

from app.api.deps import ReadUowDep
from app.services.audit import AuditReadService


async def get_audit(uow: ReadUowDep) -> AuditReadService:
    """Shows the audit log."""
    return AuditReadService(uow)


AuditReadServiceDep = Annotated[AuditReadService, Depends(get_audit)]
