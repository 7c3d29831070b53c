"""How learners appear in tables."""

from dataclasses import dataclass

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.core.tables import Visibility
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork
from app.game.week import week_of
from app.services.principal import Principal


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """See ``app.schemas.tables.PrivacyRead`` for what the fields mean to clients."""

    visibility: Visibility


class PrivacyReadService:
    """Shows the learner's wish."""

    def __init__(self, uow: ReadUnitOfWork) -> None:
        self._uow = uow

    async def get(self, principal: Principal) -> PrivacyView:
        """How the caller appears.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        visibility = await self._uow.tables.get_visibility(principal.user_id)
        if visibility is None:
            raise UnauthenticatedError
        return PrivacyView(visibility)


class PrivacyService:
    """Changes it."""

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def update(self, principal: Principal, visibility: Visibility) -> PrivacyView:
        """Appear in this way from now on, in the table of the present week as well.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
        """
        player = await self._uow.players.lock(principal.user_id)
        if player is None:
            raise UnauthenticatedError
        player.visibility = visibility
        await self._uow.players.save(player)
        await self._uow.scores.show(
            principal.user_id,
            week_of(self._clock.now()),
            shown=visibility is not Visibility.HIDDEN,
        )
        return PrivacyView(visibility)
