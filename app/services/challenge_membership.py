"""Joining challenges, and leaving them."""

from app.core.clock import Clock
from app.db.models import Challenge
from app.db.repositories.challenge_rows import ChallengeRow
from app.db.unit_of_work import UnitOfWork
from app.game.activity import ActivityKind, Source, SourceType
from app.services.challenge_errors import ChallengeNotFoundError, ChallengeOverError
from app.services.challenge_view import ChallengeView, show_challenge
from app.services.challenges import load_challenge
from app.services.party_errors import PartyNotFoundError
from app.services.party_membership import lock_party
from app.services.play import PlayService
from app.services.principal import Principal
from app.services.turn import Turn


class ChallengeMembershipService:
    """Joins and leaves challenges. Under the player's lock: a membership is changed by its owner.

    Only who leaves a party, or is removed from it, leaves its challenges in another way.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._play = PlayService(uow, clock)

    async def join(self, principal: Principal, challenge_id: int) -> ChallengeView:
        """Join a challenge: what is done from now on, and from its start on, counts.

        For whoever is in it already nothing changes. Who finished it and left has it back finished.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            ChallengeNotFoundError: no such challenge, or one of a party that the caller is not in.
            ChallengeOverError: it has ended.
        """
        turn = await self._play.begin(principal)
        row = await self._look_up(principal, challenge_id)
        if row.is_joined:
            return await show_challenge(self._uow, principal, row, turn.now)
        challenge = await self._hold(turn, row)
        kind = ActivityKind.CHALLENGE_JOINED
        sequence = await self._play.choose(turn, kind, _source(row.id), challenge.revision)
        if row.finished_at is None:
            await self._uow.challenges.join(turn.user_id, row.id, turn.now, sequence)
        else:
            await self._uow.challenges.set_left(turn.user_id, row.id, None)
        return await load_challenge(self._uow, principal, challenge_id, turn.now)

    async def leave(self, principal: Principal, challenge_id: int) -> None:
        """Leave a challenge. Who finished it keeps the reward; anybody else's progress is lost.

        For whoever is not in it nothing changes.

        Raises:
            UnauthenticatedError: the account was deleted meanwhile.
            ChallengeNotFoundError: no such challenge, or one of a party that the caller is not in.
            ChallengeOverError: it has ended.
        """
        turn = await self._play.begin(principal)
        row = await self._look_up(principal, challenge_id)
        if not row.is_joined:
            return
        challenge = await self._hold(turn, row)
        kind = ActivityKind.CHALLENGE_LEFT
        await self._play.choose(turn, kind, _source(row.id), challenge.revision)
        if row.finished_at is None:
            await self._uow.challenges.remove(turn.user_id, row.id)
        else:
            await self._uow.challenges.set_left(turn.user_id, row.id, turn.now)

    async def _look_up(self, principal: Principal, challenge_id: int) -> ChallengeRow:
        row = await self._uow.challenges.get(principal.user_id, challenge_id)
        if row is None or not row.is_visible:
            raise ChallengeNotFoundError
        return row

    async def _hold(self, turn: Turn, row: ChallengeRow) -> Challenge:
        """The challenge, and the caller's place in its party, as they stay until the end.

        That it is over is seen without its lock as well: who closes it may wait for this player.
        """
        if row.ends_at <= turn.now:
            raise ChallengeOverError
        if row.party_id is not None:
            try:
                await lock_party(self._uow, turn.user_id, row.party_id)
            except PartyNotFoundError:
                raise ChallengeNotFoundError from None
        challenge = await self._uow.challenges.hold(row.id)
        if challenge is None:
            raise ChallengeNotFoundError
        if challenge.ends_at <= turn.now or challenge.closed_at is not None:
            raise ChallengeOverError
        return challenge


def _source(challenge_id: int) -> Source:
    return Source(SourceType.CHALLENGE, str(challenge_id))
