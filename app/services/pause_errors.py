"""The refusal of a pause, with its stable code."""

from types import MappingProxyType

from app.core.errors import ConflictError


class PauseUsedUpError(ConflictError):
    """The pause is longer than the days that are left; the member ``max_days`` says how many are."""

    code = "pause_used_up"
    detail = "You have fewer days left to pause: 30 in a calendar year."
    example_members = MappingProxyType({"max_days": 4})
