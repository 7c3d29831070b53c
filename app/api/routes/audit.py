"""The audit log, for admins."""

from typing import Annotated

from fastapi import Depends, Query, status

from app.api.audit_deps import AuditReadServiceDep
from app.api.definition_deps import get_admin
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.core.listing import Page
from app.schemas.audit import AuditEntryRead, AuditQuery
from app.schemas.common import PageRead
from app.services.audit import AuditFilter, AuditView
from app.services.definition_errors import AdminRequiredError
from app.services.errors import BadCursorError

router = ResourceRouter(
    tag="system", dependencies=[Depends(get_admin)], responses=problems(AdminRequiredError)
)


@router.get(
    "/audit",
    summary="Read the audit log",
    status_code=status.HTTP_200_OK,
    response_model=PageRead[AuditEntryRead],
    responses=problems(BadCursorError),
)
async def list_audit_entries(
    query: Annotated[AuditQuery, Query()], audit: AuditReadServiceDep
) -> Page[AuditView]:
    """What matters for security, newest first: logins, refusals, replays, changes of rights and more.

    Entries are erased after a time (400 days, unless the operator sets another). Of an erased account they
    keep the number only. Many failed logins of one kind are one entry: it tells how many there were so far.
    """
    wanted = AuditFilter(query.event, query.actor_id, query.subject_id, query.since, query.until)
    return await audit.list_page(wanted, query.limit, query.cursor)
