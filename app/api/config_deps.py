"""The annotated aliases of the settings that change without a restart, and of what clients may know."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import Depends

from app.api.deps import ClockDep, CurrentUser, PartsDep, ReadUowDep
from app.core.cache import RedisState
from app.core.errors import UnavailableError
from app.services.client_config import ConfigAnswer
from app.services.config_settings import ConfigSettings, ConfigSettingsReader


async def get_redis_state(parts: PartsDep) -> RedisState:
    """How the service stands with Redis."""
    return await parts.caches.probe_redis()


async def get_client_config(parts: PartsDep) -> ConfigAnswer:
    """What clients may know, as this process has it."""
    return parts.client_config.get(parts.live.settings, parts.limiter.rates)


async def get_config_reader(uow: ReadUowDep) -> ConfigSettingsReader:
    """Shows settings."""
    return ConfigSettingsReader(uow)


async def get_config_settings(
    parts: PartsDep, clock: ClockDep, _caller: CurrentUser
) -> AsyncIterator[ConfigSettings]:
    """Changes settings; once that is committed this process has them before the answer is sent."""
    async with parts.database.writing() as transaction:
        yield ConfigSettings(transaction.uow, clock)
        await transaction.commit()
    with suppress(UnavailableError):  # it is committed: who polls finds it
        await parts.live.refresh()


RedisStateDep = Annotated[RedisState, Depends(get_redis_state)]
ClientConfigDep = Annotated[ConfigAnswer, Depends(get_client_config)]
ConfigSettingsReaderDep = Annotated[ConfigSettingsReader, Depends(get_config_reader)]
ConfigSettingsDep = Annotated[ConfigSettings, Depends(get_config_settings, scope="function")]
