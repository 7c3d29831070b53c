"""Challenges and who is in them.

Order of locks: players, then the party's row, then the challenge's row. Who joins or leaves holds the
row shared; who changes, erases or closes the challenge holds it alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.challenges import ChallengeState
from app.db.models import Challenge, ChallengeMember
from app.db.repositories import challenge_queries as queries
from app.db.repositories.base import Repository
from app.db.repositories.challenge_rows import ChallengeRow, RankedMember, UntoldChallenge
from app.db.repositories.turns import Thing, try_turn


@dataclass(frozen=True, slots=True)
class ChallengeFilter:
    """Which challenges to list: None means any state, ``mine`` those that the learner is in."""

    state: ChallengeState | None = None
    mine: bool = False


class ChallengeReader(Repository):
    """Looks challenges up, as one learner sees them."""

    async def get(self, user_id: int, challenge_id: int) -> ChallengeRow | None:
        """The challenge, visible to the learner or not."""
        parameters = {"of_user": user_id, "of_challenge": challenge_id}
        row = (await self._session.execute(queries.ONE, parameters)).one_or_none()
        return None if row is None else ChallengeRow(*row)

    async def list_page(
        self,
        user_id: int,
        wanted: ChallengeFilter,
        now: datetime,
        before: tuple[datetime, int],
        count: int,
    ) -> Sequence[ChallengeRow]:
        """At most ``count`` challenges that the learner sees, the latest end first, beyond ``before``
        (an end and an id).
        """
        before_end, before_id = before
        parameters = {
            "of_user": user_id, "now": now, "count": count,
            "before_end": before_end, "before_id": before_id,
        }  # fmt: skip
        statement = queries.PAGES[wanted.state, wanted.mine]
        return [ChallengeRow(*row) for row in await self._session.execute(statement, parameters)]

    async def list_unclosed(self, now: datetime, count: int) -> Sequence[int]:
        """At most ``count`` challenges that have ended and are not closed, those first that did long ago."""
        return (await self._session.scalars(queries.UNCLOSED, {"now": now, "count": count})).all()

    async def is_unclosed(self, challenge_id: int, now: datetime) -> bool:
        """Whether the challenge has ended and is not closed."""
        parameters = {"of_challenge": challenge_id, "now": now}
        return (await self._session.scalar(queries.UNCLOSED_ONE, parameters)) is not None

    async def list_untold(self, count: int) -> Sequence[int]:
        """At most ``count`` closed challenges of which somebody is still to be told."""
        return (await self._session.scalars(queries.UNTOLD, {"count": count})).all()


class ChallengeRepository(ChallengeReader):
    """Changes challenges and memberships; the caller holds the locks that each needs."""

    async def lock(self, challenge_id: int) -> Challenge | None:
        """The challenge, for this transaction alone."""
        found = await self._session.execute(queries.LOCKED, {"of_challenge": challenge_id})
        return found.scalar_one_or_none()

    async def hold(self, challenge_id: int) -> Challenge | None:
        """The challenge, as it stays until the transaction ends; others may hold it, too."""
        found = await self._session.execute(queries.HELD, {"of_challenge": challenge_id})
        return found.scalar_one_or_none()

    async def save(self, challenge: Challenge) -> None:
        """Write a new or changed challenge."""
        self._session.add(challenge)
        await self._session.flush()

    async def delete(self, challenge: Challenge) -> None:
        """Erase a challenge with its members."""
        await self._session.delete(challenge)
        await self._session.flush()

    async def count_open_in_party(self, party_id: int, now: datetime) -> int:
        """How many challenges of the party are not over; exact under the party's lock."""
        parameters = {"of_party": party_id, "now": now}
        return (await self._session.execute(queries.OPEN_IN_PARTY, parameters)).scalar_one()

    async def join(self, user_id: int, challenge_id: int, now: datetime, sequence: int) -> None:
        """Put a learner in, from the start; whatever an earlier membership left behind is forgotten."""
        progress = {
            "joined_at": now, "joined_sequence": sequence, "progress": 0, "finished_at": None,
            "finished_sequence": None, "left_at": None, "final_rank": None,
        }  # fmt: skip
        key = {"user_id": user_id, "challenge_id": challenge_id}
        statement = self._insert_into(ChallengeMember).values(**key, **progress)
        statement = statement.on_conflict_do_update(index_elements=[*key], set_=progress)
        await self._session.execute(statement)

    async def set_left(self, user_id: int, challenge_id: int, at: datetime | None) -> None:
        """Say when a learner left; None: not at all."""
        parameters = {"of_user": user_id, "of_challenge": challenge_id, "at": at}
        await self._session.execute(queries.SET_LEFT, parameters)

    async def remove(self, user_id: int, challenge_id: int) -> None:
        """Erase a membership."""
        parameters = {"of_user": user_id, "of_challenge": challenge_id}
        await self._session.execute(queries.REMOVE, parameters)

    async def leave_party_challenges(self, user_id: int, party_id: int, now: datetime) -> None:
        """Take a learner out of all challenges of a party that are not over.

        What was finished is kept, as left. Call it under the party's lock, after the learner was taken
        out of the party, so that nobody joins in between.
        """
        for statement in queries.LEAVE_PARTY:
            parameters = {"of_user": user_id, "of_party": party_id, "now": now}
            await self._session.execute(statement, parameters)

    async def try_turn_at_closing(self, challenge_id: int) -> bool:
        """Keep others from closing the challenge, or telling of it, meanwhile; False if one is at it."""
        return await try_turn(self._session, Thing.CHALLENGE_CLOSING, challenge_id % 2**31)

    async def close(self, challenge_id: int, now: datetime) -> bool:
        """Close a challenge that has ended, and write down the final ranks of all who are in it.

        Ties share a rank. False if it has not ended, was closed already, or is gone. No player is locked:
        whose progress is being written just then is waited for, and whoever comes to write progress later
        finds the rank (``GoalRepository.save_challenges``).
        """
        of_challenge = {"of_challenge": challenge_id}
        closed = await self._session.scalar(queries.CLOSE, {**of_challenge, "now": now})
        if closed is None:
            return False
        # A statement of its own, before the ranks: these are of the progress that it waited for.
        await self._session.execute(queries.WAIT_FOR_MEMBERS, of_challenge)
        await self._session.execute(queries.RANK, of_challenge)
        return True

    async def get_untold(self, challenge_id: int) -> UntoldChallenge | None:
        """A closed challenge of which somebody is still to be told; exact in one's turn."""
        found = await self._session.execute(queries.CLOSED_ONE, {"of_challenge": challenge_id})
        row = found.one_or_none()
        return None if row is None else UntoldChallenge(*row)

    async def list_untold_members(
        self, challenge_id: int, after_id: int, count: int
    ) -> Sequence[RankedMember]:
        """At most ``count`` who are in it, with a greater user id than ``after_id``, by user id."""
        parameters = {"of_challenge": challenge_id, "after_id": after_id, "count": count}
        rows = await self._session.execute(queries.UNTOLD_MEMBERS, parameters)
        return [RankedMember(*row) for row in rows]

    async def set_told(self, challenge_id: int, up_to: int | None) -> None:
        """Say up to which user id members were told; None: all were."""
        last_id = queries.EVERYBODY if up_to is None else up_to
        parameters = {"of_challenge": challenge_id, "up_to": last_id}
        await self._session.execute(queries.SET_TOLD, parameters)
