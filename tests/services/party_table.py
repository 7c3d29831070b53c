"""Learners at the table who found, join, leave and end parties, and fight their bosses together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.core.errors import QuestboardError
from app.db.models import Boss, User
from app.db.session import Database
from app.game.activity import Source
from app.game.rules import RULES
from app.services.boss_errors import AlreadyFightingError
from app.services.boss_fights import BossFightService
from app.services.parties import PartyService
from app.services.party_errors import (
    LeaderRequiredError,
    MemberNotFoundError,
    PartyNotFoundError,
)
from app.services.party_invitations import PartyInvitationService
from tests.game.ally import Ally
from tests.game.campaign import SPOILS, Campaign, plan_campaign
from tests.game.parties import Parties, Siege
from tests.services.adventure_table import Expedition
from tests.services.campaign_rows import define
from tests.services.game_table import sit_down
from tests.support.clock import START, FakeClock

GIANTS = {"dwarf": (30, False), "giant": (90, True), "titan": (400, True), "wall": (1500, False)}
"""Bosses of parties: their hit points, and whether they strike back."""
DAY = timedelta(days=1)
MAX_PARTIES = 2
"""How many there are at a time."""


@dataclass
class Member(Expedition):
    """A learner who may be in parties. The others, and the parties, are those of the model."""

    model: Ally

    @property
    def user_id(self) -> int:
        return self.model.user_id

    async def move(self, name: str, number: int) -> None:
        self.model.now, self.model.calendar = self.clock.now(), self.table.calendar
        match name:
            case "found" | "join" | "leave" | "remove" | "end" | "besiege":
                await getattr(self, name)(number)
            case "travel":
                await super().move(name, number)
                await self.move_house()
            case _:
                await super().move(name, number)

    async def found(self, number: int) -> None:
        """A party; whoever finds all there already joins one."""
        parties = self.model.parties
        if len(parties.parties) == MAX_PARTIES:
            await self.join(number)
            return
        party = await self.write(
            lambda uow: PartyService(uow, self.clock).create(self.caller, f"Owls {number}")
        )
        parties.found(party.id, self.user_id, self.clock.now())

    async def join(self, number: int) -> None:
        """By an invitation of the leader's."""
        party_id = self._choose_party(number)
        if party_id is None:
            return
        leader = self.model.allies[self.model.parties.parties[party_id].leader_id]
        inviter = replace(self.caller, user_id=leader.user_id)
        invitation = await self.write(
            lambda uow: self._invitations(uow).create(inviter, party_id, DAY, 1)
        )
        await self.write(lambda uow: self._invitations(uow).accept(self.caller, invitation.token))
        self.model.parties.join(party_id, self.user_id, self.clock.now())

    async def leave(self, number: int) -> None:
        await self._take_out(number, self.user_id)

    async def remove(self, number: int) -> None:
        """Anybody, oneself included, as far as one may."""
        others = sorted(self.model.allies)
        await self._take_out(number, others[number // MAX_PARTIES % len(others)])

    async def end(self, number: int) -> None:
        party_id = self._choose_party(number)
        if party_id is None:
            return
        party = self.model.parties.parties[party_id]
        refusal = self._find_refusal(party_id, party.leader_id == self.user_id)
        if refusal is None:
            self._settle_leavers(party_id, list(party.joined))
            self.model.parties.end(party_id)
        await self.expect(
            lambda uow: PartyService(uow, self.clock).delete(self.caller, party_id), refusal
        )

    async def besiege(self, number: int) -> None:
        """Begin a battle of a party."""
        party_id = self._choose_party(number)
        if party_id is None:
            return
        parties, key = self.model.parties, list(GIANTS)[number // MAX_PARTIES % len(GIANTS)]
        refusal = self._find_refusal(party_id, may=True)
        if refusal is None and parties.find_running(party_id):
            refusal = AlreadyFightingError
        begun = await self.expect(
            lambda uow: BossFightService(uow, self.clock).fight(self.caller, key, party_id), refusal
        )
        if begun is not None:
            number, now = begun.party_battle.id, self.clock.now()
            parties.sieges[number] = Siege(number, party_id, key, *GIANTS[key], now)

    async def move_house(self) -> None:
        """The account says where the learner is, for when others act."""
        self.model.calendar = calendar = self.table.calendar
        async with self.table.writing() as uow:
            await uow._session.execute(
                update(User)
                .where(User.id == self.user_id)
                .values(timezone=calendar.zone.key, day_starts_at=calendar.day_starts_at)
            )

    async def expect(
        self, what: Callable[[Any], Awaitable[Any]], refusal: type[QuestboardError] | None
    ) -> Any:
        """Do it, or be refused."""
        if refusal is None:
            return await self.write(what)
        with pytest.raises(refusal):
            await self.write(what)
        return None

    async def _take_out(self, number: int, member_id: int) -> None:
        party_id = self._choose_party(number)
        if party_id is None:
            return
        party = self.model.parties.parties[party_id]
        is_own = member_id == self.user_id
        refusal = self._find_refusal(party_id, is_own or party.leader_id == self.user_id)
        if refusal is None and member_id not in party.joined:
            refusal = MemberNotFoundError
        if refusal is None:
            self._settle_leavers(party_id, [member_id])
            self.model.parties.leave(party_id, member_id)
        await self.expect(
            lambda uow: PartyService(uow, self.clock).remove_member(
                self.caller, party_id, member_id
            ),
            refusal,
        )

    def _settle_leavers(self, party_id: int, leavers: list[int]) -> None:
        """Leaving dodges no strike of the party's boss."""
        siege = self.model.parties.find_running(party_id)
        if siege is not None and siege.strikes_back:
            for user_id in leavers:
                self.model.allies[user_id].now = self.clock.now()
                self.model.allies[user_id].settle()

    def _choose_party(self, number: int) -> int | None:
        found = sorted(self.model.parties.parties)
        return found[number % len(found)] if found else None

    def _find_refusal(self, party_id: int, may: bool) -> type[QuestboardError] | None:
        if self.user_id not in self.model.parties.parties[party_id].joined:
            return PartyNotFoundError
        return None if may else LeaderRequiredError

    def _invitations(self, uow: Any) -> PartyInvitationService:
        return PartyInvitationService(uow, self.clock, "https://questboard.example.org")

    def _name_boss(self, battle: Source) -> str:
        siege = self.model.parties.find(battle)
        return super()._name_boss(battle) if siege is None else siege.title


async def gather(database: Database, clock: FakeClock, count: int) -> list[Member]:
    """So many new learners, with one campaign before them all."""
    plan = _leave_out_courses(plan_campaign(now=START))
    await define(database, plan)
    await _add_giants(database)
    parties = Parties()
    allies: dict[int, Ally] = {}
    members = []
    for number in range(count):
        table = await sit_down(database, clock, f"{number}@example.org")
        user_id = table.caller.user_id
        model = Ally(
            rules=RULES, campaign=plan, weeks={}, user_id=user_id, parties=parties, allies=allies
        )
        allies[user_id] = model
        members.append(Member(table, model, 0, [0]))
    return members


def _leave_out_courses(plan: Campaign) -> Campaign:
    """Some quests and badges over what is done in parties."""
    return replace(
        plan,
        quests=[quest for quest in plan.quests if quest.course is None],
        badges=[badge for badge in plan.badges if badge.course is None],
        challenges=(),
    )


async def _add_giants(database: Database) -> None:
    async with database.writing() as transaction:
        transaction.uow._session.add_all(
            Boss(
                key=key, revision=1, kind="party", title=key, description="", hp=hp,
                xp=SPOILS.xp, gold=SPOILS.gold, strikes_back=strikes_back, min_level=1,
                created_at=START,
            )
            for key, (hp, strikes_back) in GIANTS.items()
        )  # fmt: skip
        await transaction.commit()
