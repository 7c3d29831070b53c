"""Closing challenges: once each, at the end, and telling their members how they ended.

Closing is one short transaction that locks no player, so that nobody's completion waits for it. Telling
takes a transaction for each batch of members, and goes on where an earlier one ended.
"""

from collections.abc import Sequence

from app.core.clock import Clock
from app.core.notices import Notice, NoticeKind
from app.db.repositories.challenge_rows import RankedMember, UntoldChallenge
from app.db.unit_of_work import ReadUnitOfWork, UnitOfWork

BATCH = 20
"""How many challenges are looked for at a time."""

MEMBERS_AT_A_TIME = 100
"""How many members are locked, and told, in one transaction."""


class ChallengeClosingReader:
    """Finds challenges that are to be closed (``ix_challenges_closing`` serves this), and those whose
    members are to be told (``ix_challenges_telling``).
    """

    def __init__(self, uow: ReadUnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def list_due(self) -> Sequence[int]:
        """Some that are to be closed, those first that ended long ago."""
        return await self._uow.challenges.list_unclosed(self._clock.now(), BATCH)

    async def list_untold(self) -> Sequence[int]:
        """Some that are closed, but not all members were told."""
        return await self._uow.challenges.list_untold(BATCH)

    async def is_due(self, challenge_id: int) -> bool:
        """Whether this one is to be closed."""
        return await self._uow.challenges.is_unclosed(challenge_id, self._clock.now())


class ChallengeClosing:
    """Closes a challenge, or tells some of its members; each call has a transaction of its own.

    Where another transaction is at the same challenge nothing is done: nobody waits for a turn.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def close(self, challenge_id: int) -> bool:
        """Give all who are in the challenge their final ranks.

        False if it has not ended, was closed already, or another is at it: of any number of calls one
        closes it.
        """
        if not await self._uow.challenges.try_turn_at_closing(challenge_id):
            return False
        return await self._uow.challenges.close(challenge_id, self._clock.now())

    async def tell_some(self, challenge_id: int) -> bool:
        """Tell the next members of a closed challenge how it ended for them.

        False if all were told, or another is at it. Nobody is told twice: how far it went is committed
        together with the notifications.
        """
        if not await self._uow.challenges.try_turn_at_closing(challenge_id):
            return False
        challenge = await self._uow.challenges.get_untold(challenge_id)
        if challenge is None:
            return False
        members = await self._uow.challenges.list_untold_members(
            challenge_id, challenge.told_up_to, MEMBERS_AT_A_TIME
        )
        await self._tell(challenge_id, challenge, members)
        last_id = members[-1].user_id if members else None
        await self._uow.challenges.set_told(challenge_id, last_id)
        return True

    async def _tell(
        self, challenge_id: int, challenge: UntoldChallenge, members: Sequence[RankedMember]
    ) -> None:
        """Lock the players by user id, and tell them; whoever is gone by now is left out."""
        notices = {member.user_id: [_write(challenge_id, challenge, member)] for member in members}
        players = await self._uow.players.lock_players(notices.keys())
        told = [(player, notices[player.user_id]) for player in players]
        await self._uow.notifications.add_all(told, self._clock.now())
        await self._uow.players.save_all(players)


def _write(challenge_id: int, challenge: UntoldChallenge, member: RankedMember) -> Notice:
    data = {
        "challenge_id": challenge_id,
        "title": challenge.title,
        "rank": member.final_rank,
        "progress": member.progress,
        "target": challenge.target,
    }
    return Notice(NoticeKind.CHALLENGE_CLOSED, data)
