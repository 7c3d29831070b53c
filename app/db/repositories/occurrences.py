"""Completed occurrences of recurring tasks."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select

from app.db.models import TaskOccurrence
from app.db.repositories.base import Repository

_OF_TASK = select(TaskOccurrence).where(
    TaskOccurrence.user_id == bindparam("owner"), TaskOccurrence.task_id == bindparam("task_id")
)
_ONE = _OF_TASK.where(TaskOccurrence.occurrence_on == bindparam("occurrence_on"))
_PAGE = (
    _OF_TASK.where(TaskOccurrence.occurrence_on < bindparam("before"))
    .order_by(TaskOccurrence.occurrence_on.desc())
    .limit(bindparam("count"))
)
_LATEST = select(func.max(TaskOccurrence.occurrence_on)).where(
    TaskOccurrence.user_id == bindparam("owner"), TaskOccurrence.task_id == bindparam("task_id")
)


class OccurrenceReader(Repository):
    """Looks completed occurrences up; always of one user's task."""

    async def get(self, user_id: int, task_id: int, occurrence_on: date) -> TaskOccurrence | None:
        """The occurrence, if it is completed."""
        parameters = {"owner": user_id, "task_id": task_id, "occurrence_on": occurrence_on}
        return (await self._session.execute(_ONE, parameters)).scalar_one_or_none()

    async def list_page(
        self, user_id: int, task_id: int, before: date, count: int
    ) -> Sequence[TaskOccurrence]:
        """At most ``count`` completed occurrences before ``before``, newest first."""
        parameters = {"owner": user_id, "task_id": task_id, "before": before, "count": count}
        return (await self._session.execute(_PAGE, parameters)).scalars().all()

    async def latest_done_on(self, user_id: int, task_id: int) -> date | None:
        """The date of the latest completed occurrence."""
        parameters = {"owner": user_id, "task_id": task_id}
        return (await self._session.execute(_LATEST, parameters)).scalar_one()


class OccurrenceRepository(OccurrenceReader):
    """Keeps and takes back completed occurrences."""

    async def add(self, occurrence: TaskOccurrence) -> None:
        """Keep that an occurrence is completed."""
        self._session.add(occurrence)
        await self._session.flush()

    async def delete(self, occurrence: TaskOccurrence) -> None:
        """Take back that an occurrence is completed."""
        await self._session.delete(occurrence)
        await self._session.flush()
