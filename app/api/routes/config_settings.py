"""Settings that admins change without a restart."""

from fastapi import Depends, status

from app.api.config_deps import ConfigSettingsDep, ConfigSettingsReaderDep
from app.api.definition_deps import get_admin
from app.api.deps import CurrentUser
from app.api.docs import problems
from app.api.resource import ResourceRouter
from app.schemas.system import ConfigSettingsRead, ConfigSettingsUpdate
from app.services.config_settings import ConfigSettingsView, SettingsChangedError
from app.services.definition_errors import AdminRequiredError

router = ResourceRouter(
    "/config",
    tag="system",
    dependencies=[Depends(get_admin)],
    responses=problems(AdminRequiredError),
)


@router.get(
    "/settings",
    summary="Show the settings",
    status_code=status.HTTP_200_OK,
    response_model=ConfigSettingsRead,
)
async def get_config_settings(settings: ConfigSettingsReaderDep) -> ConfigSettingsView:
    """The features and limits that change without a restart, their defaults, and who changed them."""
    return await settings.show()


@router.patch(
    "/settings",
    summary="Change settings",
    status_code=status.HTTP_200_OK,
    response_model=ConfigSettingsRead,
    responses=problems(SettingsChangedError),
)
async def update_config_settings(
    given: ConfigSettingsUpdate, caller: CurrentUser, settings: ConfigSettingsDep
) -> ConfigSettingsView:
    """Change what is sent; null goes back to the default. It holds at once in the process that answers, and
    in all others within two seconds. Without a difference nothing happens. The audit log keeps it.
    """
    return await settings.update(caller, given.revision, given.to_changes())
