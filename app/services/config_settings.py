"""Settings as admins see and change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.audit import AuditEvent
from app.core.clock import Clock
from app.core.errors import ConflictError
from app.core.live_settings import (
    CONFIG_REVISION,
    DEFAULT_LIVE_SETTINGS,
    SETTING_NAMES,
    LiveSettings,
    combine_settings,
    list_settings,
)
from app.db.repositories.app_settings import SettingRow
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.services.audit import write_down
from app.services.principal import Principal

__all__ = [
    "ConfigSettings",
    "ConfigSettingsReader",
    "ConfigSettingsView",
    "SettingRow",
    "SettingsChangedError",
]


class SettingsChangedError(ConflictError):
    """The revision in force is not the one that the change was meant for."""

    code = "settings_changed"
    detail = "The settings were changed meanwhile: fetch them again."


@dataclass(frozen=True, slots=True)
class ConfigSettingsView:
    """All settings, and which of them have not their defaults."""

    revision: int
    settings: LiveSettings
    defaults: LiveSettings
    changed: Sequence[SettingRow]


class ConfigSettingsReader:
    """Shows settings."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def show(self) -> ConfigSettingsView:
        """The settings as the database has them."""
        # The revision first: with settings of a later one, a change that was meant for it is refused.
        revision = await self._uow.revisions.get(CONFIG_REVISION)
        return _show(revision or 0, await self._uow.app_settings.list_all())


class ConfigSettings:
    """Changes settings."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def update(
        self, principal: Principal, revision: int, given: Mapping[str, Any]
    ) -> ConfigSettingsView:
        """Set what is given; None is the default. Without a difference nothing happens.

        Raises:
            SettingsChangedError: another revision than the given one is in force.
        """
        if await self._uow.revisions.lock(CONFIG_REVISION) != revision:
            raise SettingsChangedError
        rows = await self._uow.app_settings.list_all()
        defaults = list_settings(DEFAULT_LIVE_SETTINGS)
        wanted = {name: defaults[name] if value is None else value for name, value in given.items()}
        before = list_settings(_combine(rows))
        changes = {name: value for name, value in wanted.items() if value != before[name]}
        if not changes:
            return _show(revision, rows)
        now = self._clock.now()
        kept = {name: value for name, value in changes.items() if value != defaults[name]}
        await self._uow.app_settings.reset(changes.keys() - kept.keys())
        await self._uow.app_settings.put(kept, now, principal.user_id)
        await self._uow.revisions.advance(CONFIG_REVISION)
        await write_down(
            self._uow,
            AuditEvent.CONFIG_CHANGED,
            now,
            actor_id=principal.user_id,
            details={name: [before[name], value] for name, value in changes.items()},
        )
        return _show(revision + 1, await self._uow.app_settings.list_all())


def _combine(rows: Sequence[SettingRow]) -> LiveSettings:
    return combine_settings({row.name: row.value for row in rows})


def _show(revision: int, rows: Sequence[SettingRow]) -> ConfigSettingsView:
    return ConfigSettingsView(
        revision=revision,
        settings=_combine(rows),
        defaults=DEFAULT_LIVE_SETTINGS,
        changed=[row for row in rows if row.name in SETTING_NAMES],
    )
