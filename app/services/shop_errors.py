"""The refusals of the shop; each code is that of its ``Hindrance``."""

from app.core.errors import ConflictError


class NotEnoughGoldError(ConflictError):
    """The item costs more gold than there is."""

    code = "not_enough_gold"
    detail = "You don't have enough gold for this."


class HeartsFullError(ConflictError):
    """No heart is missing."""

    code = "hearts_full"
    detail = "You have all your hearts."


class FreezesFullError(ConflictError):
    """No more streak freezes can be held."""

    code = "freezes_full"
    detail = "You hold as many streak freezes as you can."
