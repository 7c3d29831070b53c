"""Making, changing and erasing challenges."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.core.challenges import MAX_OPEN_IN_PARTY
from app.core.clock import Clock
from app.core.jobs import JobKind, JobRequest
from app.db.models import Challenge
from app.db.repositories.challenge_rows import ChallengeRow
from app.db.unit_of_work import UnitOfWork
from app.services.challenge_errors import (
    ChallengeChangedError,
    ChallengeNotFoundError,
    ChallengeOverError,
    ChallengeStartedError,
    NotYourChallengeError,
    TooManyChallengesError,
)
from app.services.challenge_rules import check_length, check_reward, check_start
from app.services.challenge_view import ChallengeView
from app.services.challenges import load_challenge
from app.services.definition_errors import AdminRequiredError
from app.services.definition_revisions import resolve_course
from app.services.definition_rules import check_scope
from app.services.party_errors import PartyNotFoundError
from app.services.party_membership import lock_party
from app.services.principal import Principal

_ALWAYS_EDITABLE = frozenset({"title", "description"})
_DEFINED = frozenset(
    {
        "title", "description", "metric", "target", "course_id", "xp", "gold", "freezes",
        "badge_key", "starts_at", "ends_at",
    }
)  # fmt: skip
"""What a challenge demands and gives, and when."""


class ChallengeService:
    """Makes, changes and erases challenges: admins those for all, members those of their parties.

    A party's is its maker's and the leader's: whoever made it may have left the party.
    """

    def __init__(self, uow: UnitOfWork, clock: Clock) -> None:
        self._uow = uow
        self._clock = clock

    async def create(self, principal: Principal, given: Mapping[str, Any]) -> ChallengeView:
        """Announce a challenge for all or, with ``party_id``, for a party of the caller's.

        Raises:
            AdminRequiredError: it is for all, and the caller is no admin.
            PartyNotFoundError: no such party, or the caller is not in it.
            TooManyChallengesError: the party has as many as it can.
            UnknownCourseError: no published course has the slug.
            BadDefinitionError: the metric knows no course.
            BadPeriodError: it is too long, too short, begins in the past or too far ahead.
            RewardNotAllowedError: it is a party's, and pays.
            UnknownPrizeError: its badge is none in force, or no prize.
        """
        party_id = given["party_id"]
        if party_id is None and not principal.may_administer:
            raise AdminRequiredError
        if party_id is not None:
            await lock_party(self._uow, principal.user_id, party_id)
        now = self._clock.now()
        if party_id is not None:
            await self._require_room(party_id, now)
        values = await resolve_course(self._uow, given)
        check_start(values["starts_at"], now)
        await self._check(values)
        challenge = Challenge(
            revision=1, created_by=principal.user_id, created_at=now, closed_at=None, **values
        )
        await self._uow.challenges.save(challenge)
        await self._let_close(challenge, now)
        return await load_challenge(self._uow, principal, challenge.id, now)

    async def update(
        self,
        principal: Principal,
        challenge_id: int,
        revision: int | None,
        given: Mapping[str, Any],
    ) -> ChallengeView:
        """Change what is given; what it is already changes nothing.

        Raises:
            ChallengeNotFoundError: no such challenge, or one of a party that the caller is not in.
            NotYourChallengeError: the caller neither made it, nor leads its party, nor is an admin.
            ChallengeOverError: it has ended.
            ChallengeChangedError: it has another revision than the given one.
            ChallengeStartedError: it runs, and more is changed than title and description.
            UnknownCourseError: no published course has the slug.
            BadDefinitionError: the metric knows no course.
            BadPeriodError: it would be too long, too short, begin in the past or too far ahead.
            RewardNotAllowedError: it is a party's, and would pay.
            UnknownPrizeError: its badge is none in force, or no prize.
        """
        row = await self._look_up(principal, challenge_id)
        is_other_race = bool(given.keys() - _ALWAYS_EDITABLE)
        if is_other_race and (row.badge_key is not None or given.get("badge_key") is not None):
            await self._uow.definitions.lock()  # before the challenge: the order of locks
        challenge = await self._lock(challenge_id)
        now = self._clock.now()
        if challenge.ends_at <= now:
            raise ChallengeOverError
        if revision not in {None, challenge.revision}:
            raise ChallengeChangedError
        changes = await self._find_changes(challenge, given)
        if changes.keys() - _ALWAYS_EDITABLE:
            await self._check_changes(challenge, changes, now)
        if changes:
            for name, value in changes.items():
                setattr(challenge, name, value)
            challenge.revision += 1
            await self._uow.challenges.save(challenge)
        if "ends_at" in changes:
            await self._let_close(challenge, now)
        return await load_challenge(self._uow, principal, challenge_id, now)

    async def delete(self, principal: Principal, challenge_id: int) -> None:
        """Erase a challenge that has not started, with its members.

        Raises:
            ChallengeNotFoundError: no such challenge, or one of a party that the caller is not in.
            NotYourChallengeError: the caller neither made it, nor leads its party, nor is an admin.
            ChallengeStartedError: it has started.
        """
        await self._look_up(principal, challenge_id)
        challenge = await self._lock(challenge_id)
        if challenge.starts_at <= self._clock.now():
            raise ChallengeStartedError("The challenge has started: it can't be deleted any more.")
        await self._uow.challenges.delete(challenge)

    async def _let_close(self, challenge: Challenge, now: datetime) -> None:
        """Want it closed at its end. A job whose challenge ends later after all finds nothing to close."""
        slot = f"close/{challenge.id}/{challenge.ends_at.isoformat()}"
        request = JobRequest(JobKind.CLOSE_CHALLENGES, due_at=challenge.ends_at, slot=slot)
        await self._uow.background_tasks.add(request, now)

    async def _look_up(self, principal: Principal, challenge_id: int) -> ChallengeRow:
        """A challenge that the caller may change."""
        row = await self._uow.challenges.get(principal.user_id, challenge_id)
        if row is None or not (row.is_visible or principal.may_administer):
            raise ChallengeNotFoundError
        if not (principal.may_administer or await self._is_own(principal, row)):
            raise NotYourChallengeError
        return row

    async def _is_own(self, principal: Principal, row: ChallengeRow) -> bool:
        """Whether it is one of a party, and the caller made it or leads the party (which is locked)."""
        if row.party_id is None:
            return False
        if row.created_by == principal.user_id:
            return True
        try:
            party = await lock_party(self._uow, principal.user_id, row.party_id)
        except PartyNotFoundError:
            raise ChallengeNotFoundError from None
        return party.leader_id == principal.user_id

    async def _lock(self, challenge_id: int) -> Challenge:
        challenge = await self._uow.challenges.lock(challenge_id)
        if challenge is None:
            raise ChallengeNotFoundError
        return challenge

    async def _require_room(self, party_id: int, now: datetime) -> None:
        if await self._uow.challenges.count_open_in_party(party_id, now) >= MAX_OPEN_IN_PARTY:
            raise TooManyChallengesError

    async def _find_changes(
        self, challenge: Challenge, given: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Of what is given, what differs."""
        values = await resolve_course(self._uow, given)
        return {name: value for name, value in values.items() if getattr(challenge, name) != value}

    async def _check_changes(
        self, challenge: Challenge, changes: Mapping[str, Any], now: datetime
    ) -> None:
        if challenge.starts_at <= now:
            raise ChallengeStartedError
        if "starts_at" in changes:
            check_start(changes["starts_at"], now)
        before = {name: getattr(challenge, name) for name in (*_DEFINED, "party_id")}
        await self._check({**before, **changes})

    async def _check(self, values: Mapping[str, Any]) -> None:
        check_length(values)
        check_scope(values)
        await check_reward(self._uow, values)
