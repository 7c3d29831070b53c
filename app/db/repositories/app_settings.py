"""The settings that admins changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.db.models import AppSetting
from app.db.repositories.base import Repository

_ALL = select(
    AppSetting.name, AppSetting.value, AppSetting.updated_at, AppSetting.updated_by
).order_by(AppSetting.name)
_RESET = (
    delete(AppSetting)
    .where(AppSetting.name.in_(bindparam("names", expanding=True)))
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting that has not its default, and who set it, by a number that outlives the account."""

    name: str
    value: Any
    updated_at: datetime
    updated_by: int | None


class AppSettingReader(Repository):
    """Reads them."""

    async def list_all(self) -> Sequence[SettingRow]:
        """All that were changed, by name: a handful."""
        return [SettingRow(*row) for row in await self._session.execute(_ALL)]


class AppSettingRepository(AppSettingReader):
    """Changes them. The caller holds the lock of their revision."""

    async def put(self, values: Mapping[str, Any], now: datetime, user_id: int) -> None:
        """Set values by name, whatever was there."""
        if not values:
            return
        rows = [
            {"name": name, "value": value, "updated_at": now, "updated_by": user_id}
            for name, value in values.items()
        ]
        insert = self._insert_into(AppSetting).values(rows)
        new = insert.excluded
        await self._session.execute(
            insert.on_conflict_do_update(
                index_elements=[AppSetting.name],
                set_={
                    "value": new.value,
                    "updated_at": new.updated_at,
                    "updated_by": new.updated_by,
                },
            )
        )

    async def reset(self, names: Collection[str]) -> None:
        """Go back to the defaults of these."""
        if names:
            await self._session.execute(_RESET, {"names": sorted(names)})
